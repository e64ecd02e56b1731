package stacktest

import (
	"math/rand/v2"
	"testing"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// guest is a client.
type guest struct {
	t *testing.T
	b *kernel.Base
	v *vfs.VFS
	l *proc.LWP
	// image is the host's file behind /ext.
	image string
}

func str(s string) usermem.String {
	return usermem.String{Mem: usermem.Local(usermem.BytesOfString(s), nil)}
}

func out(b []byte) usermem.OutBuf { return usermem.OutBuf{Mem: usermem.Local(b, nil)} }
func in(b []byte) usermem.InBuf   { return usermem.InBuf{Mem: usermem.Local(b, nil)} }

func outOf[T any](p *T) usermem.Out[T] {
	return usermem.Out[T]{Mem: usermem.Local(usermem.BytesOf(p), nil)}
}

// call makes a call as the kernel does, with a virtual CPU.
func (g *guest) call(fn func() error) error {
	g.l.Enter(0)
	defer g.l.Leave()
	return fn()
}

func (g *guest) do(what string, err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatalf("%s: %v", what, err)
	}
}

// caller makes random calls on random names.
type caller struct {
	*guest
	r     *rand.Rand
	roots []string
	buf   []byte
	kq    int32
}

// path returns a name one to three deep, below one of the roots.
func (c *caller) path() string {
	p := c.roots[c.r.IntN(len(c.roots))]
	for range c.r.IntN(3) {
		p += [...]string{"/d0", "/d1", "/d2"}[c.r.IntN(3)]
	}
	return p + [...]string{"/d0", "/d1", "/d2", "/f0", "/f1"}[c.r.IntN(5)]
}

// names are the calls on names.
var names = []func(c *caller, p, q string) error{
	func(c *caller, p, _ string) error { return c.v.SysMkdir(c.l, str(p), 0o777) },
	func(c *caller, p, _ string) error { return c.v.SysMkdir(c.l, str(p), 0o777) },
	func(c *caller, p, q string) error { return c.v.SysRename(c.l, str(p), str(q)) },
	func(c *caller, p, q string) error { return c.v.SysRename(c.l, str(p), str(q)) },
	func(c *caller, p, q string) error { return c.v.SysRename(c.l, str(p), str(q)) },
	func(c *caller, p, q string) error { return c.v.SysLink(c.l, str(p), str(q)) },
	func(c *caller, p, _ string) error { return c.v.SysUnlink(c.l, str(p)) },
	func(c *caller, p, _ string) error { return c.v.SysRmdir(c.l, str(p)) },
	func(c *caller, p, q string) error { return c.v.SysSymlink(c.l, str(q), str(p)) },
	func(c *caller, p, _ string) error { return c.v.SysMkfifo(c.l, str(p), 0o666) },
	func(c *caller, p, _ string) error { return c.v.SysChmod(c.l, str(p), 0o700|uint32(c.r.IntN(64))) },
	func(c *caller, p, _ string) error { return c.v.SysChown(c.l, str(p), 0, uint32(c.r.IntN(9))) },
	func(c *caller, p, _ string) error { return c.v.SysTruncate(c.l, str(p), int64(c.r.IntN(9000))) },
	func(c *caller, p, _ string) error { return c.v.SysLstat50(c.l, str(p), outOf(new(abi.Stat))) },
	func(c *caller, p, _ string) error { return c.v.SysStatvfs1(c.l, str(p), outOf(new(abi.Statvfs)), 0) },
	func(c *caller, p, _ string) error { return c.v.SysAccess(c.l, str(p), abi.R_OK|abi.W_OK) },
	func(c *caller, p, _ string) error { _, err := c.v.SysReadlink(c.l, str(p), out(c.buf)); return err },
	func(c *caller, p, _ string) error { return c.v.SysRevoke(c.l, str(p)) },
	func(c *caller, p, _ string) error {
		_, err := c.v.SysExtattrSetFile(c.l, str(p), abi.EXTATTR_NAMESPACE_USER, str("a"), in(c.buf[:c.r.IntN(60)]))
		return err
	},
	func(c *caller, p, _ string) error {
		_, err := c.v.SysExtattrListFile(c.l, str(p), abi.EXTATTR_NAMESPACE_USER, out(c.buf))
		return err
	},
	func(c *caller, p, _ string) error {
		return c.v.SysExtattrDeleteFile(c.l, str(p), abi.EXTATTR_NAMESPACE_USER, str("a"))
	},
	func(c *caller, p, _ string) error {
		if err := c.v.SysChdir(c.l, str(p)); err != nil {
			return err
		}
		_, _ = c.v.SysGetcwd(c.l, out(c.buf))
		_ = c.v.SysRename(c.l, str("d0"), str("../d1"))
		_ = c.v.SysMkdir(c.l, str("../d2"), 0o777)
		return c.v.SysChdir(c.l, str("/"))
	},
}

