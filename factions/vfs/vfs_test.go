package vfs

import (
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBoot(t *testing.T) {
	g := boot(t, kernel.Config{})
	if got := g.list("/", 4096); !slices.Equal(got, []string{".", "..", "dev", "tmp"}) {
		t.Errorf("/ holds %q", got)
	}
	for path, mode := range map[string]uint32{
		"/": abi.S_IFDIR | 0o755, "/dev": abi.S_IFDIR | 0o755, "/tmp": abi.S_IFDIR | 0o1777,
		"/dev/null": abi.S_IFCHR | 0o644, "/dev/zero": abi.S_IFCHR | 0o644,
	} {
		if st := g.stat(path); st.Mode != mode || st.Uid != 0 || st.Gid != 0 {
			t.Errorf("%s: mode %o owner %d:%d, want %o 0:0", path, st.Mode, st.Uid, st.Gid, mode)
		}
	}
	if st := g.stat("/dev/zero"); st.Rdev != abi.Makedev(2, 12) {
		t.Errorf("/dev/zero is %#x", st.Rdev)
	}
}

func TestFstypes(t *testing.T) {
	g := boot(t, kernel.Config{})
	n := g.b.Sysctl.Lookup("vfs.generic.fstypes")
	if n == nil {
		t.Fatal("no vfs.generic.fstypes")
	}
	buf := make([]byte, 20)
	size, err := g.b.Sysctl.Sysctl(g.l, []int32{abi.CTL_VFS, abi.VFS_GENERIC, n.Num()}, out(buf).Mem, len(buf), in(nil))
	if err != nil || string(buf[:size]) != "rumpfs\x00" {
		t.Errorf("%q, %v", buf[:size], err)
	}
}

func TestReboot(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.put("/tmp/x", "x", 0o644)
	g.mustOpen("/tmp/x", abi.O_RDWR, 0)
	if err := g.b.Reboot(); err != nil {
		t.Fatal(err)
	}
	_, l, err := g.b.NewGuest("again")
	if err != nil {
		t.Fatal(err)
	}
	g.l = l
	if used := g.b.Mem.Used(); used > 8192 {
		t.Errorf("%d bytes in use after a reboot", used)
	}
}

func TestFiles(t *testing.T) {
	g := boot(t, kernel.Config{})
	long := strings.Repeat("0123456789abcdef", 5000)
	g.put("/tmp/f", long, 0o666)
	if got := g.take("/tmp/f"); got != long {
		t.Errorf("read %d bytes back of %d", len(got), len(long))
	}
	st := g.stat("/tmp/f")
	if st.Mode != abi.S_IFREG|0o644 || st.Size != int64(len(long)) || st.Nlink != 1 {
		t.Errorf("stat: mode %o size %d nlink %d", st.Mode, st.Size, st.Nlink)
	}
	if dir := g.stat("/tmp"); dir.Dev != st.Dev || dir.Ino == st.Ino {
		t.Errorf("dev %#x ino %d, its directory's %#x %d", st.Dev, st.Ino, dir.Dev, dir.Ino)
	}
}

func TestDevices(t *testing.T) {
	g := boot(t, kernel.Config{})
	null, zero := g.mustOpen("/dev/null", abi.O_RDWR, 0), g.mustOpen("/dev/zero", abi.O_RDWR, 0)
	buf := []byte("abc")
	if n, err := g.write(null, buf); n != 3 || err != nil {
		t.Errorf("write to null: %d, %v", n, err)
	}
	if n, err := g.read(null, buf); n != 0 || err != nil {
		t.Errorf("read from null: %d, %v", n, err)
	}
	if n, err := g.read(zero, buf); n != 3 || err != nil || string(buf) != "\x00\x00\x00" {
		t.Errorf("read from zero: %d, %v, %q", n, err, buf)
	}
	g.do("mknod", g.v.SysMknod50(g.l, str("/tmp/none"), abi.S_IFCHR|0o600, abi.Makedev(77, 1)))
	if _, err := g.open("/tmp/none", abi.O_RDWR, 0); err != abi.ENXIO {
		t.Errorf("open without a driver: %v", err)
	}
}
