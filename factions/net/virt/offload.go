// What host and kernel leave each other to do: checksums, and cutting large
// segments (struct virtio_net_hdr).
package virt

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Fields of the header, and what they hold.
const (
	atFlags, atKind                           = 0, 1
	atHeaders, atPart, atStart, atSumOffset   = 2, 4, 6, 8
	needsSum                                  = 1
	kindNone, kindTCP4, kindTCP6, kindWithECN = 0, 1, 4, 128
)

// maxParts bounds what one segment is cut into.
const maxParts = 2048

// parse reads the header at the start of b, and the rest as a frame. A
// checksum that is to be completed is, unless it is TCP's: then gso says so.
// False for a header that makes no sense.
func parse(b []byte, gso *stack.GSO) bool {
	h, frame := b[:hypercall.TapHeaderSize], b[hypercall.TapHeaderSize:]
	start := int(binary.NativeEndian.Uint16(h[atStart:]))
	offset := int(binary.NativeEndian.Uint16(h[atSumOffset:]))
	kind := h[atKind] &^ kindWithECN
	if h[atFlags]&needsSum == 0 {
		return kind == kindNone
	}
	if start < ether.HeaderSize || start+offset+2 > len(frame) {
		return false
	}
	if offset != header.TCPChecksumOffset || start+header.TCPMinimumSize > len(frame) {
		sum := checksum.Checksum(frame[start:], 0)
		binary.BigEndian.PutUint16(frame[start+offset:], ^sum)
		return kind == kindNone
	}
	*gso = stack.GSO{
		Type: stack.GSOTCPv4, NeedsCsum: true, CsumOffset: header.TCPChecksumOffset,
		MSS: binary.NativeEndian.Uint16(h[atPart:]), L3HdrLen: uint16(start - ether.HeaderSize), MaxSize: frameSize,
	}
	if header.Ethernet(frame).Type() == header.IPv6ProtocolNumber {
		gso.Type = stack.GSOTCPv6
	}
	switch {
	case kind == kindNone:
		gso.MSS = 0
	case kind == kindTCP4 && gso.Type == stack.GSOTCPv4, kind == kindTCP6 && gso.Type == stack.GSOTCPv6:
		return gso.MSS > 0 && (len(frame)-start)/int(gso.MSS) <= maxParts
	default:
		return false
	}
	return true
}

// encode fills in the header of a frame that has these options, and whose bytes
// are those of parts.
func encode(h []byte, g *stack.GSO, parts [][]byte) {
	clear(h)
	if g.Type == stack.GSONone || !g.NeedsCsum {
		return
	}
	start := ether.HeaderSize + int(g.L3HdrLen)
	h[atFlags] = needsSum
	binary.NativeEndian.PutUint16(h[atStart:], uint16(start))
	binary.NativeEndian.PutUint16(h[atSumOffset:], g.CsumOffset)
	headers, size := measure(parts, start)
	if g.MSS == 0 || size-headers <= int(g.MSS) {
		return // it is short enough as it is
	}
	h[atKind] = kindTCP4
	if g.Type == stack.GSOTCPv6 {
		h[atKind] = kindTCP6
	}
	binary.NativeEndian.PutUint16(h[atPart:], g.MSS)
	binary.NativeEndian.PutUint16(h[atHeaders:], uint16(headers))
}

// measure returns how long all headers of a frame are, and the frame. TCP's
// header, which begins at byte start, tells its own length, as far as it can
// be believed.
func measure(parts [][]byte, start int) (headers, size int) {
	at := start + header.TCPDataOffset
	tcp := 0
	for _, p := range parts {
		if at >= size && at-size < len(p) {
			tcp = int(p[at-size]>>4) * 4
		}
		size += len(p)
	}
	return min(start+max(tcp, header.TCPMinimumSize), size), size
}
