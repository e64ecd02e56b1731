package netlab_test

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/netlab"
)

// entry returns what a node knows of a neighbour, nil for nothing.
func entry(t *testing.T, n *netlab.Node, a string) *netctl.Neighbour {
	t.Helper()
	list, err := n.Ctl().Neighbours(abi.AF_INET)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if e.IP.String() == a {
			return &e
		}
	}
	return nil
}

// set enters a neighbour.
func set(n *netlab.Node, a, mac string, expire int64, flags int) error {
	m, err := net.ParseMAC(mac)
	if err != nil {
		return err
	}
	return n.Ctl().SetNeighbour(netctl.Neighbour{IP: netip.MustParseAddr(a), Link: m, Expire: expire, Flags: flags})
}

const someMAC = "02:00:00:00:00:09"

// wallTime returns a node's clock in seconds.
func wallTime(t *testing.T, n *netlab.Node) int64 {
	var ts abi.Timespec
	if err := n.Client().ClockGettime(abi.CLOCK_REALTIME, &ts); err != nil {
		t.Fatal(err)
	}
	return ts.Sec
}

// TestEnteredNeighbours enters neighbours for ever and for a minute.
func TestEnteredNeighbours(t *testing.T) {
	lab := netlab.New(t)
	a, b := lab.Host("a"), lab.Host("b")
	lab.Wire(netlab.Faults{}, a, b)
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	end := wallTime(t, a) + 60
	ok(set(a, "10.0.0.20", someMAC, 0, 0))
	ok(set(a, "10.0.0.21", someMAC, end, 0))
	ok(set(a, "10.0.0.21", "02:00:00:00:00:0a", end, 0)) // what goes can be replaced
	for _, own := range []string{"10.0.0.20", "10.0.0.1"} {
		if err := set(a, own, someMAC, 0, 0); !errors.Is(err, abi.EEXIST) {
			t.Errorf("%s again: %v", own, err)
		}
	}
	if err := set(a, "192.0.2.1", someMAC, 0, 0); err == nil {
		t.Error("a neighbour in no network")
	}
	if e := entry(t, a, "10.0.0.21"); e == nil || e.Expire != end || e.Link.String() != "02:00:00:00:00:0a" {
		t.Errorf("%+v", e)
	}
	ok(a.Ctl().Down("link0"))
	ok(a.Ctl().Up("link0"))
	guest{t, a, a.Addr()}.pass(61 * time.Second)
	if e := entry(t, a, "10.0.0.21"); e != nil {
		t.Errorf("still there: %+v", e)
	}
	if e := entry(t, a, "10.0.0.20"); e == nil || e.Expire != 0 || e.Flags&abi.RTF_STATIC == 0 {
		t.Errorf("%+v", e)
	}
	for _, gone := range []string{"10.0.0.20", "10.0.0.1"} {
		ok(a.Ctl().DeleteNeighbour(netip.MustParseAddr(gone)))
		if e := entry(t, a, gone); e != nil {
			t.Errorf("deleted: %+v", e)
		}
		if err := a.Ctl().DeleteNeighbour(netip.MustParseAddr(gone)); !errors.Is(err, abi.ENOENT) {
			t.Errorf("deleted again: %v", err)
		}
	}
	transfer(t, a, b, b.Addr(), 1000) // to have forgotten oneself does no harm
}

