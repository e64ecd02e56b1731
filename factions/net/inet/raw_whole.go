// Echo replies that came in fragments, for raw sockets of ICMPv6: the stack gives
// them packets only as they come, and has no use for these once they are whole.
package inet

import (
	"slices"

	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// hearWhole has the stack hand on what nobody else takes.
func (in *Inet) hearWhole(s *stack.Stack) {
	s.SetTransportProtocolHandler(header.ICMPv6ProtocolNumber, func(_ stack.TransportEndpointID, pkt *stack.PacketBuffer) bool {
		ip, h := header.IPv6(pkt.NetworkHeader().Slice()), header.ICMPv6(pkt.TransportHeader().Slice())
		if len(ip) < header.IPv6MinimumSize || ip.NextHeader() == uint8(header.ICMPv6ProtocolNumber) || h.Type() != header.ICMPv6EchoReply {
			return false // raw sockets have it, or the stack answers
		}
		for _, e := range in.rawList.icmp6() {
			if raw, ok := e.ep.(stack.RawTransportEndpoint); ok {
				one := pkt.Clone()
				raw.HandlePacket(one)
				one.DecRef()
			}
		}
		return true
	})
}

// icmp6 returns the raw sockets of ICMPv6.
func (r *rawSockets) icmp6() []*endpoint {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.list), func(e *endpoint) bool { return !e.v6 || e.number != abi.IPPROTO_ICMPV6 })
}
