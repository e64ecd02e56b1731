// The values below net.inet, net.inet6 and net.route.
package inet

import (
	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// sysctl makes the nodes. Values that nothing here changes are read-only.
func (in *Inet) sysctl(root *sysctl.Node) {
	top := root.Node(abi.CTL_NET, "net", "Networking")
	route := top.Node(abi.PF_ROUTE, "route", "Routing table")
	route.Proc(0, "rtable", "Routing table information", in.rtable)
	in.sysctl4(top.Node(abi.PF_INET, "inet", "Internet protocols"))
	in.sysctl6(top.Node(abi.PF_INET6, "inet6", "Internet protocols, version 6"))
}

func (in *Inet) sysctl4(n *sysctl.Node) {
	ip := n.Node(abi.IPPROTO_IP, "ip", "IPv4")
	ip.Add(in.knob(abi.IPCTL_FORWARDING, "forwarding", "Forwarding of packets between interfaces", 1, &in.set.forwards4))
	ip.Const(abi.IPCTL_DEFTTL, "ttl", "Default TTL of packets", defaultTTL)
	ip.Add(in.knob(abi.IPCTL_DAD_COUNT, "dad_count", "How often a duplicate of a new address is looked for", maxDAD, &in.set.dadCount4))
	ip.Const(abi.IPCTL_ANONPORTMIN, "anonportmin", "Lowest ephemeral port", abi.IPPORT_ANONMIN)
	ip.Const(abi.IPCTL_ANONPORTMAX, "anonportmax", "Highest ephemeral port", abi.IPPORT_ANONMAX)
	addPortAlgos(ip)
	tcp := n.Node(abi.IPPROTO_TCP, "tcp", "TCP")
	in.addSpaces(tcp, abi.TCPCTL_SENDSPACE, abi.TCPCTL_RECVSPACE, &in.set.tcp)
	in.addTCP(tcp)
	tcp.Const(abi.TCPCTL_MSSDFLT, "mssdflt", "Segment size when none is known", defaultSegment)
	tcp.Const(sysctl.Auto, "sendbuf_auto", "Send buffers grow", 1)
	tcp.Const(sysctl.Auto, "recvbuf_auto", "Receive buffers grow", 1)
	tcp.Const(sysctl.Auto, "sendbuf_max", "How far send buffers grow", net.MaxBuffer)
	tcp.Const(sysctl.Auto, "recvbuf_max", "How far receive buffers grow", net.MaxBuffer)
	udp := n.Node(abi.IPPROTO_UDP, "udp", "UDP")
	in.addSpaces(udp, abi.UDPCTL_SENDSPACE, abi.UDPCTL_RECVSPACE, &in.set.udp)
	in.addStats(ip, abi.IPCTL_STATS, "IPv4 counters", abi.IP_NSTATS, in.ip4Counters)
	in.addStats(n.Node(abi.IPPROTO_ICMP, "icmp", "ICMP"), abi.ICMPCTL_STATS, "ICMP counters", abi.ICMP_NSTATS, icmpCounters)
	in.addStats(tcp, abi.TCPCTL_STATS, "TCP counters", abi.TCP_NSTATS, in.tcpCounters)
	in.addStats(udp, abi.UDPCTL_STATS, "UDP counters", abi.UDP_NSTATS, udpCounters)
	in.addPcblists(tcp, udp, false)
	in.addRaw(n, "raw", false)
}

// addTCP enters what TCP has in common below net.inet and net.inet6: the same
// values, under both names.
func (in *Inet) addTCP(n *sysctl.Node) {
	n.Const(abi.TCPCTL_MSL, "msl", "Life of a segment: mslt says", 30)
	in.addLives(n)
	n.Const(sysctl.Auto, "slowhz", "Units of the times of keepalive in a second", 2)
	n.Add(in.bounded(abi.TCPCTL_KEEPIDLE, "keepidle", "Silence before a probe", 1, maxHalves, &in.set.keepIdle))
	n.Add(in.bounded(abi.TCPCTL_KEEPINTVL, "keepintvl", "Time between probes", 1, maxHalves, &in.set.keepInterval))
	n.Add(in.bounded(abi.TCPCTL_KEEPCNT, "keepcnt", "Probes before a connection is given up", 1, maxHalves, &in.set.keepCount))
	n.Add(in.bounded(sysctl.Auto, "keepinit", "How long connecting may take", 1, maxHalves, &in.set.keepInit))
}

func (in *Inet) sysctl6(n *sysctl.Node) {
	ip := n.Node(abi.IPPROTO_IPV6, "ip6", "IPv6")
	ip.Add(in.knob(abi.IPV6CTL_FORWARDING, "forwarding", "Forwarding of packets between interfaces", 1, &in.set.forwards6))
	ip.Add(in.knob(abi.IPV6CTL_ACCEPT_RTADV, "accept_rtadv", "Addresses and routes from router advertisements", 1, &in.set.acceptRA))
	ip.Add(in.knob(abi.IPV6CTL_DAD_COUNT, "dad_count", "How often a duplicate of a new address is looked for", maxDAD, &in.set.dadCount))
	ip.Const(abi.IPV6CTL_DEFHLIM, "hlim", "Default hop limit of packets", defaultTTL)
	ip.Const(abi.IPV6CTL_V6ONLY, "v6only", "IPv6 sockets do without IPv4", 1)
	ip.Const(abi.IPV6CTL_ANONPORTMIN, "anonportmin", "Lowest ephemeral port", abi.IPPORT_ANONMIN)
	ip.Const(abi.IPV6CTL_ANONPORTMAX, "anonportmax", "Highest ephemeral port", abi.IPPORT_ANONMAX)
	addPortAlgos(ip)
	tcp, udp := n.Node(abi.IPPROTO_TCP, "tcp6", "TCP over IPv6"), n.Node(abi.IPPROTO_UDP, "udp6", "UDP over IPv6")
	in.addStats(tcp, abi.TCPCTL_STATS, "TCP counters", abi.TCP_NSTATS, in.tcpCounters)
	in.addStats6(n, ip, udp)
	in.addTCP(tcp)
	in.addPcblists(tcp, udp, true)
}
