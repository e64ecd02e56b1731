package inet_test

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func (x *box) setOpt(fd, level, name, v int32) error {
	return x.SysSetsockopt(x.l, fd, level, name, in(net.Value(v)))
}

func (x *box) setBytes(fd, name int32, v []byte) error {
	return x.SysSetsockopt(x.l, fd, abi.SOL_SOCKET, name, in(v))
}

func (x *box) setTime(fd, name int32, d time.Duration) error {
	tv := abi.Timeval{Sec: int64(d / time.Second), Usec: int32(d % time.Second / time.Microsecond)}
	return x.setBytes(fd, name, usermem.BytesOf(&tv))
}

// opt returns an option whose value is an int, or shorter.
func (x *box) opt(fd, level, name int32) (int32, error) {
	s := newSized(4)
	err := x.SysGetsockopt(x.l, fd, level, name, s.mem())
	return int32(s.b[0]) | int32(s.b[1])<<8 | int32(s.b[2])<<16 | int32(s.b[3])<<24, err
}

// soError returns SO_ERROR.
func (x *box) soError(fd int32) error {
	v, err := x.opt(fd, abi.SOL_SOCKET, abi.SO_ERROR)
	x.ok(err)
	if v == 0 {
		return nil
	}
	return abi.Errno(v)
}

// The sockets the table below asks.
const (
	onTCP = iota
	onUDP
	onRaw
	onTCP6
	onUDP6
	onRaw6
	sockets
)

func (x *box) all() (fds [sockets]int32) {
	for i, c := range [sockets][3]int32{
		{abi.AF_INET, abi.SOCK_STREAM, 0}, {abi.AF_INET, abi.SOCK_DGRAM, 0}, {abi.AF_INET, abi.SOCK_RAW, abi.IPPROTO_ICMP},
		{abi.AF_INET6, abi.SOCK_STREAM, 0}, {abi.AF_INET6, abi.SOCK_DGRAM, 0}, {abi.AF_INET6, abi.SOCK_RAW, abi.IPPROTO_ICMPV6},
	} {
		fds[i] = x.socket(c[0], c[1], c[2])
	}
	return fds
}

