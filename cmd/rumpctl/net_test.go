package main

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestParseIfconfig(t *testing.T) {
	for _, tt := range []struct {
		line string
		addr string
		mode byte
		err  string
	}{
		{"10.0.0.1/24", "10.0.0.1/24", 's', ""}, {"10.0.0.1", "10.0.0.1/8", 's', ""}, {"172.16.0.1", "172.16.0.1/16", 's', ""},
		{"inet 10.0.0.1 netmask 255.255.255.0", "10.0.0.1/24", 's', ""}, {"inet 10.0.0.1 netmask 0xffff0000 alias", "10.0.0.1/16", 'a', ""},
		{"alias 10.0.0.1/24 up", "10.0.0.1/24", 'a', ""}, {"10.0.0.1 delete", "10.0.0.1/8", 'd', ""}, {"delete", "invalid Prefix", 'd', ""},
		{"inet6 fd00::1", "fd00::1/64", 's', ""}, {"inet6 fd00::1 prefixlen 48", "fd00::1/48", 's', ""}, {"inet6 -alias", "invalid Prefix", 'd', ""},
		{"create linkstr /x link 02:00:00:00:00:01 mtu 1400 up", "invalid Prefix", 0, ""},
		{"alias", "", 0, "which address?"}, {"inet", "", 0, "which address?"}, {"netmask 255.0.0.0", "", 0, "which address?"},
		{"mtu", "", 0, "mtu needs a value"}, {"mtu many", "", 0, `"many" is no number`}, {"10.0.0.1/33", "", 0, `"33" is no number`},
		{"10.0.0.1 10.0.0.2", "", 0, "a second address"}, {"inet6 10.0.0.1", "", 0, "no IPv6 address"}, {"dpwn", "", 0, "did you mean down?"},
		{"10.0.0.1 netmask 255.0.255.0", "", 0, "no mask"}, {"link 1:2", "", 0, "no link-level address"}, {"frog", "", 0, "neither an address"},
	} {
		p, err := parseIfconfig(strings.Fields(tt.line))
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: %v", tt.line, err)
			}
			continue
		}
		if err != nil || p.addr.Prefix.String() != tt.addr || p.mode != tt.mode {
			t.Errorf("%s: %v", tt.line, err)
		}
	}
}

func TestParseRoute(t *testing.T) {
	for _, tt := range []struct{ line, dst, to, err string }{
		{"", "invalid Prefix", "invalid IP", ""}, {"-n show -inet6", "invalid Prefix", "invalid IP", ""},
		{"add default 10.0.0.1", "0.0.0.0/0", "10.0.0.1", ""}, {"add default fe80::1%lo0", "::/0", "fe80::1%lo0", ""},
		{"add -inet6 default fd00::1", "::/0", "fd00::1", ""}, {"add -net 10.2.3.4/16 10.0.0.1", "10.2.0.0/16", "10.0.0.1", ""},
		{"add 10.2.0.1 10.0.0.1", "10.2.0.1/32", "10.0.0.1", ""}, {"add 10.2.0.0/16 -iface shmif0", "10.2.0.0/16", "invalid IP", ""},
		{"delete 10.2.0.0/16 10.0.0.1", "10.2.0.0/16", "10.0.0.1", ""}, {"get fd00::1", "fd00::1/128", "invalid IP", ""},
		{"add default", "", "", "needs NETWORK and GATEWAY"}, {"get", "", "", "get needs an address"}, {"flush all", "", "", `what is "all" for?`},
		{"add fd00::/8 10.0.0.1", "", "", "different families"}, {"add x 10.0.0.1", "", "", "no network"}, {"ad", "", "", "did you mean add?"},
		{"show -x", "", "", "unknown option -x"},
	} {
		r, err := parseRoute(strings.Fields(tt.line))
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: %v", tt.line, err)
			}
			continue
		}
		if err != nil || r.dst.String() != tt.dst || r.gateway.String() != tt.to {
			t.Errorf("%s: %+v, %v", tt.line, r, err)
		}
	}
}

