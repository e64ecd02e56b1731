// A kernel with the faction and this file system, and shorthands for calls.
package msdos

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/factions/vfs/msdos/mkfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// parts joins the faction and the file system to a kernel.
type parts struct{ v *vfs.VFS }

func (p *parts) Attach(b *kernel.Base) (err error) {
	if p.v, err = vfs.Attach(b); err == nil {
		err = Attach(p.v)
	}
	return err
}

func (p *parts) Detach()                                     { vfs.Detach(p.v) }
func (p *parts) Syscall(*proc.LWP, int, *sysent.Frame) error { return abi.ENOSYS }
func (p *parts) Describe() kernel.Description                { return kernel.Description{} }
func (p *parts) Provider(int) string                         { return "" }

// reporter is what a test and a random run of one have in common.
type reporter interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// guest is a client of a kernel that shows a host file as /disk.
type guest struct {
	t reporter
	b *kernel.Base
	v *vfs.VFS
	l *proc.LWP
}

func boot(t testing.TB, image string, cfg kernel.Config) *guest {
	t.Helper()
	b, p := new(kernel.Base), new(parts)
	cfg.Etfs = append(cfg.Etfs, kernel.Etfs{Key: "/disk", HostPath: image, Type: kernel.EtfsBlk})
	if err := b.Boot(cfg, p); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	_, l, err := b.NewGuest("test")
	if err != nil {
		t.Fatal(err)
	}
	g := &guest{t: t, b: b, v: p.v, l: l}
	g.do("mkdir", g.v.Mkdir(l, "/m", 0o755))
	return g
}

// newImage makes a volume in a file.
func newImage(t testing.TB, size int64, o mkfs.Options) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "img")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	if err := mkfs.Format(f, size, o); err != nil {
		t.Fatal(err)
	}
	return path
}

// argSpace is a caller's memory that holds the name of the device.
type argSpace struct{ usermem.Space }

func (argSpace) Resolve(ptr uint64, _ int) usermem.Mem {
	if ptr != 1 {
		return usermem.Mem{}
	}
	return usermem.Local([]byte("/disk\x00"), nil)
}

// defaultArgs mount /disk for everybody.
func defaultArgs() abi.MsdosfsArgs {
	return abi.MsdosfsArgs{Fspec: 1, Mask: 0o777, Dirmask: 0o755, Version: abi.MSDOSFSMNT_VERSION,
		Flags: abi.MSDOSFSMNT_VERSIONED}
}

func (g *guest) mountArgs(flags int32, a abi.MsdosfsArgs) error {
	arg := usermem.InOutBuf{Mem: usermem.Local(usermem.BytesOf(&a), argSpace{})}
	return g.v.SysMount50(g.l, str("msdos"), str("/m"), flags, arg)
}

func (g *guest) mount(flags int32) error { return g.mountArgs(flags, defaultArgs()) }

func (g *guest) unmount() error { return g.v.SysUnmount(g.l, str("/m"), 0) }

func (g *guest) do(what string, err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatalf("%s: %v", what, err)
	}
}

// str returns a string as a handler gets it from a caller in this process.
func str(s string) usermem.String {
	return usermem.String{Mem: usermem.Local(usermem.BytesOfString(s), nil)}
}

func (g *guest) open(path string, flags int32) (*file.File, error) {
	return g.v.Open(g.l, path, flags, 0o644)
}

// write writes at an offset of a file, made if it is not there.
func (g *guest) write(path string, off int64, p []byte) error {
	f, err := g.open(path, abi.O_RDWR|abi.O_CREAT)
	if err != nil {
		return err
	}
	defer f.Drop(g.l)
	n, err := f.Ops.(file.Positioned).WriteAt(g.l, f, p, off)
	if err == nil && n != len(p) {
		g.t.Fatalf("%s: %d bytes of %d written", path, n, len(p))
	}
	return err
}

func (g *guest) put(path, contents string) {
	g.t.Helper()
	g.do("write "+path, g.write(path, 0, []byte(contents)))
}

// read returns the contents of a file.
func (g *guest) read(path string) ([]byte, error) {
	f, err := g.open(path, abi.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Drop(g.l)
	var all []byte
	for buf := make([]byte, 50000); ; {
		n, err := f.Ops.(file.Positioned).ReadAt(g.l, f, buf, int64(len(all)))
		if n == 0 || err != nil {
			return all, err
		}
		all = append(all, buf[:n]...)
	}
}

func (g *guest) take(path string) string {
	g.t.Helper()
	b, err := g.read(path)
	g.do("read "+path, err)
	return string(b)
}

func (g *guest) stat(path string) abi.Stat {
	g.t.Helper()
	var st abi.Stat
	g.do("stat "+path, g.v.SysLstat50(g.l, str(path), usermem.Out[abi.Stat]{Mem: usermem.Local(usermem.BytesOf(&st), nil)}))
	return st
}

// list returns the names in a directory but "." and "..", read in pieces of
// size bytes.
func (g *guest) list(path string, size int) []string {
	g.t.Helper()
	names, err := g.tryList(path, size)
	g.do("list "+path, err)
	return names[2:]
}

func (g *guest) tryList(path string, size int) (names []string, err error) {
	fd, err := g.v.SysOpen(g.l, str(path), abi.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Of(g.l).Close(g.l, fd) }()
	for buf := make([]byte, size); ; {
		n, err := g.v.SysGetdents30(g.l, fd, usermem.OutBuf{Mem: usermem.Local(buf, nil)})
		if n == 0 || err != nil {
			return names, err
		}
		for b := buf[:n]; len(b) > 0; b = b[le.Uint16(b[8:]):] {
			names = append(names, string(b[abi.DirentNameOffset:][:le.Uint16(b[10:])]))
		}
	}
}

func (g *guest) mkdir(path string) error  { return g.v.SysMkdir(g.l, str(path), 0o755) }
func (g *guest) unlink(path string) error { return g.v.SysUnlink(g.l, str(path)) }
func (g *guest) rmdir(path string) error  { return g.v.SysRmdir(g.l, str(path)) }
func (g *guest) rename(from, to string) error {
	return g.v.SysRename(g.l, str(from), str(to))
}
