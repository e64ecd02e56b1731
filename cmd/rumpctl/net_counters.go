// Counters of protocols and what they count.
package main

import (
	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// statLine is a place in the counters of a protocol.
type statLine struct {
	index int
	text  string
}

// counterTables are the protocols in the order they are shown.
func counterTables() []counterTable {
	return []counterTable{
		{"tcp", "net.inet.tcp.stats", abi.AF_INET, tcpCounters}, {"udp", "net.inet.udp.stats", abi.AF_INET, udpCounters},
		{"ip", "net.inet.ip.stats", abi.AF_INET, ipCounters}, {"icmp", "net.inet.icmp.stats", abi.AF_INET, icmpCounters},
		{"arp", "net.inet.arp.stats", abi.AF_INET, arpCounters},
		{"ip6", "net.inet6.ip6.stats", abi.AF_INET6, ip6Counters}, {"icmp6", "net.inet6.icmp6.stats", abi.AF_INET6, icmp6Counters},
		{"udp6", "net.inet6.udp6.stats", abi.AF_INET6, udpCounters},
	}
}

type counterTable struct {
	proto, name string
	family      int
	list        []statLine
}

// netstatCounters prints the counters of all protocols of a family.
func (k *ctl) netstatCounters(n netctl.Net, family int) error {
	var missing error
	shown := false
	for _, t := range counterTables() {
		if family != 0 && family != t.family {
			continue
		}
		values, err := n.Counters(t.name)
		if err != nil {
			missing = at(t.name, err)
			continue
		}
		shown = true
		head := t.proto + ":\n"
		for _, c := range t.list {
			if c.index < len(values) && values[c.index] != 0 {
				k.printf("%s", head)
				head = ""
				k.printf("\t%d %s\n", values[c.index], c.text)
			}
		}
	}
	if !shown {
		return missing
	}
	return nil
}

var tcpCounters = []statLine{
	{abi.TCP_STAT_SNDTOTAL, "packets sent"}, {abi.TCP_STAT_SNDPACK, "data packets sent"}, {abi.TCP_STAT_SNDBYTE, "bytes of data sent"},
	{abi.TCP_STAT_SNDREXMITPACK, "data packets sent again"}, {abi.TCP_STAT_SNDREXMITBYTE, "bytes sent again"},
	{abi.TCP_STAT_SNDACKS, "packets sent that only acknowledge"}, {abi.TCP_STAT_SNDPROBE, "window probes sent"},
	{abi.TCP_STAT_SNDWINUP, "window updates sent"}, {abi.TCP_STAT_SNDCTRL, "control packets sent"},
	{abi.TCP_STAT_RCVTOTAL, "packets received"}, {abi.TCP_STAT_RCVPACK, "packets received in order"},
	{abi.TCP_STAT_RCVBYTE, "bytes received in order"}, {abi.TCP_STAT_RCVACKPACK, "acknowledgements received"},
	{abi.TCP_STAT_RCVDUPACK, "acknowledgements received twice"}, {abi.TCP_STAT_RCVDUPPACK, "packets received twice"},
	{abi.TCP_STAT_RCVOOPACK, "packets received out of order"}, {abi.TCP_STAT_RCVAFTERCLOSE, "packets received after close"},
	{abi.TCP_STAT_RCVBADSUM, "packets with a bad checksum"}, {abi.TCP_STAT_RCVSHORT, "packets that were too short"},
	{abi.TCP_STAT_RCVMEMDROP, "packets dropped for lack of memory"},
	{abi.TCP_STAT_CONNATTEMPT, "connections asked for"}, {abi.TCP_STAT_ACCEPTS, "connections accepted"},
	{abi.TCP_STAT_CONNECTS, "connections established"}, {abi.TCP_STAT_CLOSED, "connections closed"},
	{abi.TCP_STAT_DROPS, "connections dropped"}, {abi.TCP_STAT_CONNDROPS, "connections dropped before they were established"},
	{abi.TCP_STAT_REXMTTIMEO, "retransmit timeouts"}, {abi.TCP_STAT_KEEPPROBE, "keepalive probes sent"},
	{abi.TCP_STAT_KEEPDROPS, "connections dropped by keepalive"}, {abi.TCP_STAT_NOPORT, "packets to ports nobody listens at"},
	{abi.TCP_STAT_BADSYN, "bad connection requests"}, {abi.TCP_STAT_SC_OVERFLOWED, "connection requests that found no room"},
}

var udpCounters = []statLine{
	{abi.UDP_STAT_IPACKETS, "datagrams received"}, {abi.UDP_STAT_OPACKETS, "datagrams sent"},
	{abi.UDP_STAT_HDROPS, "with an incomplete header"}, {abi.UDP_STAT_BADLEN, "with a bad length"},
	{abi.UDP_STAT_BADSUM, "with a bad checksum"}, {abi.UDP_STAT_NOPORT, "to ports nobody has"},
	{abi.UDP_STAT_NOPORTBCAST, "to all, to ports nobody has"}, {abi.UDP_STAT_FULLSOCK, "dropped because of full buffers"},
}

var ipCounters = []statLine{
	{abi.IP_STAT_TOTAL, "packets received"}, {abi.IP_STAT_DELIVERED, "packets for this host"}, {abi.IP_STAT_LOCALOUT, "packets sent from here"},
	{abi.IP_STAT_FORWARD, "packets forwarded"}, {abi.IP_STAT_CANTFORWARD, "packets that could not be forwarded"},
	{abi.IP_STAT_REDIRECTSENT, "redirects sent"}, {abi.IP_STAT_BADSUM, "with a bad header checksum"},
	{abi.IP_STAT_TOOSMALL, "smaller than they say"}, {abi.IP_STAT_TOOSHORT, "shorter than a header"},
	{abi.IP_STAT_BADHLEN, "with a bad header length"}, {abi.IP_STAT_BADLEN, "with a bad length"},
	{abi.IP_STAT_BADVERS, "with a bad version"}, {abi.IP_STAT_BADOPTIONS, "with bad options"}, {abi.IP_STAT_BADADDR, "with a bad address"},
	{abi.IP_STAT_FRAGMENTS, "fragments received"}, {abi.IP_STAT_FRAGDROPPED, "fragments dropped"},
	{abi.IP_STAT_FRAGTIMEOUT, "fragments dropped for their age"}, {abi.IP_STAT_REASSEMBLED, "packets put together"},
	{abi.IP_STAT_FRAGMENTED, "packets cut into fragments"}, {abi.IP_STAT_OFRAGMENTS, "fragments made"},
	{abi.IP_STAT_CANTFRAG, "packets that must not be cut"}, {abi.IP_STAT_NOPROTO, "of an unknown protocol"},
	{abi.IP_STAT_ODROPPED, "packets not sent for lack of memory"}, {abi.IP_STAT_NOROUTE, "packets without a route"},
	{abi.IP_STAT_RAWOUT, "raw packets sent"},
}

var icmpCounters = []statLine{
	{abi.ICMP_STAT_ERROR, "errors that might have been sent"}, {abi.ICMP_STAT_BADCODE, "with a bad code"},
	{abi.ICMP_STAT_TOOSHORT, "that are too short"}, {abi.ICMP_STAT_CHECKSUM, "with a bad checksum"},
	{abi.ICMP_STAT_BADLEN, "with a bad length"}, {abi.ICMP_STAT_REFLECT, "answers sent"},
	{abi.ICMP_STAT_OUTHIST, "echo replies sent"}, {abi.ICMP_STAT_OUTHIST + 3, "unreachables sent"},
	{abi.ICMP_STAT_OUTHIST + 8, "echo requests sent"}, {abi.ICMP_STAT_OUTHIST + 11, "time exceeded sent"},
	{abi.ICMP_STAT_INHIST, "echo replies received"}, {abi.ICMP_STAT_INHIST + 3, "unreachables received"},
	{abi.ICMP_STAT_INHIST + 8, "echo requests received"}, {abi.ICMP_STAT_INHIST + 11, "time exceeded received"},
}

var arpCounters = []statLine{
	{abi.ARP_STAT_SNDTOTAL, "packets sent"}, {abi.ARP_STAT_SENDREQUEST, "requests sent"}, {abi.ARP_STAT_SNDREPLY, "replies sent"},
	{abi.ARP_STAT_RCVTOTAL, "packets received"}, {abi.ARP_STAT_RCVREQUEST, "requests received"},
	{abi.ARP_STAT_RCVREPLY, "replies received"}, {abi.ARP_STAT_DFRTOTAL, "packets that waited for an answer"},
	{abi.ARP_STAT_DFRSENT, "of them sent"}, {abi.ARP_STAT_DFRDROPPED, "of them dropped"},
	{abi.ARP_STAT_RCVLOCALSPA, "from others with our address"},
}

var ip6Counters = []statLine{
	{abi.IP6_STAT_TOTAL, "packets received"}, {abi.IP6_STAT_DELIVERED, "packets for this host"}, {abi.IP6_STAT_LOCALOUT, "packets sent from here"},
	{abi.IP6_STAT_FORWARD, "packets forwarded"}, {abi.IP6_STAT_CANTFORWARD, "packets that could not be forwarded"},
	{abi.IP6_STAT_TOOSMALL, "smaller than they say"}, {abi.IP6_STAT_TOOSHORT, "shorter than a header"},
	{abi.IP6_STAT_BADVERS, "with a bad version"}, {abi.IP6_STAT_BADOPTIONS, "with bad options"}, {abi.IP6_STAT_BADSCOPE, "of a bad scope"},
	{abi.IP6_STAT_FRAGMENTS, "fragments received"}, {abi.IP6_STAT_FRAGDROPPED, "fragments dropped"},
	{abi.IP6_STAT_REASSEMBLED, "packets put together"}, {abi.IP6_STAT_FRAGMENTED, "packets cut into fragments"},
	{abi.IP6_STAT_OFRAGMENTS, "fragments made"}, {abi.IP6_STAT_NOROUTE, "packets without a route"},
	{abi.IP6_STAT_NOTMEMBER, "to groups we are not in"},
}

var icmp6Counters = []statLine{
	{abi.ICMP6_STAT_ERROR, "errors that might have been sent"}, {abi.ICMP6_STAT_TOOFREQ, "errors not sent: too many"},
	{abi.ICMP6_STAT_BADCODE, "with a bad code"}, {abi.ICMP6_STAT_TOOSHORT, "that are too short"},
	{abi.ICMP6_STAT_CHECKSUM, "with a bad checksum"}, {abi.ICMP6_STAT_REFLECT, "answers sent"},
	{abi.ICMP6_STAT_OUTHIST + 128, "echo requests sent"}, {abi.ICMP6_STAT_OUTHIST + 129, "echo replies sent"},
	{abi.ICMP6_STAT_OUTHIST + 135, "neighbour solicitations sent"}, {abi.ICMP6_STAT_OUTHIST + 136, "neighbour advertisements sent"},
	{abi.ICMP6_STAT_INHIST + 128, "echo requests received"}, {abi.ICMP6_STAT_INHIST + 129, "echo replies received"},
	{abi.ICMP6_STAT_INHIST + 134, "router advertisements received"}, {abi.ICMP6_STAT_INHIST + 135, "neighbour solicitations received"},
	{abi.ICMP6_STAT_INHIST + 136, "neighbour advertisements received"},
}
