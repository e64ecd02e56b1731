// Package hostnet_test has the host's own network for a peer: its TCP, its
// tools, over tap interfaces that end in kernels. It needs root, and skips
// without.
package hostnet_test

import (
	"encoding/binary"
	"net/netip"
	"os"
	"strconv"
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	tailored "github.com/rumpkit/rumpkit/tailored/net"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quiet is the real host without its console.
type quiet struct{ hypercall.Host }

func (quiet) ConsoleWrite([]byte) {}

// Unwrap tells what the host can do besides.
func (q quiet) Unwrap() hypercall.Host { return q.Host }

// guest is a kernel whose tap interfaces end in namespaces.
type guest struct {
	*client.Client
	t   *testing.T
	ctl netctl.Net
	k   *tailored.Kernel
}

func newGuest(t *testing.T) *guest {
	t.Helper()
	k, err := tailored.Boot(kernel.Config{Host: quiet{hypercall.Real()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	c, err := client.New(k, "hostnet")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Exit() })
	g := &guest{Client: c, t: t, ctl: netctl.New(c), k: k}
	g.set(0, abi.CTL_NET, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_DAD_COUNT)
	g.set(0, abi.CTL_NET, abi.PF_INET, abi.IPPROTO_IP, abi.IPCTL_DAD_COUNT)
	return g
}

// set sets a sysctl variable.
func (g *guest) set(v uint32, mib ...int32) {
	g.t.Helper()
	g.ok(g.Sysctl(mib, nil, nil, binary.LittleEndian.AppendUint32(nil, v)))
}

func (g *guest) ok(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

// firstUnit is the first unit of this process: the taps of all processes are
// in one namespace for a moment.
func firstUnit() int { return 1000 + os.Getpid()%3000*10 }

// plug makes a virt interface whose other end is in a namespace. Both ends get
// the MTU, and 10.7.N.1 and fd07:N::1 are the host's, .2 and ::2 the kernel's.
func (g *guest) plug(n *namespace, number, mtu int) (name string) {
	g.t.Helper()
	name, tap := g.tap(n, number, mtu)
	four, six := addresses(number, 2)
	for _, p := range []netip.Prefix{four, six} {
		g.ok(g.ctl.AddAddr(name, netctl.Addr{Prefix: p}))
	}
	n.address(tap, number, 1)
	return name
}

// tap makes a virt interface, up, and puts the host's end into a namespace.
func (g *guest) tap(n *namespace, number, mtu int) (name, tap string) {
	g.t.Helper()
	unit := strconv.Itoa(firstUnit() + number)
	name, tap = "virt"+unit, "tun"+unit
	if err := g.ctl.Create(name); err == abi.EPERM || err == abi.EACCES || err == abi.ENXIO {
		g.t.Skip("the host refuses a tap interface:", err)
	} else if err != nil {
		g.t.Fatal(err)
	}
	toHost(g.t, "ip", "link", "set", tap, "netns", n.path)
	n.command("ip", "link", "set", tap, "mtu", strconv.Itoa(mtu), "up")
	g.ok(g.ctl.SetMTU(name, mtu))
	g.ok(g.ctl.Up(name))
	return name, tap
}

// address gives the namespace's end of a tap its addresses.
func (n *namespace) address(tap string, number int, host byte) {
	n.t.Helper()
	four, six := addresses(number, host)
	n.command("ip", "addr", "add", four.String(), "dev", tap)
	n.command("ip", "addr", "add", six.String(), "dev", tap, "nodad")
}

// addresses returns those of a host of network number N.
func addresses(number int, host byte) (four, six netip.Prefix) {
	b := [16]byte{0: 0xfd, 1: 7, 3: byte(number), 15: host}
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 7, byte(number), host}), 24),
		netip.PrefixFrom(netip.AddrFrom16(b), 64)
}
