// Packets that the stack sends and forwards.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
)

// packets is told of all packets, as a packet filter would be.
type packets struct {
	urgency *urgency
	keepers *keepers
	owing   *owing
	lo      *loopLink
	in      *Inet
}

var _ stack.NFTablesInterface = packets{}

// look has a stack tell of its packets.
func (p packets) look(s *stack.Stack) {
	s.SetNFTables(p)
	s.SetNFTablesConfigured(true)
}

// CheckOutput implements stack.NFTablesInterface: packets of the stack's own,
// before they are cut or looped back. Those of connections with urgent data are
// marked, those of connections that are kept alive watched. False says that a
// segment is done with: it is for a socket that has it now, or may wait, or was
// sent with extension headers.
func (p packets) CheckOutput(pkt *stack.PacketBuffer, r *stack.Route, _ stack.AddressFamily) bool {
	if pkt.TransportProtocolNumber != tcp.ProtocolNumber {
		return true
	}
	h := header.TCP(pkt.TransportHeader().Slice())
	if len(h) < header.TCPMinimumSize {
		return true
	}
	p.urgency.leaves(pkt, h, r)
	if p.keepers.some.Load() {
		p.keepers.see(pkt, h, r.LocalAddress(), r.RemoteAddress())
	}
	to, ok := ends(pkt, h)
	if ok && !p.owing.leaves(to, pkt, h) {
		return false
	}
	if o, special := pkt.Owner.(owner); special && (o.e.held(h) || pkt.NetworkProtocolNumber == header.IPv6ProtocolNumber && o.e.carry(pkt, r)) {
		return false
	}
	return !ok || !p.lo.takes(to, pkt, h, r)
}

// CheckForward implements stack.NFTablesInterface. The stack copies an IPv4
// packet that it forwards, which may free the memory of the old header, and
// reads the old header after that: by then it may be another packet's. So here
// that memory is kept from being used again, and left to the garbage collector.
func (packets) CheckForward(pkt *stack.PacketBuffer, _ *stack.Route, af stack.AddressFamily) bool {
	if af == stack.IP {
		_ = pkt.NetworkHeader().View() // has a reference, which stays
	}
	return true
}

// CheckPrerouting implements stack.NFTablesInterface.
func (packets) CheckPrerouting(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}

// CheckInput implements stack.NFTablesInterface: packets for this host, before
// their extension headers are looked at.
func (p packets) CheckInput(pkt *stack.PacketBuffer, _ *stack.Route, af stack.AddressFamily) bool {
	if af == stack.IP6 {
		p.in.arrives(pkt)
	}
	return true
}

// CheckPostrouting implements stack.NFTablesInterface.
func (packets) CheckPostrouting(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}

// CheckIngress implements stack.NFTablesInterface.
func (packets) CheckIngress(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}

// CheckEgress implements stack.NFTablesInterface.
func (packets) CheckEgress(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}