// TestOptions reads each option, sets it, and reads it again.
func TestOptions(t *testing.T) {
	x := newBox(t)
	fds := x.all()
	const sol, ip, ip6, tcp = abi.SOL_SOCKET, abi.IPPROTO_IP, abi.IPPROTO_IPV6, abi.IPPROTO_TCP
	for _, c := range []struct {
		on, level, name       int32
		before, value, after  int32
		getErr, setErr, again error
	}{
		{on: onTCP, level: sol, name: abi.SO_TYPE, before: abi.SOCK_STREAM, setErr: abi.ENOPROTOOPT, after: abi.SOCK_STREAM},
		{on: onUDP, level: sol, name: abi.SO_TYPE, before: abi.SOCK_DGRAM, setErr: abi.ENOPROTOOPT, after: abi.SOCK_DGRAM},
		{on: onTCP, level: sol, name: abi.SO_REUSEADDR, value: 4, after: 1},
		{on: onTCP, level: sol, name: abi.SO_REUSEPORT, value: 1, after: 1},
		{on: onTCP, level: sol, name: abi.SO_KEEPALIVE, value: 1, after: 1},
		{on: onTCP, level: sol, name: abi.SO_OOBINLINE, value: 1, after: 1},
		{on: onTCP, level: sol, name: abi.SO_NOSIGPIPE, value: 1, after: 1},
		{on: onTCP, level: sol, name: abi.SO_DEBUG, value: 1, after: 1},
		{on: onUDP, level: sol, name: abi.SO_BROADCAST, value: 1, after: 1},
		{on: onUDP, level: sol, name: abi.SO_TIMESTAMP, value: 1, after: 1},
		{on: onUDP, level: sol, name: abi.SO_DONTROUTE, value: 1, after: 1},
		{on: onTCP, level: sol, name: abi.SO_ACCEPTCONN, value: 1, setErr: abi.ENOPROTOOPT},
		{on: onTCP, level: sol, name: abi.SO_ERROR, value: 1, setErr: abi.ENOPROTOOPT},
		{on: onTCP, level: sol, name: abi.SO_SNDBUF, before: 32768, value: 65536, after: 65536},
		{on: onTCP, level: sol, name: abi.SO_RCVBUF, before: 32768, value: 20000, after: 20000},
		{on: onUDP, level: sol, name: abi.SO_SNDBUF, before: 9216, value: 0, setErr: abi.EINVAL, after: 9216},
		{on: onUDP, level: sol, name: abi.SO_RCVBUF, before: 41600, value: 2 << 20, setErr: abi.ENOBUFS, after: 41600},
		{on: onTCP, level: sol, name: abi.SO_RCVLOWAT, before: 1, value: 100, after: 100},
		{on: onTCP, level: sol, name: abi.SO_SNDLOWAT, before: 2048, value: 1 << 30, after: 65536},
		{on: onTCP, level: sol, name: abi.SO_ACCEPTFILTER, getErr: abi.EINVAL, setErr: abi.EINVAL, again: abi.EINVAL},
		{on: onTCP, level: sol, name: 0x7777, getErr: abi.ENOPROTOOPT, setErr: abi.ENOPROTOOPT, again: abi.ENOPROTOOPT},
		{on: onTCP, level: tcp, name: abi.TCP_NODELAY, value: 1, after: 4},
		{on: onTCP, level: tcp, name: abi.TCP_MAXSEG, before: 536, value: 500, after: 500},
		{on: onTCP, level: tcp, name: abi.TCP_KEEPIDLE, before: 7200, value: 60, after: 60},
		{on: onTCP, level: tcp, name: abi.TCP_KEEPINTVL, before: 75, value: 5, after: 5},
		{on: onTCP, level: tcp, name: abi.TCP_KEEPCNT, before: 8, value: 0, setErr: abi.EINVAL, after: 8},
		{on: onTCP, level: tcp, name: abi.TCP_KEEPINIT, getErr: abi.ENOPROTOOPT, value: 3, again: abi.ENOPROTOOPT},
		{on: onTCP, level: tcp, name: abi.TCP_MD5SIG, getErr: abi.ENOPROTOOPT, setErr: abi.ENOPROTOOPT, again: abi.ENOPROTOOPT},
		{on: onUDP, level: tcp, name: abi.TCP_NODELAY, getErr: abi.ENOPROTOOPT, setErr: abi.ENOPROTOOPT, again: abi.ENOPROTOOPT},
		{on: onUDP, level: ip, name: abi.IP_TTL, before: 64, value: 3, after: 3},
		{on: onTCP, level: ip, name: abi.IP_TOS, value: 0x10, after: 0x10},
		{on: onUDP, level: ip, name: abi.IP_RECVTTL, value: 1, after: 1},
		{on: onUDP, level: ip, name: abi.IP_RECVDSTADDR, value: 1, after: 1},
		{on: onUDP, level: ip, name: abi.IP_RECVIF, value: 1, after: 1},
		{on: onUDP, level: ip, name: abi.IP_PKTINFO, value: 1, after: 1},
		{on: onUDP, level: ip, name: abi.IP_MULTICAST_TTL, before: 1, value: 9, after: 9},
		{on: onUDP, level: ip, name: abi.IP_MULTICAST_LOOP, before: 1, value: 2, setErr: abi.EINVAL, after: 1},
		{on: onUDP, level: ip, name: abi.IP_PORTRANGE, value: 1},
		{on: onUDP, level: ip, name: abi.IP_IPSEC_POLICY, getErr: abi.ENOPROTOOPT, setErr: abi.ENOPROTOOPT, again: abi.ENOPROTOOPT},
		{on: onUDP, level: ip, name: abi.IP_HDRINCL, getErr: abi.ENOPROTOOPT, setErr: abi.ENOPROTOOPT, again: abi.ENOPROTOOPT},
		{on: onRaw, level: ip, name: abi.IP_HDRINCL, value: 1, after: 1},
		{on: onUDP, level: ip6, name: abi.IPV6_V6ONLY, getErr: abi.ENOPROTOOPT, setErr: abi.ENOPROTOOPT, again: abi.ENOPROTOOPT},
		{on: onUDP6, level: ip, name: abi.IP_TTL, getErr: abi.ENOPROTOOPT, setErr: abi.ENOPROTOOPT, again: abi.ENOPROTOOPT},
		{on: onTCP6, level: ip6, name: abi.IPV6_V6ONLY, before: 1, value: 0, after: 0},
		{on: onTCP6, level: ip6, name: abi.IPV6_UNICAST_HOPS, before: -1, value: 9, after: 9},
		{on: onTCP6, level: ip6, name: abi.IPV6_UNICAST_HOPS, before: 9, value: 300, setErr: abi.EINVAL, after: 9},
		{on: onUDP6, level: ip6, name: abi.IPV6_TCLASS, value: 0x10, after: 0x10},
		{on: onUDP6, level: ip6, name: abi.IPV6_RECVPKTINFO, value: 1, after: 1},
		{on: onUDP6, level: ip6, name: abi.IPV6_RECVHOPLIMIT, value: 1, after: 1},
		{on: onUDP6, level: ip6, name: abi.IPV6_RECVTCLASS, value: 1, after: 1},
		{on: onUDP6, level: ip6, name: abi.IPV6_MULTICAST_HOPS, before: 1, value: 4, after: 4},
		{on: onUDP6, level: ip6, name: abi.IPV6_MULTICAST_LOOP, before: 1, value: 0, after: 0},
		{on: onUDP6, level: ip6, name: abi.IPV6_MULTICAST_IF, value: 1, after: 1},
		{on: onRaw6, level: ip6, name: abi.IPV6_USE_MIN_MTU, before: -1, value: 1, after: 1},
		{on: onRaw6, level: ip6, name: abi.IPV6_CHECKSUM, before: 2, value: 4, setErr: abi.EINVAL, after: 2},
		{on: onUDP6, level: abi.IPPROTO_ICMPV6, name: abi.ICMP6_FILTER, getErr: abi.ENOPROTOOPT, setErr: abi.ENOPROTOOPT, again: abi.ENOPROTOOPT},
	} {
		fd := fds[c.on]
		got, err := x.opt(fd, c.level, c.name)
		if got != c.before || err != c.getErr {
			t.Errorf("%d: option %d of level %#x is %d, %v; want %d, %v", c.on, c.name, c.level, got, err, c.before, c.getErr)
		}
		if err := x.setOpt(fd, c.level, c.name, c.value); err != c.setErr {
			t.Errorf("%d: setting option %d of level %#x: %v, want %v", c.on, c.name, c.level, err, c.setErr)
		}
		got, err = x.opt(fd, c.level, c.name)
		if got != c.after || err != c.again {
			t.Errorf("%d: option %d of level %#x became %d, %v; want %d, %v", c.on, c.name, c.level, got, err, c.after, c.again)
		}
	}
}

