// UDP between the kernel and the host.
package gateway

import (
	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// datagram takes in a datagram of the kernel that is not for the gateway's own
// services. False has the stack answer that the port can't be reached.
func (g *Gateway) datagram(id stack.TransportEndpointID, pkt *stack.PacketBuffer) bool {
	b := pkt.Data().AsRange().ToSlice()
	if g.answer(id, b) {
		return true
	}
	to, ok := g.target(id.LocalAddress, id.LocalPort)
	if !ok {
		return isGroup(id.LocalAddress) // those get no answers
	}
	f := g.find(flowKey{hypercall.Datagram, id}, to)
	if f == nil {
		return false
	}
	_ = f.host.Write(b)
	return true
}

// deliver hands what came from the host to the kernel.
func (f *flow) deliver(b []byte) {
	if f.key.kind == hypercall.Echo {
		f.echoed(b)
		return
	}
	id := f.key.id
	f.g.write(id.LocalAddress, id.RemoteAddress, udp.ProtocolNumber, newDatagram(id, b))
}

// newDatagram returns a datagram to the kernel.
func newDatagram(id stack.TransportEndpointID, b []byte) *stack.PacketBuffer {
	pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{
		ReserveHeaderBytes: headroom,
		Payload:            buffer.MakeWithData(b),
	})
	h := header.UDP(pkt.TransportHeader().Push(header.UDPMinimumSize))
	size := uint16(header.UDPMinimumSize + len(b))
	h.Encode(&header.UDPFields{SrcPort: id.LocalPort, DstPort: id.RemotePort, Length: size})
	sum := header.PseudoHeaderChecksum(udp.ProtocolNumber, id.LocalAddress, id.RemoteAddress, size)
	h.SetChecksum(^h.CalculateChecksum(checksum.Combine(sum, checksum.Checksum(b, 0))))
	return pkt
}

// headroom is room for all headers before a payload.
const headroom = header.EthernetMinimumSize + header.IPv6MinimumSize + header.UDPMinimumSize

// unreachable tells the kernel that nobody listens where a flow goes to
// (RFC 792; for IPv6, RFC 4443).
func (f *flow) unreachable() {
	id := f.key.id
	if f.key.kind != hypercall.Datagram {
		return
	}
	if id.LocalAddress.Len() == 16 {
		f.unreachable6()
		return
	}
	b := make([]byte, header.ICMPv4MinimumSize+header.IPv4MinimumSize+header.UDPMinimumSize)
	h := header.ICMPv4(b)
	h.SetType(header.ICMPv4DstUnreachable)
	h.SetCode(header.ICMPv4PortUnreachable)
	ip := header.IPv4(b[header.ICMPv4MinimumSize:])
	ip.Encode(&header.IPv4Fields{
		TotalLength: header.IPv4MinimumSize + header.UDPMinimumSize, TTL: 64, Protocol: uint8(udp.ProtocolNumber),
		SrcAddr: id.RemoteAddress, DstAddr: id.LocalAddress,
	})
	ip.SetChecksum(^ip.CalculateChecksum())
	header.UDP(ip[header.IPv4MinimumSize:]).Encode(udpPorts(id))
	h.SetChecksum(header.ICMPv4Checksum(h, 0))
	f.g.write(id.LocalAddress, id.RemoteAddress, header.ICMPv4ProtocolNumber, message(b))
}

func (f *flow) unreachable6() {
	id := f.key.id
	b := make([]byte, header.ICMPv6DstUnreachableMinimumSize+header.IPv6MinimumSize+header.UDPMinimumSize)
	h := header.ICMPv6(b)
	h.SetType(header.ICMPv6DstUnreachable)
	h.SetCode(header.ICMPv6PortUnreachable)
	ip := header.IPv6(b[header.ICMPv6DstUnreachableMinimumSize:])
	ip.Encode(&header.IPv6Fields{
		PayloadLength: header.UDPMinimumSize, TransportProtocol: udp.ProtocolNumber, HopLimit: 64,
		SrcAddr: id.RemoteAddress, DstAddr: id.LocalAddress,
	})
	header.UDP(ip[header.IPv6MinimumSize:]).Encode(udpPorts(id))
	h.SetChecksum(header.ICMPv6Checksum(header.ICMPv6ChecksumParams{Header: h, Src: id.LocalAddress, Dst: id.RemoteAddress}))
	f.g.write(id.LocalAddress, id.RemoteAddress, header.ICMPv6ProtocolNumber, message(b))
}

// udpPorts is the header of a datagram the kernel sent.
func udpPorts(id stack.TransportEndpointID) *header.UDPFields {
	return &header.UDPFields{SrcPort: id.RemotePort, DstPort: id.LocalPort, Length: header.UDPMinimumSize}
}

// message returns a packet whose transport header is b.
func message(b []byte) *stack.PacketBuffer {
	pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{ReserveHeaderBytes: headroom + len(b)})
	copy(pkt.TransportHeader().Push(len(b)), b)
	return pkt
}
