package link_test

import (
	"net/netip"
	"testing"

	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/factions/net/link"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestTwo has two kernels on a segment do all they can.
func TestTwo(t *testing.T) {
	a, b, _ := pair(t)
	both(t, func(t *testing.T, addr netip.Addr) { box.Exercise(t, a, b, addr) })
}

// routed returns two kernels with a router between: 10.1.0.1 and fd01::1,
// 10.2.0.1 and fd02::1.
func routed(t testing.TB) (a, r, b *box.Box) {
	one, two := link.New(), link.New()
	a, r, b = box.New(t), box.New(t), box.New(t)
	a.OK(one.Plug(a.Inet, "link0"))
	r.OK(one.Plug(r.Inet, "link0"))
	r.OK(two.Plug(r.Inet, "link1"))
	b.OK(two.Plug(b.Inet, "link0"))
	for _, x := range []*box.Box{a, r, b} {
		x.Sysctl(0, abi.CTL_NET, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_DAD_COUNT)
	}
	r.Sysctl(1, abi.CTL_NET, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_FORWARDING)
	for _, c := range []struct {
		x          *box.Box
		name, addr string
	}{
		{a, "link0", "10.1.0.1/24"}, {a, "link0", "fd01::1/64"},
		{r, "link0", "10.1.0.254/24"}, {r, "link0", "fd01::fe/64"},
		{r, "link1", "10.2.0.254/24"}, {r, "link1", "fd02::fe/64"},
		{b, "link0", "10.2.0.1/24"}, {b, "link0", "fd02::1/64"},
	} {
		c.x.Addr(c.name, c.addr)
	}
	a.Route("0.0.0.0/0", "10.1.0.254")
	a.Route("::/0", "fd01::fe")
	b.Route("10.1.0.0/16", "10.2.0.254")
	b.Route("fd01::/32", "fd02::fe")
	return a, r, b
}

var far = map[string]netip.Addr{"inet": netip.MustParseAddr("10.2.0.1"), "inet6": netip.MustParseAddr("fd02::1")}

// TestRouter has them do all they can by way of the router.
func TestRouter(t *testing.T) {
	a, _, b := routed(t)
	for name, addr := range far {
		t.Run(name, func(t *testing.T) { box.Exercise(t, a, b, addr) })
	}
}

// TestFragmentsCut sends fragments that the router has to cut further.
func TestFragmentsCut(t *testing.T) {
	a, r, b := routed(t)
	r.OK(box.Ioctl(r, abi.AF_INET, abi.SIOCSIFMTU, box.Ifreq("link1", 0x58, 0x02)))
	for _, size := range []int{700, 2000, 2953, 9000} {
		box.UDP(t, a, b, netip.AddrPortFrom(far["inet"], 9), size)
		box.Ping(t, a, far["inet"], size)
	}
}

// TestPathMTU has the second segment take shorter packets than the ends know.
func TestPathMTU(t *testing.T) {
	a, r, b := routed(t)
	r.OK(box.Ioctl(r, abi.AF_INET, abi.SIOCSIFMTU, box.Ifreq("link1", 0x14, 0x05)))
	for name, addr := range far {
		t.Run(name, func(t *testing.T) {
			box.Transfer(t, a, b, netip.AddrPortFrom(addr, 7), 1_000_000)
		})
	}
}
