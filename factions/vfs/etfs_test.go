package vfs

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
)

func hostFixture(t *testing.T, size int) string {
	path := filepath.Join(t.TempDir(), "img")
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i / 512)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEtfsReg(t *testing.T) {
	host := hostFixture(t, 4096)
	g := boot(t, kernel.Config{Etfs: []kernel.Etfs{
		{Key: "//img", HostPath: host, Type: kernel.EtfsReg},
		{Key: "/dir/part", HostPath: host, Type: kernel.EtfsReg, Begin: 512, Size: 1024},
	}})
	fd := g.mustOpen("/img", abi.O_RDWR, 0)
	if n, err := g.v.SysPwrite(g.l, fd, in([]byte("hello")), 510); n != 5 || err != nil {
		t.Fatal(n, err)
	}
	if b, _ := os.ReadFile(host); !bytes.Equal(b[510:515], []byte("hello")) {
		t.Errorf("the host sees %q", b[510:515])
	}
	buf := make([]byte, 3000)
	part := g.mustOpen("/tmp/../dir/part", abi.O_RDONLY, 0)
	if n, err := g.read(part, buf); n != 1024 || err != nil || string(buf[:3]) != "llo" {
		t.Errorf("the window: %d, %v, %q", n, err, buf[:3])
	}
	if st := g.stat("/img"); st.Size != 4096 || st.Mode != abi.S_IFREG|0o755 {
		t.Errorf("size %d mode %o", st.Size, st.Mode)
	}
	if got := g.list("/", 512); len(got) != 4 {
		t.Errorf("listed: %q", got)
	}
	if err := g.v.SysUnlink(g.l, str("/img")); err != abi.EOPNOTSUPP {
		t.Errorf("unlink: %v", err)
	}
	if err := g.v.SysRename(g.l, str("/tmp"), str("/img")); err != abi.EOPNOTSUPP {
		t.Errorf("rename over it: %v", err)
	}
	if err := g.v.SysLink(g.l, str("/img"), str("/tmp/x")); err != abi.EOPNOTSUPP {
		t.Errorf("link: %v", err)
	}
	for _, path := range []string{"/imgx", "/img2", "/dir", "/dir/partx"} {
		if _, err := g.open(path, abi.O_RDONLY, 0); err != abi.ENOENT {
			t.Errorf("open %s: %v", path, err)
		}
	}
	if _, err := g.open("/img/x", abi.O_RDONLY, 0); err != abi.ENOTDIR && err != abi.ENOENT {
		t.Errorf("below it: %v", err)
	}
}

func TestEtfsBlk(t *testing.T) {
	host := hostFixture(t, 8192)
	g := boot(t, kernel.Config{Etfs: []kernel.Etfs{
		{Key: "/d0", HostPath: host, Type: kernel.EtfsBlk},
		{Key: "/r0", HostPath: host, Type: kernel.EtfsChr},
	}})
	if st := g.stat("/d0"); st.Rdev != abi.Makedev(197, 0) || st.Mode&abi.S_IFMT != abi.S_IFBLK {
		t.Errorf("rdev %#x mode %o", st.Rdev, st.Mode)
	}
	if st := g.stat("/r0"); st.Rdev != abi.Makedev(197, 0) || st.Mode&abi.S_IFMT != abi.S_IFCHR {
		t.Errorf("rdev %#x mode %o", st.Rdev, st.Mode)
	}
	fd := g.mustOpen("/d0", abi.O_RDWR, 0)
	buf := make([]byte, 1024)
	for _, c := range []struct {
		n    int
		off  int64
		want int
		err  error
	}{
		{1024, 512, 1024, nil}, {100, 0, 0, abi.EINVAL}, {512, 100, 0, abi.EINVAL},
		{512, 8192, 0, nil}, {512, 8704, 0, abi.EINVAL}, {1024, 7680, 512, nil},
	} {
		if n, err := g.v.SysPread(g.l, fd, out(buf[:c.n]), c.off); n != c.want || err != c.err {
			t.Errorf("read %d at %d: %d, %v", c.n, c.off, n, err)
		}
	}
	f, _ := file.Get(g.l, fd)
	defer f.Drop(g.l)
	arg := file.Arg{Data: make([]byte, 408)}
	g.do("DIOCGMEDIASIZE", f.Ops.Ioctl(g.l, f, abi.DIOCGMEDIASIZE, &arg))
	if size := binary.LittleEndian.Uint64(arg.Data); size != 8192 {
		t.Errorf("media size %d", size)
	}
	g.do("DIOCGDINFO", f.Ops.Ioctl(g.l, f, abi.DIOCGDINFO, &arg))
	if magic := binary.LittleEndian.Uint32(arg.Data); magic != abi.DISKMAGIC {
		t.Errorf("label begins with %#x", magic)
	}
	if err := f.Ops.Ioctl(g.l, f, abi.TIOCGETA, &arg); err != abi.ENOTTY {
		t.Errorf("TIOCGETA: %v", err)
	}
	if end, err := g.v.SysLseek(g.l, fd, 0, abi.SEEK_END); end != 8192 || err != nil {
		t.Errorf("its end: %d, %v", end, err)
	}
}

