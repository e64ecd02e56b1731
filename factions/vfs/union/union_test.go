package union

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
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

// guest is a client.
type guest struct {
	t *testing.T
	b *kernel.Base
	v *vfs.VFS
	l *proc.LWP
}

func boot(t *testing.T) *guest {
	t.Helper()
	b, p := new(kernel.Base), new(parts)
	if err := b.Boot(kernel.Config{}, p); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	_, l, err := b.NewGuest("test")
	if err != nil {
		t.Fatal(err)
	}
	return &guest{t, b, p.v, l}
}

func str(s string) usermem.String {
	return usermem.String{Mem: usermem.Local(usermem.BytesOfString(s), nil)}
}

// target is a caller's memory that holds a path.
type target struct {
	usermem.Space
	path string
}

func (s target) Resolve(uint64, int) usermem.Mem {
	return usermem.Local([]byte(s.path+"\x00"), nil)
}

func (g *guest) mount(path, on string, mode int32) error {
	a := abi.UnionArgs{Target: 1, Mntflags: mode}
	args := usermem.InOutBuf{Mem: usermem.Local(usermem.BytesOf(&a), target{path: path})}
	return g.v.SysMount50(g.l, str("union"), str(on), 0, args)
}

func (g *guest) do(what string, err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatalf("%s: %v", what, err)
	}
}

func (g *guest) take(path string) string {
	g.t.Helper()
	f, err := g.v.Open(g.l, path, abi.O_RDONLY, 0)
	g.do("open "+path, err)
	defer f.Drop(g.l)
	buf := make([]byte, 1000)
	n, err := f.Ops.Read(g.l, f, buf)
	g.do("read "+path, err)
	return string(buf[:n])
}

func (g *guest) stat(path string) (st abi.Stat) {
	g.t.Helper()
	g.do("stat", g.v.SysLstat50(g.l, str(path), usermem.Out[abi.Stat]{Mem: usermem.Local(usermem.BytesOf(&st), nil)}))
	return st
}

func (g *guest) put(path, text string) {
	g.t.Helper()
	f, err := g.v.Open(g.l, path, abi.O_WRONLY|abi.O_CREAT|abi.O_TRUNC, 0o644)
	g.do("open "+path, err)
	defer f.Drop(g.l)
	_, err = f.Ops.Write(g.l, f, []byte(text))
	g.do("write "+path, err)
}

func (g *guest) list(path string) string {
	g.t.Helper()
	fd, err := g.v.SysOpen(g.l, str(path), abi.O_RDONLY, 0)
	g.do("open "+path, err)
	defer func() { _ = file.Of(g.l).Close(g.l, fd) }()
	var names []string
	for buf := make([]byte, 64); ; {
		n, err := g.v.SysGetdents30(g.l, fd, usermem.OutBuf{Mem: usermem.Local(buf, nil)})
		g.do("getdents", err)
		if n == 0 {
			slices.Sort(names)
			return strings.Join(names, " ")
		}
		for b := buf[:n]; len(b) > 0; b = b[int(b[8])|int(b[9])<<8:] {
			names = append(names, string(b[abi.DirentNameOffset:][:b[10]]))
		}
	}
}

// trees makes an upper tree /up and a lower one /low.
func trees(t *testing.T) *guest {
	g := boot(t)
	for _, dir := range []string{"/up", "/low", "/up/both", "/low/both", "/low/dir", "/low/dir/in"} {
		g.do("mkdir", g.v.Mkdir(g.l, dir, 0o755))
	}
	g.put("/up/u", "upper")
	g.put("/low/l", "lower")
	g.put("/up/same", "upper same")
	g.put("/low/same", "lower same")
	g.put("/up/both/1", "one")
	g.put("/low/both/2", "two")
	g.put("/low/dir/in/f", "deep")
	return g
}

