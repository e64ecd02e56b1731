package shmif_test

import (
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestRouter has two kernels reach each other by way of a third that is on the
// buses of both, then over a second bus that takes shorter packets than they
// know.
func TestRouter(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	a, r, b := box.New(t, part), box.New(t, part), box.New(t, part)
	r.Sysctl(1, abi.CTL_NET, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_FORWARDING)
	joinAs(a, "shmif0", one, "10.1.0.1/24", "fd01::1/64")
	joinAs(r, "shmif0", one, "10.1.0.254/24", "fd01::fe/64")
	joinAs(r, "shmif1", two, "10.2.0.254/24", "fd02::fe/64")
	joinAs(b, "shmif0", two, "10.2.0.1/24", "fd02::1/64")
	a.Route("0.0.0.0/0", "10.1.0.254")
	a.Route("::/0", "fd01::fe")
	b.Route("10.1.0.0/16", "10.2.0.254")
	b.Route("fd01::/32", "fd02::fe")
	for _, to := range []string{"10.2.0.1", "fd02::1"} {
		t.Run(to, func(t *testing.T) { box.Exercise(t, a, b, netip.MustParseAddr(to)) })
	}
	r.OK(box.Ioctl(r, abi.AF_INET, abi.SIOCSIFMTU, box.Ifreq("shmif1", 0x14, 0x05)))
	for _, to := range []string{"10.2.0.1", "fd02::1"} {
		t.Run("1300/"+to, func(t *testing.T) {
			box.Transfer(t, a, b, netip.AddrPortFrom(netip.MustParseAddr(to), 7), 500_000)
		})
	}
	box.UDP(t, a, b, netip.MustParseAddrPort("10.2.0.1:9"), 9000)
}

// TestThree has three kernels on one bus reach each other.
func TestThree(t *testing.T) {
	a, b, path := pair(t)
	c := box.New(t, part)
	join(c, path, 3)
	for _, x := range []*box.Box{a, b} {
		for _, to := range []string{"10.0.0.3", "fd00::3"} {
			box.Transfer(t, x, c, netip.AddrPortFrom(netip.MustParseAddr(to), 7), 300_000)
			box.UDP(t, x, c, netip.AddrPortFrom(netip.MustParseAddr(to), 9), 4000)
		}
	}
}
