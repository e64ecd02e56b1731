// Raw messages longer than a packet may be: they leave in fragments.
package inet

import (
	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// maxRaw bounds a message, in bytes.
const maxRaw = 65535

// sendLarge sends a raw message over IPv4 that the stack's endpoint finds too
// long.
func (e *endpoint) sendLarge(b []byte, c *sendControl) tcpip.Error {
	headed := e.ep.SocketOptions().GetHeaderIncluded()
	if len(b) > maxRaw || !headed && len(b) > maxRaw-minHeader {
		return &tcpip.ErrMessageTooLong{}
	}
	r, err := e.way(c)
	if err != nil {
		return err
	}
	defer r.Release()
	pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{
		ReserveHeaderBytes: int(r.MaxHeaderLength()),
		Payload:            buffer.MakeWithData(b),
	})
	defer pkt.DecRef()
	if headed {
		return r.WriteHeaderIncludedPacket(pkt)
	}
	tos, _ := e.ep.GetSockOptInt(tcpip.IPv4TOSOption)
	return r.WritePacket(stack.NetworkHeaderParams{
		Protocol: tcpip.TransportProtocolNumber(e.number), TTL: maxTTL, TOS: uint8(tos),
	}, pkt)
}

// checksummed returns a message over IPv6 with its checksum in place, when
// there is a place for one.
func (e *endpoint) checksummed(b []byte, src, dst tcpip.Address) []byte {
	off, err := e.ep.GetSockOptInt(tcpip.IPv6Checksum)
	if err != nil || off < 0 || off+checksum.Size > len(b) {
		return b
	}
	b = append([]byte(nil), b...)
	checksum.Put(b[off:], 0)
	sum := header.PseudoHeaderChecksum(tcpip.TransportProtocolNumber(e.number), src, dst, uint16(len(b)))
	checksum.Put(b[off:], ^checksum.Checksum(b, sum))
	return b
}