func TestUnion(t *testing.T) {
	g := trees(t)
	g.do("mount", g.mount("/up", "/low", abi.UNMNT_ABOVE))
	same := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	same("the root", g.list("/low"), ". .. both dir l same u")
	same("both", g.list("/low/both"), ". .. 1 2")
	same("same", g.take("/low/same"), "upper same")
	same("l", g.take("/low/l"), "lower")
	same("up is as it was", g.list("/up"), ". .. both same u")

	g.put("/low/dir/in/f", "changed")
	same("f copied up", g.take("/up/dir/in/f"), "changed")
	g.do("chmod", g.v.SysChmod(g.l, str("/low/l"), 0o600))
	same("l copied up", g.take("/up/l"), "lower")
	g.do("unlink", g.v.SysUnlink(g.l, str("/low/same")))
	g.do("unlink", g.v.SysUnlink(g.l, str("/low/both/2")))
	g.do("unlink", g.v.SysUnlink(g.l, str("/low/both/1")))
	same("the root", g.list("/low"), ". .. both dir l u")
	same("both", g.list("/low/both"), ". ..")
	g.do("rmdir", g.v.SysRmdir(g.l, str("/low/both")))
	g.do("mkdir", g.v.Mkdir(g.l, "/low/both", 0o755))
	same("both made anew", g.list("/low/both"), ". ..")
	g.put("/low/same", "again")
	same("same made anew", g.take("/low/same"), "again")
	g.do("rename", g.v.SysRename(g.l, str("/low/dir/in/f"), str("/low/both/moved")))
	same("in", g.list("/low/dir/in"), ". ..")
	same("moved", g.take("/low/both/moved"), "changed")
	g.do("rename over", g.v.SysRename(g.l, str("/low/both/moved"), str("/low/l")))
	same("l", g.take("/low/l"), "changed")
	g.do("rename dir", g.v.SysRename(g.l, str("/low/both"), str("/low/other")))
	for what, c := range map[string]struct{ err, want error }{
		"dir":      {g.v.SysRename(g.l, str("/low/dir"), str("/low/d2")), abi.EXDEV},
		"whiteout": {g.v.SysMkdir(g.l, str("/low/.wh.x"), 0o755), abi.EINVAL},
		"hidden":   {g.v.SysUnlink(g.l, str("/low/.wh.same")), abi.ENOENT},
		"rmdir":    {g.v.SysRmdir(g.l, str("/low/dir")), abi.ENOTEMPTY},
	} {
		if c.err != c.want {
			t.Errorf("%s: %v, want %v", what, c.err, c.want)
		}
	}
	same("the root", g.list("/low"), ". .. dir l other same u")
	g.do("chdir", g.v.SysChdir(g.l, str("/low/dir/in")))
	buf := make([]byte, 100)
	n, err := g.v.SysGetcwd(g.l, usermem.OutBuf{Mem: usermem.Local(buf, nil)})
	g.do("getcwd", err)
	same("getcwd", string(buf[:n]), "/low/dir/in\x00")
	g.do("chdir", g.v.SysChdir(g.l, str("/")))
	g.do("unmount", g.v.SysUnmount(g.l, str("/low"), 0))
	same("low is as it was", g.list("/low"), ". .. both dir l same")
	same("its f", g.take("/low/dir/in/f"), "deep")
	g.do("mount again", g.mount("/up", "/low", abi.UNMNT_ABOVE))
	same("the root", g.list("/low"), ". .. dir l other same u")
	g.do("unmount", g.v.SysUnmount(g.l, str("/low"), 0))
}

