package vfs

import (
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// Host files come and go while the kernel runs.
func TestEtfsRegister(t *testing.T) {
	host, dir := hostFixture(t, 4096), t.TempDir()
	g := boot(t, kernel.Config{})
	const end = ^uint64(0)
	for _, tc := range []struct {
		key, host   string
		typ         kernel.EtfsType
		begin, size uint64
		err         error
	}{
		{"/img", host, kernel.EtfsReg, 0, end, nil},
		{"//img", host, kernel.EtfsReg, 0, end, abi.EEXIST},
		{"img2", host, kernel.EtfsReg, 0, end, abi.EINVAL},
		{"", host, kernel.EtfsReg, 0, end, abi.EINVAL},
		{"/none", host + "x", kernel.EtfsReg, 0, end, abi.ENOENT},
		{"/win", host, kernel.EtfsReg, 4096, 1, abi.EINVAL},
		{"/win", host, kernel.EtfsReg, 1 << 63, 1, abi.EINVAL},
		{"/win", host, kernel.EtfsReg, 512, 512, nil},
		{"/dir", dir, kernel.EtfsDir, 1, end, abi.EISDIR},
		{"/dir", dir, kernel.EtfsReg, 0, end, abi.EISDIR},
		{"/dir", host, kernel.EtfsDir, 0, end, abi.ENOTDIR},
		{"/dir", dir, kernel.EtfsDirSubdirs, 0, end, nil},
		{"/dir/in", host, kernel.EtfsReg, 0, end, abi.EEXIST},
		{"/dirx", host, kernel.EtfsReg, 0, end, nil},
		{"/what", host, 9, 0, end, abi.EOPNOTSUPP},
		{"/d0", host, kernel.EtfsBlk, 0, end, nil},
		{"/r0", host, kernel.EtfsChr, 0, end, nil},
	} {
		if err := g.v.EtfsRegisterWithSize(tc.key, tc.host, tc.typ, tc.begin, tc.size); err != tc.err {
			t.Errorf("register %s: %v, want %v", tc.key, err, tc.err)
		}
	}
	if st := g.stat("/win"); st.Size != 512 {
		t.Errorf("a window of %d", st.Size)
	}
	fd := g.mustOpen("/d0", abi.O_RDWR, 0)
	for _, key := range []string{"/d0", "r0", "/dir"} {
		g.do("remove "+key, g.v.EtfsRemove(key))
	}
	if err := g.v.EtfsRemove("/d0"); err != abi.ENOENT {
		t.Errorf("remove twice: %v", err)
	}
	if _, err := g.open("/d0", abi.O_RDONLY, 0); err != abi.ENOENT {
		t.Errorf("open of what is gone: %v", err)
	}
	buf := make([]byte, 512)
	if n, err := g.v.SysPread(g.l, fd, out(buf), 0); n != 512 || err != nil {
		t.Errorf("who had it open: %d, %v", n, err)
	}
	g.close(fd)
	g.do("again", g.v.EtfsRegister(kernel.Etfs{Key: "/dir/d1", HostPath: hostFixture(t, 512), Type: kernel.EtfsBlk}))
	if st := g.stat("/dir/d1"); st.Rdev != abi.Makedev(197, 0) {
		t.Errorf("the unit was not given back: %#x", st.Rdev)
	}
}

// There are 16 units.
func TestEtfsUnits(t *testing.T) {
	g := boot(t, kernel.Config{})
	dir := t.TempDir()
	var err error
	n := 0
	for ; err == nil && n < 20; n++ {
		path := dir + "/" + string(rune('a'+n))
		if err := os.WriteFile(path, make([]byte, 512), 0o600); err != nil {
			t.Fatal(err)
		}
		err = g.v.EtfsRegister(kernel.Etfs{Key: "/" + string(rune('a'+n)), HostPath: path, Type: kernel.EtfsBlk})
	}
	if n != 17 || err != abi.EBUSY {
		t.Errorf("unit %d: %v", n, err)
	}
}

func env(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

// Sector size, failures that a seed repeats, and counters.
func TestBlkParams(t *testing.T) {
	host := hostFixture(t, 8192)
	run := func(vars map[string]string) (pattern string, g *guest) {
		g = boot(t, kernel.Config{Getenv: env(vars), Etfs: []kernel.Etfs{{Key: "/d", HostPath: host, Type: kernel.EtfsBlk}}})
		fd := g.mustOpen("/d", abi.O_RDWR, 0)
		for range 100 {
			_, err := g.v.SysPread(g.l, fd, out(make([]byte, 4096)), 0)
			switch err {
			case nil:
				pattern += "."
			case abi.EIO:
				pattern += "x"
			default:
				t.Fatal(err)
			}
		}
		return pattern, g
	}
	fails := map[string]string{"RUMP_BLKFAIL": "2000", "RUMP_BLKFAIL_SEED": "7"}
	a, _ := run(fails)
	b, g := run(fails)
	if n := strings.Count(a, "x"); a != b || n < 5 || n > 40 {
		t.Errorf("failures %s, again %s", a, b)
	}
	if n := g.v.blk.counters.reqs.Count(); n != 100 {
		t.Errorf("%d requests", n)
	}
	if n := g.v.blk.counters.read.Count(); n != uint64(4096*strings.Count(b, ".")) {
		t.Errorf("%d bytes read", n)
	}
	_, g = run(map[string]string{"RUMP_BLKSECTSHIFT": "12"})
	fd := g.mustOpen("/d", abi.O_RDWR, 0)
	if _, err := g.v.SysPread(g.l, fd, out(make([]byte, 512)), 0); err != abi.EINVAL {
		t.Errorf("less than a sector: %v", err)
	}
	f, err := file.Get(g.l, fd)
	g.do("get", err)
	defer f.Drop(g.l)
	arg := file.Arg{Data: make([]byte, 408)}
	g.do("DIOCGSECTORSIZE", f.Ops.Ioctl(g.l, f, abi.DIOCGSECTORSIZE, &arg))
	if n := binary.LittleEndian.Uint32(arg.Data); n != 4096 {
		t.Errorf("sectors of %d", n)
	}
	g.do("DIOCGPARTINFO", f.Ops.Ioctl(g.l, f, abi.DIOCGPARTINFO, &arg))
	if n := binary.LittleEndian.Uint64(arg.Data[8:]); n != 2 {
		t.Errorf("%d sectors", n)
	}
	for name, v := range map[string]string{"RUMP_BLKSECTSHIFT": "8", "RUMP_BLKFAIL": "lots"} {
		err := new(kernel.Base).Boot(kernel.Config{Getenv: env(map[string]string{name: v})}, new(onlyVFS))
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%s: %v", name, v, err)
		}
	}
}

// noParts is a kernel that shows no host files.
type noParts struct{}

func (noParts) Attach(*kernel.Base) error                   { return nil }
func (noParts) Detach()                                     {}
func (noParts) Syscall(*proc.LWP, int, *sysent.Frame) error { return abi.ENOSYS }
func (noParts) Describe() kernel.Description                { return kernel.Description{} }

func TestEtfsWithoutVFS(t *testing.T) {
	err := new(kernel.Base).Boot(kernel.Config{Etfs: []kernel.Etfs{{Key: "/k", HostPath: "/h"}}}, noParts{})
	if err == nil || !strings.Contains(err.Error(), "needs vfs") || !strings.Contains(err.Error(), "/k") {
		t.Errorf("boot: %v", err)
	}
}
