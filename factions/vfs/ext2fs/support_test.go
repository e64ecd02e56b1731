// A kernel with the faction and this file system, and images to mount.
package ext2fs

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// parts joins the faction and this component to a kernel.
type parts struct{ v *vfs.VFS }

func (p *parts) Attach(b *kernel.Base) (err error) {
	if p.v, err = vfs.Attach(b); err != nil {
		return err
	}
	return Attach(p.v)
}

func (p *parts) Detach()                                     { vfs.Detach(p.v) }
func (p *parts) Syscall(*proc.LWP, int, *sysent.Frame) error { return abi.ENOSYS }
func (p *parts) Describe() kernel.Description                { return kernel.Description{} }
func (p *parts) Provider(int) string                         { return "" }

// guest is a client's process with shorthands for calls.
type guest struct {
	t testing.TB
	b *kernel.Base
	v *vfs.VFS
	l *proc.LWP
}

// boot boots a kernel that shows the host file image as /disk.
func boot(t testing.TB, image string, cfg kernel.Config) *guest {
	t.Helper()
	b, p := new(kernel.Base), new(parts)
	cfg.Etfs = []kernel.Etfs{{Key: "/disk", HostPath: image, Type: kernel.EtfsBlk}}
	if err := b.Boot(cfg, p); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	_, l, err := b.NewGuest("test")
	if err != nil {
		t.Fatal(err)
	}
	g := &guest{t: t, b: b, v: p.v, l: l}
	g.do("mkdir", g.v.SysMkdir(l, str("/mnt"), 0o755))
	return g
}

// pointers is memory that pointers inside arguments lead to: address 1 is the
// string.
type pointers string

func (s pointers) Resolve(ptr uint64, n int) usermem.Mem {
	if ptr != 1 {
		return usermem.Local(nil, s)
	}
	return usermem.Local([]byte(s), s)
}

func (s pointers) CopyIn([]byte, uint64) error              { return abi.EFAULT }
func (s pointers) CopyInStr(uint64, int) (string, error)    { return "", abi.EFAULT }
func (s pointers) CopyOut(uint64, []byte) error             { return abi.EFAULT }
func (s pointers) Window(n int) []byte                      { return make([]byte, n) }
func (s pointers) Commit(win []byte, a uint64, n int) error { return abi.EFAULT }

func (g *guest) mountOf(fspec string, flags int32) error {
	args := abi.UfsArgs{Fspec: 1}
	m := usermem.InOutBuf{Mem: usermem.Local(usermem.BytesOf(&args), pointers(fspec+"\x00"))}
	return g.v.SysMount50(g.l, str("ext2fs"), str("/mnt"), flags, m)
}

func (g *guest) mount(flags int32) {
	g.t.Helper()
	g.do("mount", g.mountOf("/disk", flags))
}

func (g *guest) unmount() {
	g.t.Helper()
	g.do("unmount", g.v.SysUnmount(g.l, str("/mnt"), 0))
}

func str(s string) usermem.String {
	return usermem.String{Mem: usermem.Local(usermem.BytesOfString(s), nil)}
}

func out(b []byte) usermem.OutBuf { return usermem.OutBuf{Mem: usermem.Local(b, nil)} }
func in(b []byte) usermem.InBuf   { return usermem.InBuf{Mem: usermem.Local(b, nil)} }

func outOf[T any](p *T) usermem.Out[T] {
	return usermem.Out[T]{Mem: usermem.Local(usermem.BytesOf(p), nil)}
}

func (g *guest) do(what string, err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatalf("%s: %v", what, err)
	}
}

func (g *guest) open(path string, flags int32, mode uint32) (int32, error) {
	return g.v.SysOpen(g.l, str(path), flags, mode)
}

func (g *guest) mustOpen(path string, flags int32, mode uint32) int32 {
	g.t.Helper()
	fd, err := g.open(path, flags, mode)
	if err != nil {
		g.t.Fatalf("open %q: %v", path, err)
	}
	return fd
}

func (g *guest) close(fd int32) {
	g.t.Helper()
	g.do("close", file.Of(g.l).Close(g.l, fd))
}

func (g *guest) pwrite(fd int32, p []byte, off int64) (int, error) {
	n, err := g.v.SysPwrite(g.l, fd, in(p), off)
	return int(n), err
}