// TestEtfsDirect: there is no cache above a host's file, so O_DIRECT changes
// nothing: what is written is the host's when the call returns, and devices take
// whole sectors only.
func TestEtfsDirect(t *testing.T) {
	host := hostFixture(t, 8192)
	g := boot(t, kernel.Config{Etfs: []kernel.Etfs{
		{Key: "/f", HostPath: host, Type: kernel.EtfsReg},
		{Key: "/d", HostPath: host, Type: kernel.EtfsBlk},
		{Key: "/r", HostPath: host, Type: kernel.EtfsChr},
	}})
	for _, direct := range []int32{0, abi.O_DIRECT} {
		for _, c := range []struct {
			name   string
			n, off int
		}{
			{"/f", 512, 512}, {"/f", 3, 5}, {"/d", 512, 1024}, {"/d", 512, 7680}, {"/r", 1024, 2048},
		} {
			fd := g.mustOpen(c.name, abi.O_RDWR|direct, 0)
			want := bytes.Repeat([]byte{byte(c.off/256) + byte(direct>>16)}, c.n)
			if n, err := g.v.SysPwrite(g.l, fd, in(want), int64(c.off)); n != c.n || err != nil {
				t.Errorf("%s: %d bytes at %d: %d, %v", c.name, c.n, c.off, n, err)
			}
			if b, _ := os.ReadFile(host); !bytes.Equal(b[c.off:c.off+c.n], want) {
				t.Errorf("%s: the host has other bytes at %d", c.name, c.off)
			}
			got := make([]byte, c.n)
			if n, err := g.v.SysPread(g.l, fd, out(got), int64(c.off)); n != c.n || err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: read at %d: %d, %v", c.name, c.off, n, err)
			}
			g.close(fd)
		}
	}
}

func TestEtfsRefused(t *testing.T) {
	host := hostFixture(t, 4096)
	for name, c := range map[string]struct {
		list []kernel.Etfs
		want error
	}{
		"relative key":   {[]kernel.Etfs{{Key: "img", HostPath: host}}, abi.EINVAL},
		"no key":         {[]kernel.Etfs{{Key: "/", HostPath: host}}, abi.EINVAL},
		"no host file":   {[]kernel.Etfs{{Key: "/img", HostPath: host + "x"}}, abi.ENOENT},
		"window":         {[]kernel.Etfs{{Key: "/img", HostPath: host, Begin: 4000, Size: 100}}, abi.EINVAL},
		"host directory": {[]kernel.Etfs{{Key: "/img", HostPath: t.TempDir()}}, abi.EISDIR},
		"twice":          {[]kernel.Etfs{{Key: "/img", HostPath: host}, {Key: "//img", HostPath: host}}, abi.EEXIST},
	} {
		b := new(kernel.Base)
		if err := b.Boot(kernel.Config{Etfs: c.list}, new(onlyVFS)); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.list[0].Key) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestEtfsDir(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "sub/deep"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"f", "sub/g", "sub/deep/h"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	g := boot(t, kernel.Config{Etfs: []kernel.Etfs{
		{Key: "/one", HostPath: dir, Type: kernel.EtfsDir},
		{Key: "/tmp/all", HostPath: dir, Type: kernel.EtfsDirSubdirs},
	}})
	for path, want := range map[string]string{
		"/one/f": "f", "//tmp/all/f": "f", "/tmp/all/sub/g": "sub/g", "/tmp/all/./sub/deep/h": "sub/deep/h",
	} {
		if got := g.take(path); got != want {
			t.Errorf("%s holds %q", path, got)
		}
	}
	for path, want := range map[string]error{
		"/one/none": abi.ENOENT, "/one/sub/g": abi.ENOENT, "/one/sub/..": abi.EOPNOTSUPP, "/onex": abi.ENOENT, "/one/f/x": abi.ENOTDIR,
		"/tmp/all/..": abi.EOPNOTSUPP, "/tmp/all/sub/none": abi.ENOENT, "/tmp/allx/f": abi.ENOENT,
	} {
		if _, err := g.open(path, abi.O_RDONLY, 0); err != want {
			t.Errorf("open %s: %v, want %v", path, err, want)
		}
	}
	if _, err := g.open("/one/new", abi.O_CREAT|abi.O_RDWR, 0o644); err != abi.EOPNOTSUPP {
		t.Errorf("create: %v", err)
	}
	if err := g.v.SysUnlink(g.l, str("/one/f")); err != abi.EOPNOTSUPP {
		t.Errorf("unlink: %v", err)
	}
	if got := g.list("/one", 512); len(got) != 0 {
		t.Errorf("listed: %q", got)
	}
	b := new(kernel.Base)
	if err := b.Boot(kernel.Config{Etfs: []kernel.Etfs{{Key: "/d", HostPath: filepath.Join(dir, "f"), Type: kernel.EtfsDir}}}, new(onlyVFS)); !errors.Is(err, abi.ENOTDIR) {
		t.Errorf("a file as a directory: %v", err)
	}
}
