package inet_test

import (
	"encoding/binary"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// pcbs returns the list of sockets of a protocol.
func (x *box) pcbs(af, number int32) []abi.KinfoPcb {
	x.t.Helper()
	mib := []int32{abi.CTL_NET, af, number, -1}
	for n := range int32(2000) { // the node has no fixed number
		mib[3] = 1000 + n
		list := make([]abi.KinfoPcb, 100)
		b := usermem.BytesOfSlice(list)
		name := append(mib[:4:4], 0, 0, int32(len(b)/len(list)), int32(len(list)))
		got, err := x.b.Sysctl.Sysctl(x.l, name, usermem.Local(b, nil), len(b), usermem.InBuf{})
		if err == nil {
			return list[:got*len(list)/len(b)]
		}
	}
	x.t.Fatal("no list")
	return nil
}

func TestPcblist(t *testing.T) {
	both(t, func(t *testing.T, af int32) {
		x := newBox(t)
		lfd, port := x.listener(af)
		c := x.socket(af, abi.SOCK_STREAM, 0)
		x.ok(x.SysConnect(x.l, c, in(loopback(af, port))))
		_, err := x.SysAccept(x.l, lfd, nobody) // now both ends are established
		x.ok(err)
		x.send(c, "four")
		states := map[int32]int{}
		for _, k := range x.pcbs(af, abi.IPPROTO_TCP) {
			states[k.Tstate]++
			if k.Type != abi.SOCK_STREAM || int32(k.Family) != af || k.S[1] != byte(af) {
				t.Errorf("%+v", k)
			}
			if k.Tstate == abi.TCPS_LISTEN && binary.BigEndian.Uint16(k.S[2:]) != port {
				t.Errorf("listens at %x", k.S[:4])
			}
		}
		if states[abi.TCPS_LISTEN] != 1 || states[abi.TCPS_ESTABLISHED] != 2 || len(states) != 2 {
			t.Errorf("states: %v", states)
		}
		u := x.socket(af, abi.SOCK_DGRAM, 0)
		x.ok(x.SysConnect(x.l, u, in(loopback(af, 9))))
		list := x.pcbs(af, abi.IPPROTO_UDP)
		if len(list) != 1 || binary.BigEndian.Uint16(list[0].D[2:]) != 9 {
			t.Errorf("UDP: %+v", list)
		}
		x.close(lfd)
	})
}

func TestStats(t *testing.T) {
	x := newBox(t)
	mib := []int32{abi.CTL_NET, abi.PF_INET, abi.IPPROTO_TCP, abi.TCPCTL_STATS}
	counters := make([]uint64, abi.TCP_NSTATS)
	read := func() {
		b := usermem.BytesOfSlice(counters)
		n, err := x.b.Sysctl.Sysctl(x.l, mib, usermem.Local(b, nil), len(b), usermem.InBuf{})
		if err != nil || n != len(b) {
			t.Fatal(n, err)
		}
	}
	read()
	if counters[abi.TCP_STAT_CONNATTEMPT] != 0 {
		t.Error("counted before there was a stack")
	}
	a, _ := x.pair(abi.AF_INET)
	x.send(a, "x")
	read()
	if counters[abi.TCP_STAT_CONNATTEMPT] != 1 || counters[abi.TCP_STAT_ACCEPTS] != 1 || counters[abi.TCP_STAT_SNDTOTAL] < 4 {
		t.Errorf("%v", counters)
	}
}

// TestRawPcblist lists raw sockets while they are open.
func TestRawPcblist(t *testing.T) {
	x := newBox(t)
	for af, number := range map[int32]int32{abi.AF_INET: abi.IPPROTO_ICMP, abi.AF_INET6: abi.IPPROTO_ICMPV6} {
		fd := x.socket(af, abi.SOCK_RAW, number)
		list := x.pcbs(af, abi.IPPROTO_RAW)
		if len(list) != 1 || list[0].Type != abi.SOCK_RAW || int32(list[0].Protocol) != number || int32(list[0].Family) != af {
			t.Errorf("%+v", list)
		}
		x.close(fd)
		if list := x.pcbs(af, abi.IPPROTO_RAW); len(list) != 0 {
			t.Errorf("closed: %+v", list)
		}
	}
}

// TestStats6: each version of IP has counters of its own.
func TestStats6(t *testing.T) {
	x := newBox(t)
	read := func(size int, mib ...int32) []uint64 {
		t.Helper()
		counters := make([]uint64, size)
		b := usermem.BytesOfSlice(counters)
		n, err := x.b.Sysctl.Sysctl(x.l, append([]int32{abi.CTL_NET}, mib...), usermem.Local(b, nil), len(b), usermem.InBuf{})
		if err != nil || n != len(b) {
			t.Fatal(mib, n, err)
		}
		return counters
	}
	raw := x.socket(abi.AF_INET6, abi.SOCK_RAW, abi.IPPROTO_ICMPV6)
	before := read(abi.IP_NSTATS, abi.PF_INET, abi.IPPROTO_IP, abi.IPCTL_STATS)[abi.IP_STAT_LOCALOUT]
	x.sendto(raw, "\x80\x00\x00\x00\x00\x01\x00\x01", loopback(abi.AF_INET6, 0))
	ip6 := read(abi.IP6_NSTATS, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_STATS)
	icmp6 := read(abi.ICMP6_NSTATS, abi.PF_INET6, abi.IPPROTO_ICMPV6, abi.ICMPV6CTL_STATS)
	if ip6[abi.IP6_STAT_LOCALOUT] != 2 || ip6[abi.IP6_STAT_DELIVERED] != 2 {
		t.Errorf("IPv6: %d sent, %d delivered", ip6[abi.IP6_STAT_LOCALOUT], ip6[abi.IP6_STAT_DELIVERED])
	}
	if icmp6[abi.ICMP6_STAT_INHIST+abi.ICMP6_ECHO_REQUEST] != 1 || icmp6[abi.ICMP6_STAT_OUTHIST+abi.ICMP6_ECHO_REPLY] != 1 {
		t.Errorf("ICMPv6: %v", icmp6)
	}
	if n := read(abi.IP_NSTATS, abi.PF_INET, abi.IPPROTO_IP, abi.IPCTL_STATS)[abi.IP_STAT_LOCALOUT]; n != before {
		t.Errorf("IPv4 has sent %d packets", n-before)
	}
	read(10, abi.PF_INET6, abi.IPPROTO_UDP, 4)
	read(7, abi.PF_INET6, abi.IPPROTO_RAW, 1)
}
