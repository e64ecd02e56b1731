package bridge_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net/bridge"
	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/factions/net/inet"
	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/factions/net/link"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func part(in *inet.Inet) (func(), error) {
	b, err := bridge.Attach(in)
	return func() { bridge.Detach(b) }, err
}

// member performs a command on a member of bridge0.
func member(x *box.Box, cmd uint64, name string, flags uint32) error {
	r := abi.Ifbreq{Ifsflags: flags}
	copy(r.Ifsname[:], name)
	_, err := x.Ifdrv("bridge0", abi.SIOCSDRVSPEC, cmd, usermem.BytesOf(&r))
	return err
}

// list returns what BRDGGIFS or BRDGRTS tells: the interfaces' names, and for
// addresses the entries.
func list(x *box.Box, cmd uint64) (names []string, addrs []abi.Ifbareq) {
	x.T.Helper()
	room := make([]byte, 4096)
	var c abi.Ifbifconf
	c.Len = uint32(len(room))
	n, err := x.IfdrvTo("bridge0", abi.SIOCGDRVSPEC, cmd, usermem.BytesOf(&c), 8, room)
	x.OK(err)
	each := 24
	if cmd == abi.BRDGRTS {
		each = 32
	}
	for b := room[:n]; len(b) >= each; b = b[each:] {
		var r abi.Ifbareq
		copy(usermem.BytesOf(&r), b[:each])
		names = append(names, string(b[:5]))
		addrs = append(addrs, r)
	}
	return names, addrs
}

// number asks for, or sets, a parameter.
func number(x *box.Box, cmd uint32, sub uint64, v uint32) (uint32, error) {
	b := binary.LittleEndian.AppendUint32(nil, v)
	_, err := x.Ifdrv("bridge0", cmd, sub, b)
	return binary.LittleEndian.Uint32(b), err
}

func up(x *box.Box, name string) {
	x.T.Helper()
	r := box.Ifreq(name)
	x.OK(box.Ioctl(x, abi.AF_INET, abi.SIOCGIFFLAGS, r))
	r.Ifru[0] |= abi.IFF_UP
	x.OK(box.Ioctl(x, abi.AF_INET, abi.SIOCSIFFLAGS, r))
}

// bridged returns a kernel whose bridge0 has link0 and link1, and two hosts,
// 10.0.0.1 and fd00::1, and .2, one on each.
func bridged(t *testing.T, host hypercall.Host) (mid, a, b *box.Box) {
	t.Helper()
	mid = box.On(t, host, part)
	mid.OK(mid.Inet.Create("bridge0"))
	mid.Sysctl(0, abi.CTL_NET, abi.PF_INET, abi.IPPROTO_IP, abi.IPCTL_DAD_COUNT)
	for k, x := range []**box.Box{&a, &b} {
		seg := link.New()
		*x = box.New(t)
		(*x).OK(seg.Plug((*x).Inet, "link0"))
		(*x).Sysctl(0, abi.CTL_NET, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_DAD_COUNT)
		(*x).Addr("link0", fmt.Sprintf("10.0.0.%d/24", k+1))
		(*x).Addr("link0", fmt.Sprintf("fd00::%d/64", k+1))
		name := fmt.Sprintf("link%d", k)
		mid.OK(seg.Plug(mid.Inet, name))
		up(mid, name)
		mid.OK(member(mid, abi.BRDGADD, name, 0))
	}
	up(mid, "bridge0")
	return mid, a, b
}

// TestAcross sends through a bridge, which learns who is where; the bridge's
// own kernel is a host of the network too.
func TestAcross(t *testing.T) {
	mid, a, b := bridged(t, hypercall.Real())
	box.Transfer(t, a, b, netip.MustParseAddrPort("10.0.0.2:7"), 2_000_000)
	box.Transfer(t, b, a, netip.MustParseAddrPort("[fd00::1]:7"), 2_000_000)
	if names, _ := list(mid, abi.BRDGGIFS); fmt.Sprint(names) != "[link0 link1]" {
		t.Errorf("members %q", names)
	}
	if names, addrs := list(mid, abi.BRDGRTS); len(names) != 2 || addrs[0].Ifsname == addrs[1].Ifsname || addrs[0].Expire < 1000 {
		t.Errorf("learned %v", addrs)
	}
	mid.Addr("bridge0", "10.0.0.9/24")
	box.Transfer(t, a, mid, netip.MustParseAddrPort("10.0.0.9:7"), 200_000)
	box.Transfer(t, mid, b, netip.MustParseAddrPort("10.0.0.2:8"), 200_000)
	mid.OK(mid.Inet.Destroy("link1"))
	if names, _ := list(mid, abi.BRDGGIFS); fmt.Sprint(names) != "[link0]" {
		t.Errorf("members after one was destroyed: %q", names)
	}
	mid.OK(mid.Inet.Destroy("bridge0"))
}