// files are the calls on open files.
var files = []func(c *caller, fd int32, f *file.File) error{
	func(c *caller, _ int32, f *file.File) error { _, err := f.Ops.Read(c.l, f, c.buf); return err },
	func(c *caller, _ int32, f *file.File) error { _, err := f.Ops.Write(c.l, f, c.buf); return err },
	func(c *caller, fd int32, _ *file.File) error {
		_, err := c.v.SysPwrite(c.l, fd, in(c.buf), int64(c.r.IntN(20000)))
		return err
	},
	func(c *caller, fd int32, _ *file.File) error {
		_, err := c.v.SysPread(c.l, fd, out(c.buf), int64(c.r.IntN(20000)))
		return err
	},
	func(c *caller, fd int32, _ *file.File) error {
		_, err := c.v.SysGetdents30(c.l, fd, out(c.buf))
		return err
	},
	func(c *caller, fd int32, _ *file.File) error { return c.v.SysFtruncate(c.l, fd, int64(c.r.IntN(9000))) },
	func(c *caller, fd int32, _ *file.File) error { return c.v.SysFchmod(c.l, fd, 0o700) },
	func(c *caller, fd int32, _ *file.File) error { return c.v.SysFsync(c.l, fd) },
	func(c *caller, fd int32, _ *file.File) error { return c.v.SysFdiscard(c.l, fd, 0, 4096) },
	func(c *caller, fd int32, _ *file.File) error {
		_, err := c.v.SysPosixFallocate(c.l, fd, 0, 9000)
		return err
	},
	func(c *caller, fd int32, _ *file.File) error {
		return c.v.SysFstatvfs1(c.l, fd, outOf(new(abi.Statvfs)), 0)
	},
	func(c *caller, fd int32, _ *file.File) error { return c.v.SysFchdir(c.l, fd) },
	func(c *caller, fd int32, f *file.File) error { return c.watch(fd) },
	func(c *caller, _ int32, f *file.File) error {
		if k, ok := f.Ops.(file.Locker); ok {
			return k.Flock(c.l, f, abi.LOCK_EX|abi.LOCK_NB)
		}
		return nil
	},
	func(c *caller, fd int32, _ *file.File) error {
		return c.v.SysRenameat(c.l, fd, str("d0"), abi.AT_FDCWD, str(c.path()))
	},
}

// watch has the kqueue told of a file, and takes what it has been told so far.
func (c *caller) watch(fd int32) error {
	changes := []abi.Kevent{
		{Ident: uint64(fd), Filter: abi.EVFILT_VNODE, Flags: abi.EV_ADD | abi.EV_CLEAR, Fflags: abi.NOTE_REVOKE<<1 - 1},
		{Ident: uint64(fd), Filter: abi.EVFILT_READ, Flags: abi.EV_ADD},
	}
	events := make([]abi.Kevent, 4)
	var now abi.Timespec
	_, err := c.b.SysKevent50(c.l, c.kq,
		usermem.InSlice[abi.Kevent]{Mem: usermem.Local(usermem.BytesOfSlice(changes), nil)},
		usermem.OutSlice[abi.Kevent]{Mem: usermem.Local(usermem.BytesOfSlice(events), nil)},
		usermem.In[abi.Timespec]{Mem: usermem.Local(usermem.BytesOf(&now), nil)})
	return err
}

// open opens a name and makes calls on it.
func (c *caller) open(p string) error {
	how := [...]int32{0, abi.O_APPEND, abi.O_DIRECT, abi.O_TRUNC, abi.O_SYNC, abi.O_NONBLOCK}[c.r.IntN(6)]
	fd, err := c.v.SysOpen(c.l, str(p), how|abi.O_CREAT|abi.O_RDWR|abi.O_NONBLOCK, 0o666)
	if err == abi.EISDIR {
		fd, err = c.v.SysOpen(c.l, str(p), abi.O_RDONLY|abi.O_DIRECTORY, 0)
	}
	if err != nil {
		return err
	}
	f, err := file.Get(c.l, fd)
	if err != nil {
		return err
	}
	for range 1 + c.r.IntN(4) {
		_ = files[c.r.IntN(len(files))](c, fd, f)
	}
	f.Drop(c.l)
	_ = c.v.SysChdir(c.l, str("/"))
	return file.Of(c.l).Close(c.l, fd)
}

// step makes one call, or some on one file.
func (c *caller) step() {
	p, q := c.path(), c.path()
	_ = c.call(func() error {
		switch k := c.r.IntN(200); {
		case k == 0:
			return c.v.SysSync(c.l)
		case k < 60:
			return c.open(p)
		default:
			return names[k%len(names)](c, p, q)
		}
	})
}
