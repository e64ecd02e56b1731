// UDP datagrams that lo0 hands back: they go to their socket at once. What the
// way through the network layer would look for is known of a datagram that the
// stack has just made for itself.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// direct gives a datagram that was sent by lo0 to the socket it is for. False
// when it has to take the whole way: it is not UDP, not whole, not from the
// address it goes to, nobody waits for it, or a raw socket does.
func (in *Inet) direct(s *stack.Stack, pkt *stack.PacketBuffer) bool {
	if pkt.TransportProtocolNumber != header.UDPProtocolNumber || in.rawUDP.Load() != 0 {
		return false
	}
	id, ok := datagram(pkt)
	if !ok || id.LocalAddress != id.RemoteAddress || !s.CheckNIC(loNIC) {
		return false
	}
	ep := s.FindTransportEndpoint(pkt.NetworkProtocolNumber, header.UDPProtocolNumber, id, loNIC)
	if ep == nil {
		return false
	}
	stats := s.Stats()
	for _, c := range []*tcpip.StatCounter{stats.IP.PacketsReceived, stats.IP.ValidPacketsReceived, stats.IP.PacketsDelivered} {
		c.Increment()
	}
	pkt.NICID, pkt.RXChecksumValidated = loNIC, true
	ep.HandlePacket(id, pkt)
	return true
}

// datagram returns from where to where a packet of UDP goes, as who receives
// it sees it; false for fragments, and for headers with options.
func datagram(pkt *stack.PacketBuffer) (id stack.TransportEndpointID, ok bool) {
	udp, ip := header.UDP(pkt.TransportHeader().Slice()), pkt.NetworkHeader().Slice()
	switch {
	case len(udp) != header.UDPMinimumSize:
		return id, false
	case pkt.NetworkProtocolNumber == header.IPv4ProtocolNumber && len(ip) == header.IPv4MinimumSize:
		h := header.IPv4(ip)
		id.RemoteAddress, id.LocalAddress = h.SourceAddress(), h.DestinationAddress()
		ok = !h.More() && h.FragmentOffset() == 0
	case pkt.NetworkProtocolNumber == header.IPv6ProtocolNumber && len(ip) == header.IPv6MinimumSize:
		h := header.IPv6(ip)
		id.RemoteAddress, id.LocalAddress = h.SourceAddress(), h.DestinationAddress()
		ok = h.TransportProtocol() == header.UDPProtocolNumber
	}
	id.RemotePort, id.LocalPort = udp.SourcePort(), udp.DestinationPort()
	return id, ok
}
