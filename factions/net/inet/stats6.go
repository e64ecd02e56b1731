// Counters of IPv6 for netstat(1). The stack counts both versions of IP
// together, but also what each interface did of either.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// The counters of net.inet6.udp6.stats, and how many there are.
const (
	udp6Packets, udp6BadSum, udp6BadLen, udp6NoPort, udp6Full, udp6Sent = 0, 2, 4, 5, 7, 9
	udp6Counters                                                        = 10
)

// The numbers of two nodes: udp6.stats, and raw6.stats with what it holds.
const (
	udp6Stats             = 4
	raw6Stats, raw6Number = 1, 7
)

// addStats6 makes the nodes stats below net.inet6.
func (in *Inet) addStats6(n, ip, udp *sysctl.Node) {
	in.addStats(ip, abi.IPV6CTL_STATS, "IPv6 counters", abi.IP6_NSTATS, in.ip6Counters)
	in.addStats(n.Node(abi.IPPROTO_ICMPV6, "icmp6", "ICMPv6"), abi.ICMPV6CTL_STATS, "ICMPv6 counters", abi.ICMP6_NSTATS, icmp6Counters)
	in.addStats(udp, udp6Stats, "UDP counters", udp6Counters, udp6Picked)
	in.addStats(in.addRaw(n, "raw6", true), raw6Stats, "Counters of raw sockets", raw6Number, func(*stack.Stack) counters { return nil })
}

// perInterface returns the counters of a version of IP, of each interface.
func (in *Inet) perInterface(s *stack.Stack, v6 bool) (list []tcpip.IPStats) {
	in.ifs.mu.Lock()
	defer in.ifs.mu.Unlock()
	for _, i := range in.ifs.list {
		if i.home() != i.nic {
			continue
		}
		ep, err := s.GetNetworkEndpoint(i.nic, number(v6))
		if err != nil {
			continue
		}
		switch st := ep.Stats().(type) {
		case *ipv4.Stats:
			list = append(list, st.IP)
		case *ipv6.Stats:
			list = append(list, st.IP)
		}
	}
	return list
}

func (in *Inet) ip4Counters(s *stack.Stack) counters {
	c := counters{}
	for _, ip := range in.perInterface(s, false) {
		c.addAll(counters{
			abi.IP_STAT_TOTAL: ip.PacketsReceived.Value(), abi.IP_STAT_DELIVERED: ip.PacketsDelivered.Value(),
			abi.IP_STAT_LOCALOUT: ip.PacketsSent.Value(), abi.IP_STAT_ODROPPED: ip.OutgoingPacketErrors.Value(),
			abi.IP_STAT_TOOSHORT: ip.MalformedPacketsReceived.Value(), abi.IP_STAT_BADFRAGS: ip.MalformedFragmentsReceived.Value(),
			abi.IP_STAT_BADADDR: ip.InvalidSourceAddressesReceived.Value(),
		})
	}
	return c
}

func (in *Inet) ip6Counters(s *stack.Stack) counters {
	c := counters{}
	for _, ip := range in.perInterface(s, true) {
		c.addAll(counters{
			abi.IP6_STAT_TOTAL: ip.PacketsReceived.Value(), abi.IP6_STAT_DELIVERED: ip.PacketsDelivered.Value(),
			abi.IP6_STAT_LOCALOUT: ip.PacketsSent.Value(), abi.IP6_STAT_ODROPPED: ip.OutgoingPacketErrors.Value(),
			abi.IP6_STAT_TOOSHORT: ip.MalformedPacketsReceived.Value(), abi.IP6_STAT_FRAGDROPPED: ip.MalformedFragmentsReceived.Value(),
			abi.IP6_STAT_BADSCOPE: ip.InvalidSourceAddressesReceived.Value(),
		})
	}
	return c
}

func udp6Picked(s *stack.Stack) counters {
	u := s.Stats().UDP
	return counters{
		udp6Packets: u.PacketsReceived.Value(), udp6BadLen: u.MalformedPacketsReceived.Value(), udp6BadSum: u.ChecksumErrors.Value(),
		udp6NoPort: u.UnknownPortErrors.Value(), udp6Full: u.ReceiveBufferErrors.Value(), udp6Sent: u.PacketsSent.Value(),
	}
}

func icmp6Counters(s *stack.Stack) counters {
	i := s.Stats().ICMP.V6
	c := counters{abi.ICMP6_STAT_TOOFREQ: i.PacketsSent.RateLimited.Value(), abi.ICMP6_STAT_TOOSHORT: i.PacketsReceived.Invalid.Value()}
	c.messages(abi.ICMP6_STAT_OUTHIST, &i.PacketsSent.ICMPv6PacketStats)
	c.messages(abi.ICMP6_STAT_INHIST, &i.PacketsReceived.ICMPv6PacketStats)
	return c
}

// messages enters the counters of messages by type, from index at on.
func (c counters) messages(at int, m *tcpip.ICMPv6PacketStats) {
	for typ, n := range map[int]*tcpip.StatCounter{
		abi.ICMP6_ECHO_REQUEST: m.EchoRequest, abi.ICMP6_ECHO_REPLY: m.EchoReply, abi.ICMP6_DST_UNREACH: m.DstUnreachable,
		abi.ICMP6_PACKET_TOO_BIG: m.PacketTooBig, abi.ICMP6_TIME_EXCEEDED: m.TimeExceeded, abi.ICMP6_PARAM_PROB: m.ParamProblem,
		abi.ND_ROUTER_SOLICIT: m.RouterSolicit, abi.ND_ROUTER_ADVERT: m.RouterAdvert, abi.ND_NEIGHBOR_SOLICIT: m.NeighborSolicit,
		abi.ND_NEIGHBOR_ADVERT: m.NeighborAdvert, abi.ND_REDIRECT: m.RedirectMsg, abi.MLD_LISTENER_QUERY: m.MulticastListenerQuery,
		abi.MLD_LISTENER_REPORT: m.MulticastListenerReport, abi.MLDV2_LISTENER_REPORT: m.MulticastListenerReportV2,
		abi.MLD_LISTENER_DONE: m.MulticastListenerDone,
	} {
		c[at+typ] = n.Value()
	}
}
