// A kernel with only this faction, for the tests of the package.
package vfs

import (
	"bytes"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// onlyVFS joins the faction to a kernel, and what extra attaches.
type onlyVFS struct {
	v     *VFS
	extra func(*VFS) error
}

func (p *onlyVFS) Attach(b *kernel.Base) (err error) {
	if p.v, err = Attach(b); err == nil && p.extra != nil {
		err = p.extra(p.v)
	}
	return err
}

func (p *onlyVFS) Detach()                                     { Detach(p.v) }
func (p *onlyVFS) Syscall(*proc.LWP, int, *sysent.Frame) error { return abi.ENOSYS }
func (p *onlyVFS) Describe() kernel.Description                { return kernel.Description{} }
func (p *onlyVFS) Provider(int) string                         { return "" }

// guest is a client's process with shorthands for calls.
type guest struct {
	t testing.TB
	b *kernel.Base
	v *VFS
	l *proc.LWP
}

// boot boots a kernel and attaches a client to it.
func boot(t testing.TB, cfg kernel.Config) *guest {
	t.Helper()
	b, parts := new(kernel.Base), new(onlyVFS)
	if err := b.Boot(cfg, parts); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	_, l, err := b.NewGuest("test")
	if err != nil {
		t.Fatal(err)
	}
	return &guest{t: t, b: b, v: parts.v, l: l}
}

// as returns a further client, with the rights of uid and gid.
func (g *guest) as(uid, gid uint32) *guest {
	g.t.Helper()
	p, l, err := g.b.NewGuest("user")
	if err != nil {
		g.t.Fatal(err)
	}
	p.SetCred(&cred.Cred{Ruid: uid, Euid: uid, Svuid: uid, Rgid: gid, Egid: gid, Svgid: gid}, true)
	n := *g
	n.l = l
	return &n
}

// str returns a string as a handler gets it from a caller in this process.
func str(s string) usermem.String {
	return usermem.String{Mem: usermem.LocalRef(usermem.BytesOfString(s), nil)}
}

func in(b []byte) usermem.InBuf   { return usermem.InBuf{Mem: usermem.LocalRef(b, nil)} }
func out(b []byte) usermem.OutBuf { return usermem.OutBuf{Mem: usermem.LocalRef(b, nil)} }

func outOf[T any](p *T) usermem.Out[T] {
	return usermem.Out[T]{Mem: usermem.LocalRef(usermem.BytesOf(p), nil)}
}

func slice[T any](s []T) usermem.InSlice[T] {
	return usermem.InSlice[T]{Mem: usermem.LocalRef(usermem.BytesOfSlice(s), nil), N: uint64(len(s))}
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
	if err := file.Of(g.l).Close(g.l, fd); err != nil {
		g.t.Fatalf("close %d: %v", fd, err)
	}
}

// write and read are what the base kernel's calls do with an open file.
func (g *guest) write(fd int32, b []byte) (int, error) {
	f, err := file.Get(g.l, fd)
	if err != nil {
		return 0, err
	}
	defer f.Drop(g.l)
	if !f.Writable() {
		return 0, abi.EBADF
	}
	return f.Ops.Write(g.l, f, b)
}

func (g *guest) read(fd int32, b []byte) (int, error) {
	f, err := file.Get(g.l, fd)
	if err != nil {
		return 0, err
	}
	defer f.Drop(g.l)
	if !f.Readable() {
		return 0, abi.EBADF
	}
	return f.Ops.Read(g.l, f, b)
}

// put makes a file with contents, take returns them.
func (g *guest) put(path, contents string, mode uint32) {
	g.t.Helper()
	fd := g.mustOpen(path, abi.O_CREAT|abi.O_TRUNC|abi.O_WRONLY, mode)
	if n, err := g.write(fd, []byte(contents)); n != len(contents) || err != nil {
		g.t.Fatalf("write %q: %d, %v", path, n, err)
	}
	g.close(fd)
}

func (g *guest) take(path string) string {
	g.t.Helper()
	fd := g.mustOpen(path, abi.O_RDONLY, 0)
	defer g.close(fd)
	var all bytes.Buffer
	for buf := make([]byte, 1000); ; {
		n, err := g.read(fd, buf)
		if err != nil {
			g.t.Fatalf("read %q: %v", path, err)
		}
		if n == 0 {
			return all.String()
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

func (g *guest) do(what string, err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatalf("%s: %v", what, err)
	}
}

func (g *guest) mkdir(path string, mode uint32) {
	g.t.Helper()
	g.do("mkdir "+path, g.v.SysMkdir(g.l, str(path), mode))
}

// list returns the names in a directory, read with a buffer of size bytes.
func (g *guest) list(path string, size int) []string {
	g.t.Helper()
	fd := g.mustOpen(path, abi.O_RDONLY, 0)
	defer g.close(fd)
	var names []string
	for buf := make([]byte, size); ; {
		n, err := g.v.SysGetdents30(g.l, fd, out(buf))
		if err != nil {
			g.t.Fatalf("getdents %q: %v", path, err)
		}
		if n == 0 {
			return names
		}
		names = append(names, dirNames(buf[:n])...)
	}
}

func dirNames(b []byte) (names []string) {
	for len(b) > 0 {
		n, reclen := int(b[10])|int(b[11])<<8, int(b[8])|int(b[9])<<8
		names = append(names, string(b[abi.DirentNameOffset:][:n]))
		b = b[reclen:]
	}
	return names
}
