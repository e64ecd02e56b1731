// Packets of UDP and TCP that lo0 hands back, or that another kernel of this
// program sends: they go to their socket at once. What the way through the
// network layer looks for in addition is known of a packet that a stack has just
// made.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
)

// direct is what the shorter way needs of an interface of a stack.
type direct struct {
	stack *stack.Stack
	nic   tcpip.NICID
	// raws counts the kernel's raw sockets that receive TCP or UDP.
	raws  func() bool
	owing *owing
	tcp   *tcpProtocol
	// v4 and v6 count the interface's packets.
	v4, v6 tcpip.IPStats
}

func (in *Inet) newDirect(s *stack.Stack, nic tcpip.NICID) *direct {
	d := &direct{stack: s, nic: nic, raws: func() bool { return in.raws.Load() != 0 }, owing: in.owing}
	d.tcp, _ = s.TransportProtocolInstance(tcp.ProtocolNumber).(*tcpProtocol)
	return d
}

// init comes when the stack knows the interface, before packets can come.
func (d *direct) init() {
	d.v4, d.v6 = d.stack.Stats().IP, d.stack.Stats().IP
	if ep, err := d.stack.GetNetworkEndpoint(d.nic, header.IPv4ProtocolNumber); err == nil {
		if st, ok := ep.Stats().(*ipv4.Stats); ok {
			d.v4 = st.IP
		}
	}
	if ep, err := d.stack.GetNetworkEndpoint(d.nic, header.IPv6ProtocolNumber); err == nil {
		if st, ok := ep.Stats().(*ipv6.Stats); ok {
			d.v6 = st.IP
		}
	}
}

// counters returns those of a version of IP.
func (d *direct) counters(proto tcpip.NetworkProtocolNumber) *tcpip.IPStats {
	if proto == header.IPv6ProtocolNumber {
		return &d.v6
	}
	return &d.v4
}

// looped gives a packet that was sent by lo0 to the socket it is for. False when
// it has to take the whole way: it is not whole, not from the address it goes
// to, nobody waits for it, or a raw socket does.
func (d *direct) looped(pkt *stack.PacketBuffer) bool {
	h := pkt.TransportHeader().Slice()
	id, ok := ends(pkt, h)
	return ok && id.LocalAddress == id.RemoteAddress && d.stack.CheckNIC(loNIC) && d.give(id, pkt, h)
}

// give gives the socket there is for id a packet, which nobody else looks at. h
// is the header of its protocol.
func (d *direct) give(id stack.TransportEndpointID, pkt *stack.PacketBuffer, h []byte) bool {
	if d.raws() {
		return false
	}
	ep := d.stack.FindTransportEndpoint(pkt.NetworkProtocolNumber, pkt.TransportProtocolNumber, id, d.nic)
	if ep == nil {
		return false
	}
	c := d.counters(pkt.NetworkProtocolNumber)
	c.PacketsReceived.Increment()
	c.ValidPacketsReceived.Increment()
	c.PacketsDelivered.Increment()
	pkt.NICID, pkt.RXChecksumValidated = d.nic, true
	if pkt.TransportProtocolNumber == header.TCPProtocolNumber {
		d.owing.arrives(id, pkt, h)
		d.tcp.queueSegment(ep, id, pkt, h)
	} else {
		ep.HandlePacket(id, pkt)
	}
	return true
}

// ends returns from where to where a packet of UDP or TCP goes, as who receives
// it sees it; false for others, for fragments, and where IP has options. h is
// the header of its protocol.
func ends(pkt *stack.PacketBuffer, h []byte) (id stack.TransportEndpointID, ok bool) {
	ip := pkt.NetworkHeader().Slice()
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