func TestOptionSizes(t *testing.T) {
	x := newBox(t)
	fd := x.socket(abi.AF_INET, abi.SOCK_STREAM, 0)
	long := make([]byte, 2049)
	for _, c := range []struct {
		level, name int32
		val         []byte
		want        error
	}{
		{abi.SOL_SOCKET, abi.SO_REUSEADDR, []byte{1}, abi.EINVAL},
		{abi.SOL_SOCKET, abi.SO_REUSEADDR, nil, abi.EINVAL},
		{abi.SOL_SOCKET, abi.SO_LINGER, make([]byte, 4), abi.EINVAL},
		{abi.SOL_SOCKET, abi.SO_LINGER, []byte{1, 0, 0, 0, 0, 0, 0, 0xff}, abi.EDOM},
		{abi.SOL_SOCKET, abi.SO_RCVTIMEO, make([]byte, 8), abi.EINVAL},
		{abi.SOL_SOCKET, abi.SO_RCVTIMEO, []byte{0xff, 0xff, 15: 0}, abi.EDOM},
		{abi.SOL_SOCKET, abi.SO_RCVTIMEO, []byte{8: 0x40, 9: 0x42, 10: 0x0f, 15: 0}, abi.EDOM},
		{abi.IPPROTO_TCP, abi.TCP_NODELAY, []byte{1, 0}, abi.EINVAL},
		{abi.IPPROTO_TCP, abi.TCP_CONGCTL, []byte("cubic\x00"), nil},
		{abi.IPPROTO_TCP, abi.TCP_CONGCTL, []byte("vegas"), abi.EINVAL},
		{abi.IPPROTO_IP, abi.IP_ADD_MEMBERSHIP, make([]byte, 8), abi.EINVAL},
		{abi.SOL_SOCKET, abi.SO_REUSEADDR, long, abi.EINVAL},
	} {
		if err := x.SysSetsockopt(x.l, fd, c.level, c.name, in(c.val)); err != c.want {
			t.Errorf("option %d with %d bytes: %v, want %v", c.name, len(c.val), err, c.want)
		}
	}
	x.ok(x.setTime(fd, abi.SO_RCVTIMEO, 1500*time.Millisecond+time.Microsecond))
	s := newSized(16)
	x.ok(x.SysGetsockopt(x.l, fd, abi.SOL_SOCKET, abi.SO_RCVTIMEO, s.mem()))
	var tv abi.Timeval
	copy(usermem.BytesOf(&tv), s.bytes())
	if tv.Sec != 1 || tv.Usec != 500000 {
		t.Errorf("SO_RCVTIMEO came back as %+v", tv)
	}
}

func TestTCPInfo(t *testing.T) {
	x := newBox(t)
	a, _ := x.pair(abi.AF_INET)
	s := newSized(300)
	x.ok(x.SysGetsockopt(x.l, a, abi.IPPROTO_TCP, abi.TCP_INFO, s.mem()))
	var ti abi.TcpInfo
	copy(usermem.BytesOf(&ti), s.bytes())
	if s.n != 236 || ti.State != abi.TCPS_ESTABLISHED || ti.SndMss != 33584 {
		t.Errorf("%d bytes: %+v", s.n, ti)
	}
}
