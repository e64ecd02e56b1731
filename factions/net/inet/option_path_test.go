package inet_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// TestDontRoute sends where there is no network of ours, and to ourselves.
func TestDontRoute(t *testing.T) {
	x := newBox(t)
	far := []byte{16, abi.AF_INET, 0, 9, 10, 1, 2, 3, 15: 0}
	_, port := x.udp(abi.AF_INET)
	for _, c := range []struct {
		option, flags int32
		want          error
	}{{0, abi.MSG_DONTROUTE, abi.ENETUNREACH}, {1, 0, abi.ENETUNREACH}, {0, 0, abi.EADDRNOTAVAIL}} {
		fd := x.socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
		x.ok(x.setOpt(fd, abi.SOL_SOCKET, abi.SO_DONTROUTE, c.option))
		_, err := x.SysSendto(x.l, fd, in([]byte("x")), c.flags, in(far))
		x.want(err, c.want)
		_, err = x.SysSendto(x.l, fd, in([]byte("x")), c.flags, in(loopback(abi.AF_INET, port)))
		x.ok(err)
	}
	fd := x.socket(abi.AF_INET, abi.SOCK_STREAM, 0)
	x.ok(x.setOpt(fd, abi.SOL_SOCKET, abi.SO_DONTROUTE, 1))
	x.want(x.SysConnect(x.l, fd, in(far)), abi.ENETUNREACH)
}

// TestPathMTU asks how large packets may be, and sends larger ones that must
// not be fragmented.
func TestPathMTU(t *testing.T) {
	const ip6, loMTU, headers = abi.IPPROTO_IPV6, 33624, 48
	x := newBox(t)
	_, port := x.udp(abi.AF_INET6)
	fd := x.socket(abi.AF_INET6, abi.SOCK_DGRAM, 0)
	info := newSized(40)
	x.want(x.SysGetsockopt(x.l, fd, ip6, abi.IPV6_PATHMTU, info.mem()), abi.ENOTCONN)
	x.ok(x.setOpt(fd, abi.SOL_SOCKET, abi.SO_SNDBUF, 65536))
	x.ok(x.SysConnect(x.l, fd, in(loopback(abi.AF_INET6, port))))
	x.ok(x.SysGetsockopt(x.l, fd, ip6, abi.IPV6_PATHMTU, info.mem()))
	b := info.bytes()
	if len(b) != 32 || !bytes.Equal(b[:28], make([]byte, 28)) || binary.LittleEndian.Uint32(b[28:]) != loMTU {
		t.Errorf("the path's MTU is %x", b)
	}
	x.ok(x.setOpt(fd, ip6, abi.IPV6_DONTFRAG, 1))
	for _, c := range []struct {
		size int
		want error
	}{{loMTU - headers, nil}, {loMTU - headers + 1, abi.EMSGSIZE}} {
		_, err := x.SysSendto(x.l, fd, in(make([]byte, c.size)), 0, usermem.InBuf{})
		x.want(err, c.want)
	}
	x.ok(x.setOpt(fd, ip6, abi.IPV6_DONTFRAG, 0))
	_, err := x.SysSendto(x.l, fd, in(make([]byte, loMTU)), 0, usermem.InBuf{})
	x.ok(err)
}

// TestPktinfo has all packets of a socket leave with one address.
func TestPktinfo(t *testing.T) {
	const ip6 = abi.IPPROTO_IPV6
	x := newBox(t)
	to, port := x.udp(abi.AF_INET6)
	fd := x.socket(abi.AF_INET6, abi.SOCK_DGRAM, 0)
	for _, c := range []struct {
		info []byte
		want error
	}{{make([]byte, 19), abi.EINVAL}, {[]byte{16: 77, 19: 0}, abi.ENXIO}, {[]byte{15: 1, 16: 1, 19: 0}, nil}} {
		x.want(x.SysSetsockopt(x.l, fd, ip6, abi.IPV6_PKTINFO, in(c.info)), c.want)
	}
	got := newSized(20)
	x.ok(x.SysGetsockopt(x.l, fd, ip6, abi.IPV6_PKTINFO, got.mem()))
	if !bytes.Equal(got.bytes(), []byte{15: 1, 16: 1, 19: 0}) {
		t.Errorf("got %x", got.bytes())
	}
	x.sendto(fd, "by lo0", loopback(abi.AF_INET6, port))
	if s := x.recv(to, 0); s != "by lo0" {
		t.Errorf("got %q", s)
	}
	tcp := x.socket(abi.AF_INET6, abi.SOCK_STREAM, 0)
	x.want(x.SysSetsockopt(x.l, tcp, ip6, abi.IPV6_PKTINFO, in([]byte{15: 1, 19: 0})), abi.EINVAL)
}
