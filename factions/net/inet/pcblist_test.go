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