func TestModes(t *testing.T) {
	g := trees(t)
	g.do("below", g.mount("/low", "/up", abi.UNMNT_BELOW))
	if got := g.list("/up"); got != ". .. both dir l same u" || g.take("/up/same") != "upper same" {
		t.Errorf("below: %q", got)
	}
	g.do("unmount", g.v.SysUnmount(g.l, str("/up"), 0))
	g.do("replace", g.mount("/up", "/low", abi.UNMNT_REPLACE))
	if got := g.list("/low"); got != ". .. both same u" {
		t.Errorf("replace: %q", got)
	}
	g.do("unmount", g.v.SysUnmount(g.l, str("/low"), 0))
	for what, c := range map[string]struct{ err, want error }{
		"no mode": {g.mount("/up", "/low", 0), abi.EINVAL},
		"a file":  {g.mount("/up/u", "/low", abi.UNMNT_ABOVE), abi.ENOTDIR},
		"nothing": {g.mount("/none", "/low", abi.UNMNT_ABOVE), abi.ENOENT},
	} {
		if c.err != c.want {
			t.Errorf("%s: %v, want %v", what, c.err, c.want)
		}
	}
	g.do("rmdir", g.v.Remove(g.l, "/low/dir/in/f"))
}

// TestInItself: where one tree lies in the other, nothing is taken for the
// directory it is in.
func TestInItself(t *testing.T) {
	for _, mode := range []int32{abi.UNMNT_ABOVE, abi.UNMNT_BELOW} {
		g := boot(t)
		for _, dir := range []string{"/a", "/a/x", "/a/x/deep"} {
			g.do("mkdir", g.v.Mkdir(g.l, dir, 0o755))
		}
		g.do("mount", g.mount("/a", "/a/x", mode))
		if root, in := g.stat("/a/x"), g.stat("/a/x/x"); root.Ino == in.Ino {
			t.Errorf("a directory is in itself: %+v", in)
		}
		if err := g.v.SysRmdir(g.l, str("/a/x/x")); err != abi.ENOTEMPTY {
			t.Errorf("rmdir: %v", err)
		}
		g.put("/a/x/x/deep/f", "deep")
		if got := g.take("/a/x/x/deep/f"); got != "deep" {
			t.Errorf("it holds %q", got)
		}
		g.do("unmount", g.v.SysUnmount(g.l, str("/a/x"), 0))
	}
}

// TestStorm has many change one union, and its upper tree by its own name.
func TestStorm(t *testing.T) {
	g := boot(t)
	g.do("mkdir", g.v.Mkdir(g.l, "/a", 0o755))
	g.do("mkdir", g.v.Mkdir(g.l, "/b", 0o755))
	for _, root := range []string{"/a", "/b"} {
		for i := range 3 {
			g.do("mkdir", g.v.Mkdir(g.l, root+"/d"+strconv.Itoa(i), 0o755))
			g.do("mkfile", g.v.Mkfile(g.l, root+"/d"+strconv.Itoa(i)+"/f", 0o644, []byte("x")))
		}
	}
	g.do("mount", g.mount("/a", "/b", abi.UNMNT_ABOVE))
	var wg sync.WaitGroup
	for c := range 4 {
		_, l, err := g.b.NewGuest("client")
		g.do("client", err)
		wg.Go(func() { storm(g.v, l, rand.New(rand.NewPCG(2, uint64(c))), []string{"/a", "/b", "/b"}) })
	}
	wg.Wait()
	g.do("unmount", g.v.SysUnmount(g.l, str("/b"), 0))
}

func storm(v *vfs.VFS, l *proc.LWP, rng *rand.Rand, roots []string) {
	path := func() string {
		p := roots[rng.IntN(len(roots))]
		for range 1 + rng.IntN(3) {
			p += "/d" + strconv.Itoa(rng.IntN(3))
		}
		return p
	}
	for range 3000 {
		switch p := path(); rng.IntN(5) {
		case 0:
			_ = v.Mkdir(l, p, 0o755)
		case 1:
			_ = v.Mkfile(l, p+"/f", 0o644, []byte("x"))
		case 2:
			_ = v.SysRename(l, str(p), str(path()))
		case 3:
			_ = v.SysRename(l, str(p+"/f"), str(path()+"/f"))
		case 4:
			_ = v.Remove(l, p+"/f")
			_ = v.Remove(l, p)
		}
	}
}