func (g *guest) pread(fd int32, p []byte, off int64) (int, error) {
	n, err := g.v.SysPread(g.l, fd, out(p), off)
	return int(n), err
}

// put makes a file with contents, take returns them.
func (g *guest) put(path string, p []byte) {
	g.t.Helper()
	fd := g.mustOpen(path, abi.O_CREAT|abi.O_TRUNC|abi.O_WRONLY, 0o644)
	if n, err := g.pwrite(fd, p, 0); n != len(p) || err != nil {
		g.t.Fatalf("write %q: %d, %v", path, n, err)
	}
	g.close(fd)
}

func (g *guest) take(path string) []byte {
	g.t.Helper()
	p, err := g.tryTake(path)
	if err != nil {
		g.t.Fatalf("read %q: %v", path, err)
	}
	return p
}

func (g *guest) tryTake(path string) ([]byte, error) {
	fd, err := g.open(path, abi.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer g.close(fd)
	var all bytes.Buffer
	for buf := make([]byte, 100_000); ; {
		n, err := g.pread(fd, buf, int64(all.Len()))
		if n == 0 || err != nil {
			return all.Bytes(), err
		}
		all.Write(buf[:n])
	}
}

func (g *guest) stat(path string) abi.Stat {
	g.t.Helper()
	var st abi.Stat
	if err := g.v.SysLstat50(g.l, str(path), outOf(&st)); err != nil {
		g.t.Fatalf("lstat %q: %v", path, err)
	}
	return st
}

func (g *guest) mkdir(path string) {
	g.t.Helper()
	g.do("mkdir "+path, g.v.SysMkdir(g.l, str(path), 0o755))
}

func (g *guest) readlink(path string) (string, error) {
	p := make([]byte, 1024)
	n, err := g.v.SysReadlink(g.l, str(path), out(p))
	return string(p[:max(n, 0)]), err
}

// list returns the names in a directory but "." and "..", read with a buffer
// of size bytes.
func (g *guest) list(path string, size int) []string {
	g.t.Helper()
	names, err := g.tryList(path, size)
	if err != nil {
		g.t.Fatalf("list %q: %v", path, err)
	}
	return names
}

func (g *guest) tryList(path string, size int) (names []string, err error) {
	fd, err := g.open(path, abi.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer g.close(fd)
	for buf := make([]byte, size); ; {
		n, err := g.v.SysGetdents30(g.l, fd, out(buf))
		if n == 0 || err != nil {
			return names, err
		}
		if len(names) > 1<<20 {
			return nil, abi.EIO // it does not end
		}
		for b := buf[:n]; len(b) > 0; {
			n, reclen := int(b[10])|int(b[11])<<8, int(b[8])|int(b[9])<<8
			if s := string(b[abi.DirentNameOffset:][:n]); s != "." && s != ".." {
				names = append(names, s)
			}
			b = b[reclen:]
		}
	}
}

// tool skips the test when a program is not there.
func tool(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not installed (package e2fsprogs)", name)
		}
	}
}

// mkfs makes an image of size bytes.
func mkfs(t testing.TB, size int64, args ...string) string {
	t.Helper()
	tool(t, "mke2fs", "e2fsck", "debugfs")
	path := filepath.Join(t.TempDir(), "image")
	f, err := os.Create(path)
	if err == nil {
		err = f.Truncate(size)
	}
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	run(t, nil, "mke2fs", append(append([]string{"-q", "-F"}, args...), path)...)
	return path
}

// run runs a program and returns what it printed; it fails the test when the
// program fails.
func run(t testing.TB, stdin []byte, name string, args ...string) string {
	t.Helper()
	c := exec.Command(name, args...)
	c.Stdin = bytes.NewReader(stdin)
	b, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, b)
	}
	return string(b)
}

// fsck has e2fsck judge an image.
func fsck(t testing.TB, path string) {
	t.Helper()
	b, err := exec.Command("e2fsck", "-fn", path).CombinedOutput()
	if err != nil {
		t.Fatalf("e2fsck: %v\n%s", err, b)
	}
}

// pattern returns n bytes that tell where they come from.
func pattern(n int, seed uint32) []byte {
	p := make([]byte, n)
	x := seed*2654435761 + 1
	for i := range p {
		x = x*1664525 + 1013904223
		p[i] = byte(x >> 24)
	}
	return p
}
