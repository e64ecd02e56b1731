// Package stacktest has many clients make all kinds of calls at once on trees of
// layered file systems, through all the names that the trees have.
package stacktest

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/factions/vfs/ext2fs"
	extfs "github.com/rumpkit/rumpkit/factions/vfs/ext2fs/mkfs"
	"github.com/rumpkit/rumpkit/factions/vfs/msdos"
	fat "github.com/rumpkit/rumpkit/factions/vfs/msdos/mkfs"
	"github.com/rumpkit/rumpkit/factions/vfs/null"
	"github.com/rumpkit/rumpkit/factions/vfs/tmpfs"
	"github.com/rumpkit/rumpkit/factions/vfs/union"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// parts joins the faction and the file systems to a kernel.
type parts struct{ v *vfs.VFS }

func (p *parts) Attach(b *kernel.Base) (err error) {
	if p.v, err = vfs.Attach(b); err != nil {
		return err
	}
	for _, attach := range []func(*vfs.VFS) error{tmpfs.Attach, ext2fs.Attach, msdos.Attach, null.Attach, union.Attach} {
		if err := attach(p.v); err != nil {
			return err
		}
	}
	return nil
}

func (p *parts) Detach()                                     { vfs.Detach(p.v) }
func (p *parts) Syscall(*proc.LWP, int, *sysent.Frame) error { return abi.ENOSYS }
func (p *parts) Describe() kernel.Description                { return kernel.Description{} }
func (p *parts) Provider(int) string                         { return "" }

// quiet is the real host without its console.
type quiet struct{ hypercall.Host }

func (quiet) ConsoleWrite([]byte) {}

// boot boots a kernel of ncpu virtual CPUs, 0 for as many as there are lwps, with
// images of an ext4 and a FAT file system.
func boot(t *testing.T, ncpu int) *guest {
	t.Helper()
	ext, dos := filepath.Join(t.TempDir(), "ext"), filepath.Join(t.TempDir(), "fat")
	const size = 16 << 20
	format := func(name string, fn func(f *os.File) error) {
		f, err := os.Create(name)
		if err == nil {
			err = f.Truncate(size)
		}
		if err == nil {
			err = fn(f)
		}
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	format(ext, func(f *os.File) error { return extfs.Format(f, size, extfs.Options{Journal: true}) })
	format(dos, func(f *os.File) error { return fat.Format(f, size, fat.Options{}) })
	b, p := new(kernel.Base), new(parts)
	err := b.Boot(kernel.Config{Host: quiet{hypercall.Real()}, NCPU: ncpu, Etfs: []kernel.Etfs{
		{Key: "/ext", HostPath: ext, Type: kernel.EtfsBlk}, {Key: "/fat", HostPath: dos, Type: kernel.EtfsBlk},
	}}, p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	g := &guest{t: t, b: b, v: p.v, image: ext}
	return g.another()
}

// another returns a further process.
func (g *guest) another() *guest {
	g.t.Helper()
	_, l, err := g.b.NewGuest("client")
	if err != nil {
		g.t.Fatal(err)
	}
	return &guest{t: g.t, b: g.b, v: g.v, l: l, image: g.image}
}

// pointer is a caller's memory that holds a path.
type pointer struct {
	usermem.Space
	path string
}

func (s pointer) Resolve(uint64, int) usermem.Mem {
	return usermem.Local([]byte(s.path+"\x00"), nil)
}

func argsOf[T any](a *T, path string) usermem.InOutBuf {
	return usermem.InOutBuf{Mem: usermem.Local(usermem.BytesOf(a), pointer{path: path})}
}

// layer is one mount: of a file system's type on a directory, from another one
// or a device.
type layer struct{ typ, from, on string }

// mount mounts a layer.
func (g *guest) mount(m layer) error {
	var args usermem.InOutBuf
	switch m.typ {
	case "null":
		args = argsOf(&abi.NullArgs{La: abi.LayerArgs{Target: 1}}, m.from)
	case "above":
		m.typ, args = "union", argsOf(&abi.UnionArgs{Target: 1, Mntflags: abi.UNMNT_ABOVE}, m.from)
	case "below":
		m.typ, args = "union", argsOf(&abi.UnionArgs{Target: 1, Mntflags: abi.UNMNT_BELOW}, m.from)
	case "ext2fs":
		args = argsOf(&abi.UfsArgs{Fspec: 1}, m.from)
	case "msdos":
		args = argsOf(&abi.MsdosfsArgs{Fspec: 1, Mask: 0o777, Dirmask: 0o777, Version: abi.MSDOSFSMNT_VERSION,
			Flags: abi.MSDOSFSMNT_VERSIONED | abi.MSDOSFSMNT_LONGNAME}, m.from)
	}
	return g.call(func() error { return g.v.SysMount50(g.l, str(m.typ), str(m.on), 0, args) })
}
