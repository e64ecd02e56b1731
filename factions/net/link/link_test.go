package link_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/factions/net/link"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair returns two kernels on a segment, 10.0.0.1 and fd00::1, and .2.
func pair(t testing.TB) (a, b *box.Box, seg *link.Segment) {
	seg = link.New()
	for k, x := range []**box.Box{&a, &b} {
		*x = box.New(t)
		(*x).OK(seg.Plug((*x).Inet, "link0"))
		(*x).Sysctl(0, abi.CTL_NET, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_DAD_COUNT)
		(*x).Addr("link0", fmt.Sprintf("10.0.0.%d/24", k+1))
		(*x).Addr("link0", fmt.Sprintf("fd00::%d/64", k+1))
	}
	return a, b, seg
}

func both(t *testing.T, fn func(t *testing.T, addr netip.Addr)) {
	for name, addr := range map[string]string{"inet": "10.0.0.2", "inet6": "fd00::2"} {
		t.Run(name, func(t *testing.T) { fn(t, netip.MustParseAddr(addr)) })
	}
}

func TestTCP(t *testing.T) {
	a, b, _ := pair(t)
	both(t, func(t *testing.T, addr netip.Addr) {
		box.Transfer(t, a, b, netip.AddrPortFrom(addr, 7), 20_000_000)
	})
}

// TestImpaired sends through a segment that loses, doubles and reorders.
func TestImpaired(t *testing.T) {
	a, b, seg := pair(t)
	seg.Impair("", link.Impairment{Seed: 1, Delay: time.Millisecond, Jitter: time.Millisecond,
		Rate: 20 << 20, Loss: 0.01, Duplicate: 0.2, Reorder: 0.02})
	both(t, func(t *testing.T, addr netip.Addr) {
		box.Transfer(t, a, b, netip.AddrPortFrom(addr, 7), 500_000)
	})
	seg.Impair("", link.Impairment{})
	box.Transfer(t, a, b, netip.MustParseAddrPort("10.0.0.2:8"), 500_000)
}
