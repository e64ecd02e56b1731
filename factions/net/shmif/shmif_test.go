package shmif_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/factions/net/inet"
	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/factions/net/shmif"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func part(in *inet.Inet) (func(), error) {
	s, err := shmif.Attach(in)
	return func() { shmif.Detach(s) }, err
}

// linkstr performs SIOCSLINKSTR or SIOCGLINKSTR of shmif0.
func linkstr(x *box.Box, cmd uint32, sub uint64, b []byte) (uint64, error) {
	return linkstrOf(x, "shmif0", cmd, sub, b)
}

func linkstrOf(x *box.Box, name string, cmd uint32, sub uint64, b []byte) (uint64, error) {
	fd := x.Socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	defer x.Close(fd)
	f, err := file.Get(x.L, fd)
	x.OK(err)
	defer func() { _ = f.Drop(x.L) }()
	var fr sysent.Frame
	r := abi.Ifdrv{Cmd: sub, Len: uint64(len(b)), Data: fr.Pin(b)}
	copy(r.Name[:], name)
	arg := &file.Arg{Data: usermem.BytesOf(&r)}
	arg.User = usermem.Addr{Mem: usermem.Local(arg.Data, &fr)}
	err = f.Ops.Ioctl(x.L, f, cmd, arg)
	return r.Len, err
}

// join makes shmif0 on a bus, up with 10.0.0.n and fd00::n.
func join(x *box.Box, path string, n int) {
	x.T.Helper()
	joinAs(x, "shmif0", path, fmt.Sprintf("10.0.0.%d/24", n), fmt.Sprintf("fd00::%d/64", n))
}

// joinAs makes an interface on a bus, up with addresses.
func joinAs(x *box.Box, name, path string, addrs ...string) {
	x.T.Helper()
	x.OK(x.Inet.Create(name))
	_, err := linkstrOf(x, name, abi.SIOCSLINKSTR, 0, append([]byte(path), 0))
	x.OK(err)
	x.Sysctl(0, abi.CTL_NET, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_DAD_COUNT)
	for _, a := range addrs {
		x.Addr(name, a)
	}
}

// pair returns two kernels on a bus.
func pair(t testing.TB) (a, b *box.Box, path string) {
	path = filepath.Join(t.TempDir(), "bus")
	a, b = box.New(t, part), box.New(t, part)
	join(a, path, 1)
	join(b, path, 2)
	return a, b, path
}

// TestTwo has two kernels on a bus do all they can.
func TestTwo(t *testing.T) {
	a, b, _ := pair(t)
	for _, to := range []string{"10.0.0.2", "fd00::2"} {
		t.Run(to, func(t *testing.T) { box.Exercise(t, a, b, netip.MustParseAddr(to)) })
	}
	box.Transfer(t, b, a, netip.MustParseAddrPort("10.0.0.1:7"), 5_000_000)
}

// TestLinkstr sets and reads the bus in every state.
func TestLinkstr(t *testing.T) {
	x := box.New(t, part)
	x.OK(x.Inet.Create("shmif0"))
	up := box.Ifreq("shmif0", abi.IFF_UP)
	x.Want(box.Ioctl(x, abi.AF_INET, abi.SIOCSIFFLAGS, up), abi.ENXIO)
	dir := t.TempDir()
	other := filepath.Join(dir, "other")
	if err := os.WriteFile(other, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "bus") + "\x00"
	room := make([]byte, 2000)
	for i, c := range []struct {
		cmd  uint32
		sub  uint64
		data string
		want error
	}{
		{abi.SIOCGLINKSTR, 0, string(room), abi.ENOENT},
		{abi.SIOCSLINKSTR, 0, "", abi.EINVAL},
		{abi.SIOCSLINKSTR, 7, path, abi.EINVAL},
		{abi.SIOCSLINKSTR, 0, string(room), abi.E2BIG},
		{abi.SIOCSLINKSTR, 0, other + "\x00", abi.ENOEXEC},
		{abi.SIOCSLINKSTR, 0, dir + "\x00", abi.EISDIR},
		{abi.SIOCSLINKSTR, 0, "/dev/null\x00", abi.ENODEV},
		{abi.SIOCSLINKSTR, 0, path, nil},
		{abi.SIOCSLINKSTR, 0, path, abi.EBUSY},
		{abi.SIOCSLINKSTR, abi.IFLINKSTR_UNSET, "", nil},
		{abi.SIOCSLINKSTR, abi.IFLINKSTR_UNSET, "", nil},
		{abi.SIOCSLINKSTR, 0, path, nil},
	} {
		if _, err := linkstr(x, c.cmd, c.sub, []byte(c.data)); err != c.want {
			t.Errorf("step %d: %v, want %v", i, err, c.want)
		}
	}
	n, err := linkstr(x, abi.SIOCGLINKSTR, abi.IFLINKSTR_QUERYLEN, nil)
	x.OK(err)
	if _, err := linkstr(x, abi.SIOCGLINKSTR, 0, room); err != nil || string(room[:n]) != path {
		t.Errorf("%v, %q", err, room[:n])
	}
	x.OK(box.Ioctl(x, abi.AF_INET, abi.SIOCSIFFLAGS, up))
	_, err = linkstr(x, abi.SIOCSLINKSTR, abi.IFLINKSTR_UNSET, nil)
	x.Want(err, abi.EBUSY)
	x.Want(x.Inet.Create("shmif0"), abi.EEXIST)
	x.OK(x.Inet.Destroy("shmif0"))
}

// TestBrokenBus has others write what they like, hold the lock, and cut the
// file.
func TestBrokenBus(t *testing.T) {
	a, b, path := pair(t)
	h := hypercall.Real()
	m, err := h.Map(path, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	to := netip.MustParseAddrPort("10.0.0.2:7")
	poke := func(off int, v ...byte) {
		copy(m.Mem()[off:], v)
		_, _ = m.WriteAt([]byte{3, 0, 0, 0}, 4)
	}
	for i, c := range []func(){
		func() {},
		func() { poke(24, 1) }, // a dead holder
		func() { poke(16, 0xff, 0xff, 0xff, 0xff) },
		func() { poke(20, 0xff, 0xff, 0xff, 0xff) },
		func() { poke(8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) },
		func() {
			for k := 32; k < 1<<20; k++ {
				m.Mem()[k] = byte(k * 7)
			}
			poke(4)
		},
		func() { poke(8, make([]byte, 24)...) },
	} {
		c()
		t.Run(fmt.Sprint(i), func(t *testing.T) { box.Transfer(t, a, b, netip.AddrPortFrom(to.Addr(), uint16(100+i)), 100_000) })
	}
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	fd := a.Socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	_, err = a.SysSendto(a.L, fd, box.In([]byte("x")), 0, box.In(box.Sockaddr(to)))
	a.OK(err)
	_, _ = m.WriteAt([]byte{3, 0, 0, 0}, 4)
}

func BenchmarkTCP(b *testing.B) {
	x, y, _ := pair(b)
	const chunk = 64 << 10
	b.SetBytes(chunk)
	b.ResetTimer()
	box.Pump(b, x, y, netip.MustParseAddrPort("10.0.0.2:7"), b.N*chunk)
}
