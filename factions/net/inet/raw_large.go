// Raw messages longer than a packet may be: they leave in fragments.
package inet

import (
	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// maxRaw bounds a message, in bytes.
const maxRaw = 65535

// sendLarge sends a raw message that the stack's endpoint finds too long.
func (e *endpoint) sendLarge(b []byte, opts *tcpip.WriteOptions) tcpip.Error {
	headed := e.ep.SocketOptions().GetHeaderIncluded()
	if len(b) > maxRaw || !headed && len(b) > maxRaw-minHeader {
		return &tcpip.ErrMessageTooLong{}
	}
	r, err := e.rawRoute(opts)
	if err != nil {
		return err
	}
	defer r.Release()
	if e.v6 {
		b = e.checksummed(b, r)
	}
	pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{
		ReserveHeaderBytes: int(r.MaxHeaderLength()),
		Payload:            buffer.MakeWithData(b),
	})
	defer pkt.DecRef()
	if headed {
		return r.WriteHeaderIncludedPacket(pkt)
	}
	ttl, _ := e.ep.GetSockOptInt(tcpip.IPv4TTLOption)
	tos, _ := e.ep.GetSockOptInt(tcpip.IPv4TOSOption)
	if e.v6 {
		ttl, _ = e.ep.GetSockOptInt(tcpip.IPv6HopLimitOption)
		tos, _ = e.ep.GetSockOptInt(tcpip.IPv6TrafficClassOption)
	}
	if ttl <= 0 {
		ttl = defaultTTL
	}
	return r.WritePacket(stack.NetworkHeaderParams{
		Protocol: tcpip.TransportProtocolNumber(e.number), TTL: uint8(ttl), TOS: uint8(tos),
	}, pkt)
}

// checksummed returns a message over IPv6 with its checksum in place, when
// there is a place for one.
func (e *endpoint) checksummed(b []byte, r *stack.Route) []byte {
	off, err := e.ep.GetSockOptInt(tcpip.IPv6Checksum)
	if err != nil || off < 0 || off+checksum.Size > len(b) {
		return b
	}
	b = append([]byte(nil), b...)
	checksum.Put(b[off:], 0)
	sum := header.PseudoHeaderChecksum(tcpip.TransportProtocolNumber(e.number), r.LocalAddress(), r.RemoteAddress(), uint16(len(b)))
	checksum.Put(b[off:], ^checksum.Checksum(b, sum))
	return b
}

// rawRoute returns the way to whom a message goes.
func (e *endpoint) rawRoute(opts *tcpip.WriteOptions) (*stack.Route, tcpip.Error) {
	to, _ := e.extra.peerAddr()
	if opts.To != nil {
		to = *opts.To
	}
	local, _ := e.ep.GetLocalAddress()
	if local.Addr.Unspecified() {
		local.Addr = tcpip.Address{}
	}
	proto := tcpip.NetworkProtocolNumber(ipv4.ProtocolNumber)
	if e.v6 {
		proto = ipv6.ProtocolNumber
	}
	return e.stack.FindRoute(max(local.NIC, to.NIC), local.Addr, to.Addr, proto, false)
}
