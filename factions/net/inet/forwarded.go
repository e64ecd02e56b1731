// Packets that are forwarded.
package inet

import "gvisor.dev/gvisor/pkg/tcpip/stack"

// forwarded is told of all packets, as a packet filter would be, and lets all
// pass. The stack copies an IPv4 packet that it forwards, which may free the
// memory of the old header, and reads the old header after that: by then it may
// be another packet's. So here that memory is kept from being used again, and
// left to the garbage collector.
type forwarded struct{}

var _ stack.NFTablesInterface = forwarded{}

// keepHeaders has a stack that forwards use it.
func keepHeaders(s *stack.Stack, forwards bool) {
	s.SetNFTables(forwarded{})
	s.SetNFTablesConfigured(forwards)
}

// CheckForward implements stack.NFTablesInterface.
func (forwarded) CheckForward(pkt *stack.PacketBuffer, _ *stack.Route, af stack.AddressFamily) bool {
	if af == stack.IP {
		_ = pkt.NetworkHeader().View() // has a reference, which stays
	}
	return true
}

// CheckPrerouting implements stack.NFTablesInterface.
func (forwarded) CheckPrerouting(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}

// CheckInput implements stack.NFTablesInterface.
func (forwarded) CheckInput(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}

// CheckOutput implements stack.NFTablesInterface.
func (forwarded) CheckOutput(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}

// CheckPostrouting implements stack.NFTablesInterface.
func (forwarded) CheckPostrouting(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}

// CheckIngress implements stack.NFTablesInterface.
func (forwarded) CheckIngress(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}

// CheckEgress implements stack.NFTablesInterface.
func (forwarded) CheckEgress(*stack.PacketBuffer, *stack.Route, stack.AddressFamily) bool {
	return true
}
