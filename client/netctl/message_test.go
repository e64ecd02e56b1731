package netctl

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// ifinfo makes the messages about an interface with addresses.
func ifinfo(index int, name string, flags int) []byte {
	sdl := linkSockaddr(Link{Index: index, Type: abi.IFT_ETHER, Name: name, Addr: []byte{2, 0, 0, 0, 0, 1}})
	h := abi.IfMsghdr{Version: abi.RTM_VERSION, Type: abi.RTM_IFINFO, Addrs: abi.RTA_IFP, Flags: int32(flags), Index: uint16(index)}
	return messageOf(usermem.BytesOf(&h), sdl)
}

func newaddr(index int, which int32, addrs ...Sockaddr) []byte {
	h := abi.IfaMsghdr{Version: abi.RTM_VERSION, Type: abi.RTM_NEWADDR, Addrs: which, Index: uint16(index)}
	return messageOf(usermem.BytesOf(&h), addrs...)
}

func messageOf(head []byte, addrs ...Sockaddr) []byte {
	b := append([]byte(nil), head...)
	for _, a := range addrs {
		b = append(b, a...)
		b = append(b, make([]byte, abi.RtaRoundup(len(a))-len(a))...)
	}
	binary.LittleEndian.PutUint16(b, uint16(len(b)))
	return b
}

func TestInterfaceMessages(t *testing.T) {
	b := ifinfo(2, "shmif0", abi.IFF_UP|abi.IFF_BROADCAST|abi.IFF_MULTICAST-1<<16) // the kernel's short, extended
	mask := Sockaddr{7, abi.AF_INET, 0, 0, 255, 255, 255}                          // cut where zeros follow
	b = append(b, newaddr(2, abi.RTA_NETMASK|abi.RTA_IFA|abi.RTA_BRD, mask, ipSockaddr(netip.MustParseAddr("10.0.0.1")), ipSockaddr(netip.MustParseAddr("10.0.0.255")))...)
	inside := ipSockaddr(netip.MustParseAddr("fe80::1"))
	inside[11] = 2 // the number of the interface inside
	b = append(b, newaddr(2, abi.RTA_NETMASK|abi.RTA_IFA, maskSockaddr(netip.MustParsePrefix("::/64")), inside)...)
	list := parseMessages(b)
	if len(list) != 3 {
		t.Fatalf("%d messages", len(list))
	}
	l, ok := list[0].Addrs[abi.RTAX_IFP].Link()
	if !ok || l.Name != "shmif0" || l.Addr.String() != "02:00:00:00:00:01" || list[0].Flags != abi.IFF_UP|abi.IFF_BROADCAST|abi.IFF_MULTICAST {
		t.Errorf("%+v, %#x", l, list[0].Flags)
	}
	for i, want := range []string{"10.0.0.1/24 broadcast 10.0.0.255", "fe80::1/64 broadcast invalid IP zone 2"} {
		a, ok := address(&list[i+1], abi.IFF_BROADCAST)
		got := a.Prefix.String() + " broadcast " + a.Broadcast.String()
		if a.Zone != "" {
			got += " zone " + a.Zone
		}
		if !ok || got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestRouteMessages(t *testing.T) {
	names := map[int]string{1: "lo0", 2: "shmif0"}
	gate, v6 := ipSockaddr(netip.MustParseAddr("10.0.0.9")), ipSockaddr(netip.MustParseAddr("2001:db8::"))
	for _, tt := range []struct {
		name  string
		flags int
		addrs [abi.RTAX_MAX]Sockaddr
		want  string
	}{
		{"default", abi.RTF_UP | abi.RTF_GATEWAY, [abi.RTAX_MAX]Sockaddr{{16, 2, 15: 0}, gate, {0}}, "0.0.0.0/0 10.0.0.9 shmif0"},
		{"default with a mask of nothing", 0, [abi.RTAX_MAX]Sockaddr{{16, 2, 15: 0}, gate}, "0.0.0.0/0 10.0.0.9 shmif0"},
		{"host", abi.RTF_HOST, [abi.RTAX_MAX]Sockaddr{gate, linkSockaddr(Link{Index: 2})}, "10.0.0.9/32 invalid IP shmif0"},
		{"network", 0, [abi.RTAX_MAX]Sockaddr{v6, v6, maskSockaddr(netip.MustParsePrefix("2001:db8::/33"))}, "2001:db8::/33 2001:db8:: shmif0"},
		{"the interface is told", 0, [abi.RTAX_MAX]Sockaddr{gate, gate, nil, nil, linkSockaddr(Link{Index: 1, Name: "lo0"})}, "10.0.0.9/0 10.0.0.9 lo0"},
	} {
		b := request(abi.RtMsghdr{Type: abi.RTM_GET, Seq: 7, Flags: int32(tt.flags)}, &tt.addrs)
		b[4] = 2 // the interface's number
		list := parseMessages(b)
		if len(list) != 1 || list[0].Seq != 7 {
			t.Fatalf("%s: %+v", tt.name, list)
		}
		r, ok := list[0].route(names)
		if got := r.Dst.String() + " " + r.Gateway.String() + " " + r.Interface; !ok || got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestMask(t *testing.T) {
	for _, p := range []string{"10.0.0.0/0", "10.0.0.0/9", "10.0.0.0/32", "::/0", "::/1", "::/128"} {
		prefix := netip.MustParsePrefix(p)
		m := maskSockaddr(prefix)
		if got := m.ones(m.Family()); got != prefix.Bits() {
			t.Errorf("%s: %d", p, got)
		}
	}
}

// FuzzMessages reads what no kernel should send.
func FuzzMessages(f *testing.F) {
	f.Add(ifinfo(2, "shmif0", 1))
	f.Add(newaddr(2, abi.RTA_IFA, ipSockaddr(netip.MustParseAddr("fe80::1"))))
	f.Add(request(abi.RtMsghdr{Type: abi.RTM_ADD, Seq: 1}, &[abi.RTAX_MAX]Sockaddr{ipSockaddr(netip.MustParseAddr("10.0.0.1"))}))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, m := range parseMessages(b) {
			_, _ = m.Route()
			_, _ = m.neighbour(nil)
			_, _ = address(&m, -1)
		}
	})
}