// TestProxyARP has a router answer for a host behind it, which thinks that all
// are on one wire.
func TestProxyARP(t *testing.T) {
	lab := netlab.New(t)
	a, r, b := lab.Host("a"), lab.Router("r"), lab.Host("b")
	lab.Wire(netlab.Faults{}, a, r)
	lab.Wire(netlab.Faults{}, r, b)
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	// b is 10.0.0.77 too; r knows the way there, and says so on a's wire.
	ok(b.Ctl().AddAddr("link0", netctl.Addr{Prefix: netip.MustParsePrefix("10.0.0.77/32")}))
	ok(b.Ctl().AddRoute(netctl.Route{Dst: netip.MustParsePrefix("10.0.0.0/24"), Gateway: netip.MustParseAddr("10.0.1.1")}))
	i, err := r.Ctl().Interface("link0")
	ok(err)
	ok(set(r, "10.0.0.77", i.Link.String(), 0, abi.RTF_ANNOUNCE))
	ok(r.Ctl().AddRoute(netctl.Route{Dst: netip.MustParsePrefix("10.0.0.77/32"), Gateway: netip.MustParseAddr("10.0.1.2")}))
	transfer(t, a, b, netip.MustParseAddr("10.0.0.77"), 10_000)
	if e := entry(t, a, "10.0.0.77"); e == nil || e.Link.String() != i.Link.String() {
		t.Errorf("a learned %+v", e)
	}
	if e := entry(t, r, "10.0.0.77"); e == nil || e.Flags&abi.RTF_ANNOUNCE == 0 {
		t.Errorf("r says %+v", e)
	}
	ok(r.Ctl().DeleteRoute(netip.MustParsePrefix("10.0.0.77/32")))
	ok(r.Ctl().DeleteNeighbour(netip.MustParseAddr("10.0.0.77")))
	ok(a.Ctl().DeleteNeighbour(netip.MustParseAddr("10.0.0.77")))
	if _, err := a.Net().Dial("tcp", "10.0.0.77:9"); !errors.Is(err, abi.EHOSTUNREACH) {
		t.Errorf("nobody answers any more, but: %v", err)
	}
}

// TestMulticastRoute sends to a group without saying by which interface: it goes
// by the default route, or by a route to the group.
func TestMulticastRoute(t *testing.T) {
	lab := netlab.New(t)
	a, b, c := lab.Host("a"), lab.Host("b"), lab.Host("c")
	lab.Wire(netlab.Faults{}, a, b)
	lab.Wire(netlab.Faults{}, a, c)
	group := netip.MustParseAddrPort("239.1.2.3:77")
	hears := func(n *netlab.Node) int {
		fd, err := n.Client().Socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
		if err == nil {
			err = n.Client().Bind(fd, client.AppendSockaddr(nil, netip.AddrPortFrom(netip.IPv4Unspecified(), 77)))
		}
		if err == nil {
			err = n.Client().Setsockopt(fd, abi.IPPROTO_IP, abi.IP_ADD_MEMBERSHIP, append(group.Addr().AsSlice(), n.Addr().AsSlice()...))
		}
		if err != nil {
			t.Fatal(err)
		}
		return fd
	}
	fds := map[*netlab.Node]int{b: hears(b), c: hears(c)}
	fd, err := a.Client().Socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	send := func(to *netlab.Node, other *netlab.Node, want error) {
		t.Helper()
		if _, err := a.Client().Sendto(fd, []byte("x"), 0, client.AppendSockaddr(nil, group)); err != want {
			t.Fatalf("%v, want %v", err, want)
		}
		guest{t, a, a.Addr()}.pass(time.Second)
		buf := make([]byte, 9)
		if to != nil {
			if n, err := to.Client().Recvfrom(fds[to], buf, abi.MSG_DONTWAIT, nil, nil); n != 1 || err != nil {
				t.Errorf("%s: %d bytes, %v", to.Name, n, err)
			}
		}
		if n, err := other.Client().Recvfrom(fds[other], buf, abi.MSG_DONTWAIT, nil, nil); err != abi.EAGAIN {
			t.Errorf("%s: %d bytes, %v", other.Name, n, err)
		}
	}
	send(nil, b, abi.EHOSTUNREACH)
	ctl := a.Ctl()
	if err := ctl.AddRoute(netctl.Route{Dst: netip.MustParsePrefix("0.0.0.0/0"), Gateway: netip.MustParseAddr("10.0.1.2")}); err != nil {
		t.Fatal(err)
	}
	send(c, b, nil)
	if err := ctl.AddRoute(netctl.Route{Dst: netip.MustParsePrefix("239.0.0.0/8"), Interface: "link0"}); err != nil {
		t.Fatal(err)
	}
	send(b, c, nil)
}
