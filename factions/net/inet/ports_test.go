package inet_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
)

// TestPortRange has ports picked from the low range: when they are asked for,
// and when a socket without one connects or sends.
func TestPortRange(t *testing.T) {
	both(t, func(t *testing.T, af int32) {
		level, name := int32(abi.IPPROTO_IP), int32(abi.IP_PORTRANGE)
		if af == abi.AF_INET6 {
			level, name = abi.IPPROTO_IPV6, abi.IPV6_PORTRANGE
		}
		x := newBox(t)
		_, tcp := x.listener(af)
		_, udp := x.udp(af)
		take := []func(typ, fd int32) error{
			func(_, fd int32) error { return x.SysBind(x.l, fd, in(loopback(af, 0))) },
			func(typ, fd int32) error {
				if typ == abi.SOCK_STREAM {
					return x.SysConnect(x.l, fd, in(loopback(af, tcp)))
				}
				return x.sendErr(fd, []byte("x"), loopback(af, udp))
			},
		}
		for _, typ := range []int32{abi.SOCK_STREAM, abi.SOCK_DGRAM} {
			for _, fn := range take {
				fd := x.socket(af, typ, 0)
				x.ok(x.setOpt(fd, level, name, abi.IP_PORTRANGE_LOW))
				x.ok(fn(typ, fd))
				if p := x.port(fd); p < abi.IPPORT_RESERVEDMIN || p > abi.IPPORT_RESERVEDMAX {
					t.Errorf("port %d", p)
				}
			}
		}
		x.p.SetCred(&cred.Cred{Ruid: 7, Euid: 7}, false)
		for _, fn := range take {
			fd := x.socket(af, abi.SOCK_STREAM, 0)
			x.ok(x.setOpt(fd, level, name, abi.IP_PORTRANGE_LOW))
			x.want(fn(abi.SOCK_STREAM, fd), abi.EACCES)
		}
	})
}

// TestPortAlgo has ports picked in the order that an algorithm gives.
func TestPortAlgo(t *testing.T) {
	const next, hash, randInc = 0, 3, 5
	x := newBox(t)
	_, udp := x.udp(abi.AF_INET)
	take := func(algo int32) uint16 {
		fd := x.socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
		x.ok(x.setOpt(fd, abi.IPPROTO_IP, abi.IP_PORTALGO, algo))
		x.ok(x.SysConnect(x.l, fd, in(addr4(udp))))
		p := x.port(fd)
		if p < abi.IPPORT_ANONMIN {
			t.Errorf("port %d", p)
		}
		return p
	}
	for _, c := range []struct {
		algo int32
		down bool
	}{{next, true}, {hash, true}, {randInc, false}} {
		down := 0
		for p, i := take(c.algo), 0; i < 6; i++ {
			q := take(c.algo)
			if d := p - q; d >= 1 && d < 10 {
				down++
			}
			p = q
		}
		if (down >= 5) != c.down { // the range may end, or a port be in use
			t.Errorf("algorithm %d went on to the port below %d times", c.algo, down)
		}
	}
}
