package hostnet_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// TestRouter has two hosts talk through a kernel that forwards.
func TestRouter(t *testing.T) {
	a, b, g := newNamespace(t), newNamespace(t), newGuest(t)
	g.set(1, abi.CTL_NET, abi.PF_INET, abi.IPPROTO_IP, abi.IPCTL_FORWARDING)
	g.set(1, abi.CTL_NET, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_FORWARDING)
	for i, n := range []*namespace{a, b} {
		g.plug(n, i, 1500)
		four, six := addresses(i, 2)
		n.command("ip", "route", "add", "default", "via", four.Addr().String())
		n.command("ip", "route", "add", "default", "via", six.Addr().String())
	}
	cross(t, a, b, 1)
}

// TestBridge has two hosts talk through a kernel's bridge, which passes their
// large segments on whole.
func TestBridge(t *testing.T) {
	a, b, g := newNamespace(t), newNamespace(t), newGuest(t)
	g.ok(g.ctl.Create("bridge0"))
	for i, n := range []*namespace{a, b} {
		name, tap := g.tap(n, i, 1500)
		n.address(tap, 0, byte(1+i))
		var r abi.Ifbreq
		copy(r.Ifsname[:], name)
		g.ok(g.drive("bridge0", abi.BRDGADD, usermem.BytesOf(&r)))
	}
	g.ok(g.ctl.Up("bridge0"))
	_, six := addresses(0, 2)
	a.command("ping", "-n", "-q", "-c1", "-W5", "-s", "20000", six.Addr().String())
	four, _ := addresses(0, 2)
	for _, host := range []string{four.Addr().String(), six.Addr().String()} {
		l := b.listen(net.JoinHostPort(host, "7000"))
		exchange(t, l, func() net.Conn { return a.dial("tcp", l.Addr().String()) })
	}
	for i := range 2 {
		g.largeFrames(fmt.Sprint("virt", firstUnit()+i))
	}
}

// cross transfers from a to the host of network number in b, in both families.
func cross(t *testing.T, a, b *namespace, number int) {
	t.Helper()
	four, six := addresses(number, 1)
	for _, host := range []string{four.Addr().String(), six.Addr().String()} {
		if !strings.Contains(a.command("ping", "-n", "-c1", "-W5", "-s", "4000", host), "1 received") {
			t.Error("no answer from", host)
		}
		l := b.listen(net.JoinHostPort(host, "7000"))
		exchange(t, l, func() net.Conn { return a.dial("tcp", l.Addr().String()) })
	}
}

// largeFrames checks that frames longer than the MTU went out.
func (g *guest) largeFrames(name string) {
	g.t.Helper()
	i, err := g.ctl.Interface(name)
	g.ok(err)
	if mean := i.Data.Obytes / max(i.Data.Opackets, 1); mean < 1600 {
		g.t.Errorf("%s: frames are %d bytes long: they were cut", name, mean)
	}
}

// ifdrvData is where struct ifdrv has its pointer.
const ifdrvData = 32

// drive performs a command of a bridge.
func (g *guest) drive(name string, cmd uint64, b []byte) error {
	fd, err := g.Socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	g.ok(err)
	defer g.Close(fd)
	d := abi.Ifdrv{Cmd: cmd, Len: uint64(len(b))}
	copy(d.Name[:], name)
	return g.Ioctl(fd, abi.SIOCSDRVSPEC, client.Struct(&d).With(ifdrvData, b))
}
