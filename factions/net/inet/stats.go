// Counters of the protocols for netstat(1): arrays of 64-bit numbers. What the
// stack does not count is 0; of TCP and UDP it counts both families together.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// counters is some of an array, by index.
type counters map[int]uint64

// addAll adds others.
func (c counters) addAll(o counters) {
	for i, v := range o {
		c[i] += v
	}
}

// addStats makes a node stats of size counters, of which pick returns those
// that the stack knows.
func (in *Inet) addStats(n *sysctl.Node, num int32, desc string, size int, pick func(s *stack.Stack) counters) {
	n.Struct(num, "stats", desc, 8*size, func(*proc.LWP) ([]byte, error) {
		b := make([]byte, 8*size)
		if s := in.made(); s != nil {
			for i, c := range pick(s) {
				binary.LittleEndian.PutUint64(b[8*i:], c)
			}
		}
		return b, nil
	})
}

func (in *Inet) tcpCounters(s *stack.Stack) counters {
	t := s.Stats().TCP
	in.urgency.mu.Lock()
	urgentOnly := in.urgency.only
	in.urgency.mu.Unlock()
	return counters{
		abi.TCP_STAT_CONNATTEMPT: t.ActiveConnectionOpenings.Value(), abi.TCP_STAT_ACCEPTS: t.PassiveConnectionOpenings.Value(),
		abi.TCP_STAT_CONNDROPS: t.FailedConnectionAttempts.Value(), abi.TCP_STAT_CLOSED: t.EstablishedClosed.Value(),
		abi.TCP_STAT_DROPS: t.EstablishedResets.Value(), abi.TCP_STAT_TIMEOUTDROP: t.EstablishedTimedout.Value(),
		abi.TCP_STAT_REXMTTIMEO: t.Timeouts.Value(), abi.TCP_STAT_SNDTOTAL: t.SegmentsSent.Value(), abi.TCP_STAT_SNDPACK: t.SegmentsSent.Value(),
		abi.TCP_STAT_SNDREXMITPACK: t.Retransmits.Value(), abi.TCP_STAT_RCVTOTAL: t.ValidSegmentsReceived.Value(),
		abi.TCP_STAT_RCVPACK: t.ValidSegmentsReceived.Value(), abi.TCP_STAT_RCVSHORT: t.InvalidSegmentsReceived.Value(),
		abi.TCP_STAT_RCVBADSUM: t.ChecksumErrors.Value(), abi.TCP_STAT_SC_OVERFLOWED: t.ListenOverflowSynDrop.Value(),
		abi.TCP_STAT_SC_ADDED: t.PassiveConnectionOpenings.Value(), abi.TCP_STAT_SNDURG: urgentOnly,
	}
}

func udpCounters(s *stack.Stack) counters {
	u := s.Stats().UDP
	return counters{
		abi.UDP_STAT_IPACKETS: u.PacketsReceived.Value(), abi.UDP_STAT_BADLEN: u.MalformedPacketsReceived.Value(),
		abi.UDP_STAT_BADSUM: u.ChecksumErrors.Value(), abi.UDP_STAT_NOPORT: u.UnknownPortErrors.Value(),
		abi.UDP_STAT_FULLSOCK: u.ReceiveBufferErrors.Value(), abi.UDP_STAT_OPACKETS: u.PacketsSent.Value(),
	}
}

func icmpCounters(s *stack.Stack) counters {
	icmp := s.Stats().ICMP.V4
	out, in := icmp.PacketsSent, icmp.PacketsReceived
	return counters{
		abi.ICMP_STAT_OUTHIST + abi.ICMP_ECHO: out.EchoRequest.Value(), abi.ICMP_STAT_OUTHIST + abi.ICMP_ECHOREPLY: out.EchoReply.Value(),
		abi.ICMP_STAT_OUTHIST + abi.ICMP_UNREACH: out.DstUnreachable.Value(), abi.ICMP_STAT_OUTHIST + abi.ICMP_TIMXCEED: out.TimeExceeded.Value(),
		abi.ICMP_STAT_INHIST + abi.ICMP_ECHO: in.EchoRequest.Value(), abi.ICMP_STAT_INHIST + abi.ICMP_ECHOREPLY: in.EchoReply.Value(),
		abi.ICMP_STAT_INHIST + abi.ICMP_UNREACH: in.DstUnreachable.Value(), abi.ICMP_STAT_INHIST + abi.ICMP_TIMXCEED: in.TimeExceeded.Value(),
	}
}
