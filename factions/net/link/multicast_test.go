package link_test

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestGroup sends to a group that the other kernel has joined without naming an
// interface.
func TestGroup(t *testing.T) {
	a, b, _ := pair(t)
	for _, c := range []struct {
		af, level, join, out int32
		group                string
		via                  []byte // what the sender sets the interface to
	}{
		{abi.AF_INET, abi.IPPROTO_IP, abi.IP_ADD_MEMBERSHIP, abi.IP_MULTICAST_IF, "239.1.2.3", []byte{10, 0, 0, 1}},
		{abi.AF_INET6, abi.IPPROTO_IPV6, abi.IPV6_JOIN_GROUP, abi.IPV6_MULTICAST_IF, "ff05::1234", binary.LittleEndian.AppendUint32(nil, 2)},
	} {
		group := netip.MustParseAddr(c.group)
		to := box.Sockaddr(netip.AddrPortFrom(group, 9))
		rx := b.Socket(c.af, abi.SOCK_DGRAM, 0)
		from := netip.IPv4Unspecified()
		if group.Is6() {
			from = netip.IPv6Unspecified()
		}
		b.OK(b.SysBind(b.L, rx, box.In(box.Sockaddr(netip.AddrPortFrom(from, 9)))))
		b.OK(b.SysSetsockopt(b.L, rx, c.level, c.join, box.In(append(group.AsSlice(), 0, 0, 0, 0))))
		b.Timeout(rx, 2*time.Second)
		tx := a.Socket(c.af, abi.SOCK_DGRAM, 0)
		a.OK(a.SysSetsockopt(a.L, tx, c.level, c.out, box.In(c.via)))
		a.OK(a.SysConnect(a.L, tx, box.In(to)))
		a.OK(a.SendAll(a.L, tx, []byte("hello")))
		got := make([]byte, 16)
		if n, err := b.Recv(b.L, rx, got); err != nil || string(got[:n]) != "hello" {
			t.Errorf("%s: %q, %v", c.group, got[:n], err)
		}
	}
}
