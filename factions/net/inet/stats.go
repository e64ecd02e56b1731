// Counters of the protocols for netstat(1): arrays of 64-bit numbers. What the
// stack does not count is 0; it counts both families together.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// counters is some of an array, by index.
type counters map[int]*tcpip.StatCounter

// addStats makes a node stats of size counters, of which pick returns those
// that the stack knows.
func (in *Inet) addStats(n *sysctl.Node, num int32, desc string, size int, pick func(s tcpip.Stats) counters) {
	n.Struct(num, "stats", desc, 8*size, func(*proc.LWP) ([]byte, error) {
		b := make([]byte, 8*size)
		if s := in.made(); s != nil {
			for i, c := range pick(s.Stats()) {
				binary.LittleEndian.PutUint64(b[8*i:], c.Value())
			}
		}
		return b, nil
	})
}

func ipCounters(s tcpip.Stats) counters {
	return counters{
		abi.IP_STAT_TOTAL: s.IP.PacketsReceived, abi.IP_STAT_DELIVERED: s.IP.PacketsDelivered,
		abi.IP_STAT_LOCALOUT: s.IP.PacketsSent, abi.IP_STAT_ODROPPED: s.IP.OutgoingPacketErrors,
		abi.IP_STAT_TOOSHORT: s.IP.MalformedPacketsReceived, abi.IP_STAT_BADFRAGS: s.IP.MalformedFragmentsReceived,
		abi.IP_STAT_BADADDR: s.IP.InvalidSourceAddressesReceived,
	}
}

func tcpCounters(s tcpip.Stats) counters {
	t := s.TCP
	return counters{
		abi.TCP_STAT_CONNATTEMPT: t.ActiveConnectionOpenings, abi.TCP_STAT_ACCEPTS: t.PassiveConnectionOpenings,
		abi.TCP_STAT_CONNDROPS: t.FailedConnectionAttempts, abi.TCP_STAT_CLOSED: t.EstablishedClosed,
		abi.TCP_STAT_DROPS: t.EstablishedResets, abi.TCP_STAT_TIMEOUTDROP: t.EstablishedTimedout,
		abi.TCP_STAT_REXMTTIMEO: t.Timeouts, abi.TCP_STAT_SNDTOTAL: t.SegmentsSent, abi.TCP_STAT_SNDPACK: t.SegmentsSent,
		abi.TCP_STAT_SNDREXMITPACK: t.Retransmits, abi.TCP_STAT_RCVTOTAL: t.ValidSegmentsReceived,
		abi.TCP_STAT_RCVPACK: t.ValidSegmentsReceived, abi.TCP_STAT_RCVSHORT: t.InvalidSegmentsReceived,
		abi.TCP_STAT_RCVBADSUM: t.ChecksumErrors, abi.TCP_STAT_SC_OVERFLOWED: t.ListenOverflowSynDrop,
		abi.TCP_STAT_SC_ADDED: t.PassiveConnectionOpenings,
	}
}

func udpCounters(s tcpip.Stats) counters {
	u := s.UDP
	return counters{
		abi.UDP_STAT_IPACKETS: u.PacketsReceived, abi.UDP_STAT_BADLEN: u.MalformedPacketsReceived,
		abi.UDP_STAT_BADSUM: u.ChecksumErrors, abi.UDP_STAT_NOPORT: u.UnknownPortErrors,
		abi.UDP_STAT_FULLSOCK: u.ReceiveBufferErrors, abi.UDP_STAT_OPACKETS: u.PacketsSent,
	}
}

func icmpCounters(s tcpip.Stats) counters {
	out, in := s.ICMP.V4.PacketsSent, s.ICMP.V4.PacketsReceived
	return counters{
		abi.ICMP_STAT_OUTHIST + abi.ICMP_ECHO: out.EchoRequest, abi.ICMP_STAT_OUTHIST + abi.ICMP_ECHOREPLY: out.EchoReply,
		abi.ICMP_STAT_OUTHIST + abi.ICMP_UNREACH: out.DstUnreachable, abi.ICMP_STAT_OUTHIST + abi.ICMP_TIMXCEED: out.TimeExceeded,
		abi.ICMP_STAT_INHIST + abi.ICMP_ECHO: in.EchoRequest, abi.ICMP_STAT_INHIST + abi.ICMP_ECHOREPLY: in.EchoReply,
		abi.ICMP_STAT_INHIST + abi.ICMP_UNREACH: in.DstUnreachable, abi.ICMP_STAT_INHIST + abi.ICMP_TIMXCEED: in.TimeExceeded,
	}
}
