package inet_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestSocketErrors(t *testing.T) {
	x := newBox(t)
	for _, c := range []struct {
		af, typ, number int32
		want            error
	}{
		{abi.AF_INET, abi.SOCK_STREAM, abi.IPPROTO_TCP, nil},
		{abi.AF_INET6, abi.SOCK_DGRAM, abi.IPPROTO_UDP, nil},
		{abi.AF_INET, abi.SOCK_STREAM, abi.IPPROTO_UDP, abi.EPROTONOSUPPORT},
		{abi.AF_INET, abi.SOCK_DGRAM, abi.IPPROTO_ICMP, abi.EPROTONOSUPPORT},
		{abi.AF_INET, abi.SOCK_SEQPACKET, 0, abi.EPROTOTYPE},
		{abi.AF_INET, abi.SOCK_RDM, 0, abi.EPROTOTYPE},
		{abi.AF_INET, 99, 0, abi.EPROTOTYPE},
		{abi.AF_INET, 0, 0, abi.EPROTONOSUPPORT},
		{abi.AF_INET, abi.SOCK_STREAM, 999, abi.EPROTONOSUPPORT},
		{abi.AF_INET, abi.SOCK_STREAM | -0x80000000, 0, abi.EINVAL},
		{abi.AF_LOCAL, abi.SOCK_STREAM, 0, abi.EAFNOSUPPORT},
		{abi.AF_APPLETALK, abi.SOCK_DGRAM, 0, abi.EAFNOSUPPORT},
		{-1, abi.SOCK_STREAM, 0, abi.EAFNOSUPPORT},
		{9999, abi.SOCK_STREAM, 0, abi.EAFNOSUPPORT},
	} {
		if _, err := x.SysSocket30(x.l, c.af, c.typ, c.number); err != c.want {
			t.Errorf("socket(%d, %#x, %d): %v, want %v", c.af, c.typ, c.number, err, c.want)
		}
	}
	rsv := usermem.OutSlice[int32]{Mem: usermem.Local(make([]byte, 8), nil), N: 2}
	x.want(x.SysSocketpair(x.l, abi.AF_INET, abi.SOCK_STREAM, 0, rsv), abi.EOPNOTSUPP)
	x.want(x.SysSocketpair(x.l, abi.AF_LOCAL, abi.SOCK_STREAM, 0, rsv), abi.EAFNOSUPPORT)
}

// TestBadAddresses gives malformed addresses to every call that takes one.
func TestBadAddresses(t *testing.T) {
	x := newBox(t)
	good := [2][]byte{addr4(9), addr6(9)}
	with := func(b []byte, i int, v byte) []byte {
		b = append([]byte(nil), b...)
		b[i] = v
		return b
	}
	for i, af := range []int32{abi.AF_INET, abi.AF_INET6} {
		g := good[i]
		for _, c := range []struct {
			name string
			addr []byte
			want error
		}{
			{"none", nil, abi.EINVAL},
			{"too short for a family", g[:2], abi.EINVAL},
			{"cut", g[:len(g)-1], abi.EINVAL},
			{"long", append(append([]byte(nil), g...), 0), abi.EINVAL},
			{"much too long", make([]byte, 300), abi.EINVAL},
			{"other family", good[1-i], abi.EINVAL},
			{"wrong family", with(g, 1, 77), abi.EAFNOSUPPORT},
			{"no family", with(g, 1, 0), abi.EAFNOSUPPORT},
		} {
			tcp, udp := x.socket(af, abi.SOCK_STREAM, 0), x.socket(af, abi.SOCK_DGRAM, 0)
			for call, err := range map[string]error{
				"bind":        x.SysBind(x.l, tcp, in(c.addr)),
				"connect":     x.SysConnect(x.l, tcp, in(c.addr)),
				"bind UDP":    x.SysBind(x.l, udp, in(c.addr)),
				"connect UDP": x.SysConnect(x.l, udp, in(c.addr)),
			} {
				if err != c.want {
					t.Errorf("%s, family %d, %s: %v, want %v", call, af, c.name, err, c.want)
				}
			}
			if c.addr != nil {
				x.want(x.sendErr(udp, []byte("x"), c.addr), c.want)
			}
			x.close(tcp)
			x.close(udp)
		}
		// The length byte a caller left in the address does not matter.
		fd := x.socket(af, abi.SOCK_STREAM, 0)
		x.ok(x.SysBind(x.l, fd, in(with(loopback(af, 0), 0, 99))))
	}
	fd := x.socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	far := []byte{16, abi.AF_INET, 0, 9, 10, 1, 2, 3, 15: 0}
	x.want(x.SysBind(x.l, fd, in(far)), abi.EADDRNOTAVAIL)
	if err := x.sendErr(fd, []byte("x"), far); err != abi.EADDRNOTAVAIL {
		t.Errorf("far away: %v", err)
	}
}

// TestMapped talks IPv4 through an IPv6 socket.
func TestMapped(t *testing.T) {
	x := newBox(t)
	lfd := x.socket(abi.AF_INET6, abi.SOCK_STREAM, 0)
	x.want(x.setOpt(lfd, abi.IPPROTO_IPV6, abi.IPV6_V6ONLY, 0), nil)
	x.ok(x.SysBind(x.l, lfd, in([]byte{28, abi.AF_INET6, 27: 0})))
	x.want(x.setOpt(lfd, abi.IPPROTO_IPV6, abi.IPV6_V6ONLY, 1), abi.EINVAL)
	x.ok(x.SysListen(x.l, lfd, 5))
	port := x.port(lfd)
	fd := x.socket(abi.AF_INET, abi.SOCK_STREAM, 0)
	x.ok(x.SysConnect(x.l, fd, in(addr4(port))))
	from := newSized(128)
	_, err := x.SysAccept(x.l, lfd, from.mem())
	x.ok(err)
	if from.n != 28 || string(from.b[18:24]) != "\xff\xff\x7f\x00\x00\x01" {
		t.Errorf("peer %x", from.bytes())
	}
	mapped := []byte{28, abi.AF_INET6, byte(port >> 8), byte(port), 18: 0xff, 19: 0xff, 20: 127, 23: 1, 27: 0}
	fd = x.socket(abi.AF_INET6, abi.SOCK_STREAM, 0)
	x.want(x.SysConnect(x.l, fd, in(mapped)), abi.EINVAL)
	x.want(x.setOpt(fd, abi.IPPROTO_IPV6, abi.IPV6_V6ONLY, 0), nil)
	x.ok(x.SysConnect(x.l, fd, in(mapped)))
}