func TestInetLines(t *testing.T) {
	ether, link := &netctl.Interface{Flags: abi.IFF_BROADCAST}, &netctl.Interface{Flags: abi.IFF_POINTOPOINT}
	a := netctl.Addr{Prefix: netip.MustParsePrefix("10.0.0.1/24"), Broadcast: netip.MustParseAddr("10.0.0.255")}
	a6 := netctl.Addr{Prefix: netip.MustParsePrefix("fe80::1/64"), Zone: "11"}
	for want, got := range map[string]string{
		"inet 10.0.0.1 netmask 0xffffff00 broadcast 10.0.0.255":            inetLine(ether, a, false, 0),
		"inet 10.0.0.1 netmask 0xffffff00 broadcast 10.0.0.255 duplicated": inetLine(ether, a, false, abi.IN_IFF_DUPLICATED),
		"inet alias 10.0.0.1 -> 10.0.0.255 netmask 0xffffff00":             inetLine(link, a, true, 0),
		"inet6 fe80::1%vm0 prefixlen 64 tentative autoconf scopeid 0xb":    inet6Line(zones{"11": "vm0"}, ether, a6, abi.IN6_IFF_TENTATIVE|abi.IN6_IFF_AUTOCONF),
	} {
		if got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

func TestNeighbourLine(t *testing.T) {
	now := time.Unix(1000, 0)
	ip4, ip6, mac := netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("fe80::2%2"), []byte{2, 0, 0, 0, 0, 2}
	z := zones{"2": "vm0"}
	for _, tt := range []struct {
		e    netctl.Neighbour
		want string
	}{
		{netctl.Neighbour{IP: ip4, Link: mac, Interface: "vm0"}, "? (10.0.0.2) at 02:00:00:00:00:02 on vm0 permanent"},
		{netctl.Neighbour{IP: ip4, Interface: "vm0", Expire: 1100}, "? (10.0.0.2) at (incomplete) on vm0"},
		{netctl.Neighbour{IP: ip6, Link: mac, Interface: "vm0", Expire: 1100, State: abi.ND6_LLINFO_STALE, Router: true},
			"? (fe80::2%vm0) at 02:00:00:00:00:02 on vm0 for 100s stale router"},
	} {
		if got := neighbourLine(z, &tt.e, now); got != tt.want {
			t.Errorf("%s\nwant %s", got, tt.want)
		}
	}
}

func TestPingStat(t *testing.T) {
	s := pingStat{sent: 4}
	if got := s.summary("h"); got != "----h PING Statistics----\n4 packets transmitted, 0 packets received, 100.0% packet loss\n" {
		t.Error(got)
	}
	s.add(time.Millisecond)
	s.add(3 * time.Millisecond)
	s.dups = 1
	if got := s.summary("h"); !strings.HasSuffix(got, "4 packets transmitted, 2 packets received, +1 duplicates, 50.0% packet loss\n"+
		"round-trip min/avg/max/stddev = 1.000/2.000/3.000/1.000 ms\n") {
		t.Error(got)
	}
}

func TestParseEcho(t *testing.T) {
	from := netip.MustParseAddr("10.0.0.2")
	ip4 := func(body ...byte) []byte {
		return append([]byte{0x45, 8: 64, 9: abi.IPPROTO_ICMP, 19: 0}, body...)
	}
	reply := ip4(abi.ICMP_ECHOREPLY, 0, 0, 0, 1, 2, 0, 9, 'x')
	if r := parseEcho4(reply, from, 0x102); r == nil || r.seq != 9 || r.ttl != 64 || r.size != 9 {
		t.Errorf("%+v", r)
	}
	if r := parseEcho4(reply, from, 7); r != nil {
		t.Errorf("of another: %+v", r)
	}
	trouble := ip4(append([]byte{abi.ICMP_UNREACH, 1, 0, 0, 0, 0, 0, 0}, ip4(abi.ICMP_ECHO, 0, 0, 0, 1, 2, 0, 9)...)...)
	if r := parseEcho4(trouble, from, 0x102); r == nil || r.what != "destination unreachable (code 1)" {
		t.Errorf("%+v", r)
	}
	for n := range trouble {
		if r := parseEcho4(trouble[:n], from, 0x102); r != nil {
			t.Errorf("%d bytes: %+v", n, r)
		}
	}
	if r := parseEcho6([]byte{abi.ICMP6_ECHO_REPLY, 0, 0, 0, 1, 2, 0, 3}, from, 0x102, 64); r == nil || r.seq != 3 || r.ttl != 64 {
		t.Errorf("%+v", r)
	}
	control := []byte{20, 0, 0, 0, abi.IPPROTO_IPV6, 0, 0, 0, abi.IPV6_HOPLIMIT, 0, 0, 0, 0, 0, 0, 0, 63, 0, 0, 0}
	if got := hopLimit(control); got != 63 {
		t.Errorf("hop limit %d", got)
	}
	for n := range control {
		if got := hopLimit(control[:n]); got != -1 {
			t.Errorf("%d bytes: hop limit %d", n, got)
		}
	}
}

func TestMonitorLine(t *testing.T) {
	z := zones{"2": "vm0"}
	for _, tt := range []struct {
		m    netctl.Message
		want string
	}{
		{netctl.Message{Type: abi.RTM_IFANNOUNCE, Name: "vm0"}, "interface vm0 arrived"},
		{netctl.Message{Type: abi.RTM_IFANNOUNCE, Name: "vm0", What: abi.IFAN_DEPARTURE}, "interface vm0 departed"},
		{netctl.Message{Type: abi.RTM_IFINFO, Index: 2, Flags: abi.IFF_UP}, "interface changed: vm0 <UP>"},
		{netctl.Message{Type: abi.RTM_ADD, Flags: abi.RTF_HOST, Pid: 3, Errno: abi.EEXIST,
			Addrs: [abi.RTAX_MAX]netctl.Sockaddr{{16, 2, 0, 0, 10, 0, 0, 1}, {16, 2, 0, 0, 10, 0, 0, 2}}},
			"add route 10.0.0.1 gateway 10.0.0.2 <HOST> pid 3 failed: file exists"},
		{netctl.Message{Type: 99}, "message 99 <>"},
	} {
		if got := monitorLine(z, &tt.m); got != tt.want {
			t.Errorf("%s\nwant %s", got, tt.want)
		}
	}
}

func TestEndText(t *testing.T) {
	for in, want := range map[string]string{"10.0.0.1:80": "10.0.0.1.80", "0.0.0.0:80": "*.80", "[::]:0": "*.*", "[::1]:5": "::1.5"} {
		if got := endText(netip.MustParseAddrPort(in)); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}

func TestParseNeighbour(t *testing.T) {
	now := time.Unix(1000, 0)
	for _, tt := range []struct {
		words  string
		expire int64
		flags  int
		bad    bool
	}{
		{"02:00:00:00:00:09", 0, 0, false},
		{"02:00:00:00:00:09 temp", 2200, 0, false},
		{"02:00:00:00:00:09 pub temp", 2200, abi.RTF_ANNOUNCE, false},
		{"02:00:00:00:00:09 proxy", 0, 0, true},
		{"nonsense", 0, 0, true},
	} {
		e, err := parseNeighbour(netip.MustParseAddr("10.0.0.9"), strings.Fields(tt.words), now)
		if (err != nil) != tt.bad || err == nil && (e.Expire != tt.expire || e.Flags != tt.flags || len(e.Link) != 6) {
			t.Errorf("%s: %+v, %v", tt.words, e, err)
		}
	}
}