func TestCommands(t *testing.T) {
	mid, _, _ := bridged(t, hypercall.Real())
	mid.OK(mid.Inet.Create("bridge1"))
	for _, c := range []struct {
		cmd   uint64
		name  string
		flags uint32
		want  error
	}{
		{abi.BRDGADD, "none0", 0, abi.ENOENT},
		{abi.BRDGADD, "lo0", 0, abi.EINVAL},
		{abi.BRDGADD, "bridge0", 0, abi.EINVAL},
		{abi.BRDGADD, "link0", 0, abi.EEXIST},
		{abi.BRDGDEL, "none0", 0, abi.ENOENT},
		{abi.BRDGSIFFLGS, "link0", abi.IFBIF_LEARNING, nil},
		{abi.BRDGSIFFLGS, "link0", abi.IFBIF_STP, abi.EOPNOTSUPP},
		{abi.BRDGSIFFLGS, "none0", 0, abi.ENOENT},
		{abi.BRDGSIFCOST, "link0", 0, abi.EOPNOTSUPP},
		{abi.BRDGFLUSH, "", abi.IFBF_FLUSHALL, nil},
		{abi.BRDGDEL, "link1", 0, nil},
		{abi.BRDGDEL, "link1", 0, abi.ENOENT},
		{99, "", 0, abi.EINVAL},
	} {
		if err := member(mid, c.cmd, c.name, c.flags); err != c.want {
			t.Errorf("command %d on %q: %v, want %v", c.cmd, c.name, err, c.want)
		}
	}
	r := abi.Ifbreq{}
	copy(r.Ifsname[:], "link0")
	if _, err := mid.Ifdrv("bridge1", abi.SIOCSDRVSPEC, abi.BRDGADD, usermem.BytesOf(&r)); err != abi.EBUSY {
		t.Errorf("a member of another bridge: %v", err)
	}
	if _, err := mid.Ifdrv("bridge0", abi.SIOCGDRVSPEC, abi.BRDGGIFFLGS, usermem.BytesOf(&r)); err != nil || r.Ifsflags != abi.IFBIF_LEARNING {
		t.Errorf("flags %#x, %v", r.Ifsflags, err)
	}
	for cmd, want := range map[uint64]uint32{abi.BRDGGCACHE: 100, abi.BRDGGTO: 1200, abi.BRDGGPRI: 0x8000} {
		if v, err := number(mid, abi.SIOCGDRVSPEC, cmd, 0); v != want || err != nil {
			t.Errorf("parameter %d is %d, %v", cmd, v, err)
		}
	}
}

// frame returns a frame between addresses that end in those bytes.
func frame(dst, src byte) *ether.Frame {
	b := make([]byte, 60)
	b[0], b[5], b[6], b[11] = 2, dst, 2, src
	b[12] = 0x88
	return ether.NewFrame(b)
}

// TestTable learns, ages, moves and bounds addresses, on a clock of the test's.
func TestTable(t *testing.T) {
	host := hypercall.NewSim(1)
	mid, _, _ := bridged(t, host)
	mid.OK(member(mid, abi.BRDGFLUSH, "", abi.IFBF_FLUSHALL))
	if _, err := number(mid, abi.SIOCSDRVSPEC, abi.BRDGSCACHE, 5); err != nil {
		t.Fatal(err)
	}
	link0, link1 := mid.Inet.Link("link0"), mid.Inet.Link("link1")
	known := func() map[byte]string {
		m := map[byte]string{}
		names, addrs := list(mid, abi.BRDGRTS)
		for k, a := range addrs {
			if a.Dst[0] == 2 && a.Dst[1] == 0 {
				m[a.Dst[5]] = names[k]
			}
		}
		return m
	}
	for k := range byte(9) {
		link0.Deliver(frame(200, 100+k))
	}
	if n := len(known()); n > 5 || n == 0 {
		t.Errorf("%d are known, where there is room for 5", n)
	}
	host.Advance(1201 * time.Second)
	if m := known(); len(m) != 0 {
		t.Errorf("%v has not grown old", m)
	}
	link0.Deliver(frame(200, 7))
	link1.Deliver(frame(200, 7))
	if m := known(); m[7] != "link1" {
		t.Errorf("who moved is behind %q", m[7])
	}
	r := abi.Ifbareq{Flags: abi.IFBAF_STATIC, Dst: [6]byte{2, 5: 8}}
	copy(r.Ifsname[:], "link0")
	if _, err := mid.Ifdrv("bridge0", abi.SIOCSDRVSPEC, abi.BRDGSADDR, usermem.BytesOf(&r)); err != nil {
		t.Fatal(err)
	}
	link1.Deliver(frame(200, 8))
	host.Advance(5000 * time.Second)
	if m := known(); m[8] != "link0" {
		t.Errorf("a static address is behind %q", m[8])
	}
	mid.OK(member(mid, abi.BRDGFLUSH, "", abi.IFBF_FLUSHDYN))
	if m := known(); m[8] != "link0" {
		t.Error("a static address was flushed")
	}
	if _, err := mid.Ifdrv("bridge0", abi.SIOCSDRVSPEC, abi.BRDGDADDR, usermem.BytesOf(&r)); err != nil {
		t.Error(err)
	}
}

