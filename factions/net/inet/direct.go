// Packets of UDP and TCP that lo0 hands back, or that another kernel of this
// program sends: they go to their socket at once. What the way through the
// network layer looks for in addition is known of a packet that a stack has just
// made.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
)

// direct is what the shorter way needs of a stack.
type direct struct {
	stack *stack.Stack
	// raws counts the kernel's raw sockets that receive TCP or UDP.
	raws func() bool
	// tcp queues segments; received counts packets that reach their socket.
	tcp      packetQueue
	received [3]*tcpip.StatCounter
}

func (in *Inet) newDirect(s *stack.Stack) *direct {
	d := &direct{stack: s, raws: func() bool { return in.raws.Load() != 0 }}
	d.tcp, _ = s.TransportProtocolInstance(tcp.ProtocolNumber).(packetQueue)
	ip := s.Stats().IP
	d.received = [3]*tcpip.StatCounter{ip.PacketsReceived, ip.ValidPacketsReceived, ip.PacketsDelivered}
	return d
}

// looped gives a packet that was sent by lo0 to the socket it is for. False when
// it has to take the whole way: it is not whole, not from the address it goes
// to, nobody waits for it, or a raw socket does.
func (d *direct) looped(pkt *stack.PacketBuffer) bool {
	id, ok := ends(pkt)
	return ok && id.LocalAddress == id.RemoteAddress && d.stack.CheckNIC(loNIC) && d.give(loNIC, id, pkt)
}

// give gives the socket there is for id a packet, which nobody else looks at.
func (d *direct) give(nic tcpip.NICID, id stack.TransportEndpointID, pkt *stack.PacketBuffer) bool {
	if d.raws() {
		return false
	}
	ep := d.stack.FindTransportEndpoint(pkt.NetworkProtocolNumber, pkt.TransportProtocolNumber, id, nic)
	if ep == nil {
		return false
	}
	for _, c := range d.received {
		c.Increment()
	}
	pkt.NICID, pkt.RXChecksumValidated = nic, true
	if pkt.TransportProtocolNumber == header.TCPProtocolNumber {
		d.tcp.QueuePacket(ep, id, pkt)
	} else {
		ep.HandlePacket(id, pkt)
	}
	return true
}

// ends returns from where to where a packet of UDP or TCP goes, as who receives
// it sees it; false for others, for fragments, and where IP has options.
func ends(pkt *stack.PacketBuffer) (id stack.TransportEndpointID, ok bool) {
	h, ip := pkt.TransportHeader().Slice(), pkt.NetworkHeader().Slice()
	proto := pkt.TransportProtocolNumber
	switch {
	case proto == header.UDPProtocolNumber && len(h) == header.UDPMinimumSize:
	case proto == header.TCPProtocolNumber && len(h) >= header.TCPMinimumSize:
	default:
		return id, false
	}
	switch {
	case pkt.NetworkProtocolNumber == header.IPv4ProtocolNumber && len(ip) == header.IPv4MinimumSize:
		v4 := header.IPv4(ip)
		id.RemoteAddress, id.LocalAddress = v4.SourceAddress(), v4.DestinationAddress()
		ok = !v4.More() && v4.FragmentOffset() == 0
	case pkt.NetworkProtocolNumber == header.IPv6ProtocolNumber && len(ip) == header.IPv6MinimumSize:
		v6 := header.IPv6(ip)
		id.RemoteAddress, id.LocalAddress = v6.SourceAddress(), v6.DestinationAddress()
		ok = v6.NextHeader() == uint8(proto)
	}
	udp := header.UDP(h) // the ports are where those of TCP are
	id.RemotePort, id.LocalPort = udp.SourcePort(), udp.DestinationPort()
	return id, ok
}
