// Urgent data of TCP, in segments that stacks send without knowing of it.
package ether

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// maxPointer is the furthest that a segment can point.
const maxPointer = 1<<16 - 1

// MarkUrgent has a segment that leaves by r point at the end of urgent data, which
// is that far ahead of its beginning. The checksum stays right.
func MarkUrgent(pkt *stack.PacketBuffer, h header.TCP, ahead int32, r *stack.Route) {
	const flagsAt, pointerAt = 12, 18
	be16 := binary.BigEndian.Uint16
	sum := ^h.Checksum()
	sum = checksum.Combine(sum, ^be16(h[flagsAt:]))
	sum = checksum.Combine(sum, ^be16(h[pointerAt:]))
	h.SetFlags(uint8(h.Flags() | header.TCPFlagUrg))
	h.SetUrgentPointer(uint16(min(ahead, maxPointer)))
	unfinished := pkt.GSOOptions.Type != stack.GSONone && pkt.GSOOptions.NeedsCsum
	if !unfinished && r.RequiresTXTransportChecksum() {
		sum = checksum.Combine(sum, be16(h[flagsAt:]))
		sum = checksum.Combine(sum, be16(h[pointerAt:]))
		h.SetChecksum(^sum)
	}
}