// data returns the counters of an interface.
func data(x *box.Box, name string) abi.IfData {
	x.T.Helper()
	var r abi.Ifdatareq
	copy(r.Name[:], name)
	x.OK(box.Ioctl(x, abi.AF_INET, abi.SIOCGIFDATA, &r))
	return r.Data
}

// host is a place on a segment that belongs to no kernel.
type host struct {
	*ether.Link
	mac tcpip.LinkAddress
}

func newHost(t *testing.T, seg *link.Segment, last byte) host {
	h := host{mac: tcpip.LinkAddress([]byte{2, 0, 0, 0, 0, last})}
	p := seg.NewPort(hypercall.Real(), func(fn func()) { go fn() })
	h.Link = p.Connect(ether.Config{Name: "host", Addr: h.mac, Driver: p})
	if err := h.Up(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.Down()
		p.Destroy()
	})
	return h
}

// send sends a frame of 100 bytes.
func (h host) send(to tcpip.LinkAddress) {
	b := make([]byte, 100)
	header.Ethernet(b).Encode(&header.EthernetFields{SrcAddr: h.mac, DstAddr: to, Type: 0x88b5})
	f := ether.NewFrame(b)
	h.Transmit([]*ether.Frame{f})
	f.DecRef()
}

// silence has an interface without an address of its own, so that it sends
// nothing by itself.
func silence(x *box.Box, name string) {
	r := abi.In6Ndireq{Ndi: abi.NdIfinfo{Flags: abi.ND6_IFF_PERFORMNUD}}
	copy(r.Ifname[:], name)
	x.OK(box.Ioctl(x, abi.AF_INET6, abi.SIOCSIFINFO_FLAGS, &r))
}

// TestCounters sends frames through a bridge of three members: it counts what it
// forwards when that comes in, and for each member that it goes out by.
func TestCounters(t *testing.T) {
	mid := box.New(t, part)
	mid.OK(mid.Inet.Create("bridge0"))
	var hosts []host
	for k := range 3 {
		seg, name := link.New(), fmt.Sprintf("link%d", k)
		mid.OK(seg.Plug(mid.Inet, name))
		silence(mid, name)
		up(mid, name)
		mid.OK(member(mid, abi.BRDGADD, name, 0))
		hosts = append(hosts, newHost(t, seg, byte(k)))
	}
	silence(mid, "bridge0")
	up(mid, "bridge0")
	mine := mid.Inet.Link("link1").LinkAddress()
	before := data(mid, "bridge0")
	for k, c := range []struct {
		from                               int
		to                                 tcpip.LinkAddress
		in, out, inMulticast, outMulticast uint64
	}{
		{0, header.EthernetBroadcastAddress, 1, 2, 1, 0},
		{0, "\x01\x00\x5e\x01\x02\x03", 1, 2, 1, 2},
		{0, hosts[1].mac, 1, 2, 0, 0}, // nobody knows where that is
		{1, hosts[0].mac, 1, 1, 0, 0},
		{0, hosts[1].mac, 1, 1, 0, 0},
		{0, mine, 0, 0, 0, 0}, // not forwarded
		{2, hosts[0].mac, 1, 1, 0, 0},
	} {
		hosts[c.from].send(c.to)
		want := before
		want.Ipackets, want.Ibytes, want.Imcasts = before.Ipackets+c.in, before.Ibytes+100*c.in, before.Imcasts+c.inMulticast
		want.Opackets, want.Obytes, want.Omcasts = before.Opackets+c.out, before.Obytes+100*c.out, before.Omcasts+c.outMulticast
		got := data(mid, "bridge0")
		for end := time.Now().Add(10 * time.Second); got != want && time.Now().Before(end); got = data(mid, "bridge0") {
			time.Sleep(time.Millisecond)
		}
		if got != want {
			t.Fatalf("frame %d:\n%+v\n%+v", k, got, want)
		}
		before = got
	}
}

// TestHear has the address of one member asked for behind another.
func TestHear(t *testing.T) {
	mid, a, b := bridged(t, hypercall.Real())
	mid.Addr("link1", "10.0.0.9/24")
	box.Ping(t, a, netip.MustParseAddr("10.0.0.9"), 56)
	box.Ping(t, b, netip.MustParseAddr("10.0.0.9"), 56)
}
