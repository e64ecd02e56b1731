package link_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// TestShortWay sends datagrams that go to their socket at once, and some that
// must not: a raw socket sees them too, or the address is not there any more.
func TestShortWay(t *testing.T) {
	a, b, _ := pair(t)
	for _, c := range []struct {
		to   string
		y    *box.Box // who has that address
		name string   // and of which interface
	}{{"127.0.0.1", a, "lo0"}, {"::1", a, "lo0"}, {"10.0.0.2", b, "link0"}, {"fd00::2", b, "link0"}} {
		t.Run(c.to, func(t *testing.T) { shortWay(t, a, c.y, netip.MustParseAddr(c.to), c.name) })
	}
}

func shortWay(t *testing.T, x, y *box.Box, addr netip.Addr, ifname string) {
	af, any, to := box.Family(addr), netip.IPv4Unspecified(), netip.AddrPortFrom(addr, 9)
	if addr.Is6() {
		any = netip.IPv6Unspecified()
	}
	rx, tx := y.Socket(af, abi.SOCK_DGRAM, 0), x.Socket(af, abi.SOCK_DGRAM, 0)
	y.OK(y.SysBind(y.L, rx, box.In(box.Sockaddr(netip.AddrPortFrom(any, 9)))))
	x.OK(x.SysConnect(x.L, tx, box.In(box.Sockaddr(to))))
	recv := func(fd int32, want string) {
		t.Helper()
		y.Timeout(fd, 5*time.Second)
		buf := make([]byte, 100)
		if n, err := y.Recv(y.L, fd, buf); err != nil || !strings.HasSuffix(string(buf[:n]), want) {
			t.Errorf("%q, %v instead of %q", buf[:n], err, want)
		}
	}
	x.OK(x.SendAll(x.L, tx, []byte("one")))
	recv(rx, "one")
	raw := y.Socket(af, abi.SOCK_RAW, abi.IPPROTO_UDP)
	x.OK(x.SendAll(x.L, tx, []byte("two")))
	recv(rx, "two")
	recv(raw, "two")
	y.Close(raw)
	x.OK(x.SendAll(x.L, tx, []byte("three")))
	recv(rx, "three")
	if addr.Is6() {
		return
	}
	y.OK(box.Ioctl(y, af, abi.SIOCDIFADDR, box.Ifreq(ifname, box.Sockaddr(netip.AddrPortFrom(addr, 0))...)))
	_, _ = x.SysSendto(x.L, tx, box.In([]byte("four")), 0, usermem.InBuf{})
	if n, err := y.SysRecvfrom(y.L, rx, box.Out(make([]byte, 9)), abi.MSG_DONTWAIT, box.Nobody); err != abi.EAGAIN {
		t.Errorf("%d, %v of a datagram for an address that is not there", n, err)
	}
}
