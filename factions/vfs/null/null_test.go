package null

import (
	"math/rand/v2"
	"strconv"
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

func (g *guest) mount(path, on string) error {
	a := abi.NullArgs{La: abi.LayerArgs{Target: 1}}
	args := usermem.InOutBuf{Mem: usermem.Local(usermem.BytesOf(&a), target{path: path})}
	return g.v.SysMount50(g.l, str("null"), str(on), 0, args)
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

func TestNull(t *testing.T) {
	g := boot(t)
	for _, dir := range []string{"/a", "/a/sub", "/b"} {
		g.do("mkdir", g.v.Mkdir(g.l, dir, 0o755))
	}
	g.do("mkfile", g.v.Mkfile(g.l, "/a/f", 0o640, []byte("below")))
	g.do("symlink", g.v.Symlink(g.l, "f", "/a/link"))
	g.do("mount", g.mount("/a", "/b"))
	if got := g.take("/b/link"); got != "below" {
		t.Errorf("f holds %q", got)
	}
	if a, b := g.stat("/a/f"), g.stat("/b/f"); a.Dev == b.Dev || a.Ino != b.Ino || a.Mode != b.Mode {
		t.Errorf("%+v and %+v", a, b)
	}
	if g.stat("/b/..").Ino != g.stat("/").Ino || g.stat("/b/sub/..").Ino != g.stat("/a").Ino {
		t.Error("the parents are others")
	}
	g.do("mkfile", g.v.Mkfile(g.l, "/b/new", 0o644, []byte("from above")))
	g.do("link", g.v.SysLink(g.l, str("/b/new"), str("/b/sub/too")))
	g.do("rename", g.v.SysRename(g.l, str("/b/new"), str("/b/sub/moved")))
	g.do("rename", g.v.SysRename(g.l, str("/b/sub"), str("/b/sub2")))
	if got := g.take("/a/sub2/moved"); got != "from above" || g.stat("/a/sub2/too").Nlink != 2 {
		t.Errorf("moved holds %q", got)
	}
	g.do("chmod", g.v.SysChmod(g.l, str("/b/f"), 0o600))
	if m := g.stat("/a/f").Mode; m != abi.S_IFREG|0o600 {
		t.Errorf("mode %o", m)
	}
	for _, dir := range []string{"/b/sub2/in", "/b/sub2/in/deep"} {
		g.do("mkdir", g.v.Mkdir(g.l, dir, 0o755))
	}
	for what, c := range map[string]struct{ err, want error }{
		"rename across": {g.v.SysRename(g.l, str("/b/f"), str("/a/g")), abi.EXDEV},
		"into itself":   {g.v.SysRename(g.l, str("/b/sub2"), str("/b/sub2/x")), abi.EINVAL},
		"deep into":     {g.v.SysRename(g.l, str("/b/sub2"), str("/b/sub2/in/x")), abi.EINVAL},
		"out of itself": {g.v.SysRename(g.l, str("/b/sub2/in/deep"), str("/b/sub2")), abi.ENOTEMPTY},
		"not empty":     {g.v.SysRmdir(g.l, str("/b/sub2")), abi.ENOTEMPTY},
		"there already": {g.v.SysMkdir(g.l, str("/b/f"), 0o755), abi.EEXIST},
		"a file":        {g.mount("/a/f", "/tmp"), abi.ENOTDIR},
		"nothing":       {g.mount("/none", "/tmp"), abi.ENOENT},
	} {
		if c.err != c.want {
			t.Errorf("%s: %v, want %v", what, c.err, c.want)
		}
	}
	fd, err := g.v.SysOpen(g.l, str("/b/f"), abi.O_RDONLY, 0)
	g.do("open", err)
	if err := g.v.SysUnmount(g.l, str("/b"), 0); err != abi.EBUSY {
		t.Errorf("unmount with an open file: %v", err)
	}
	g.do("close", file.Of(g.l).Close(g.l, fd))
	g.do("unlink", g.v.SysUnlink(g.l, str("/b/f")))
	g.do("unmount", g.v.SysUnmount(g.l, str("/b"), 0))
	if _, err := g.v.Lookup(g.l, "/a/f"); err != abi.ENOENT {
		t.Errorf("f is still there: %v", err)
	}
}

// TestForcedOff: who is in a tree that was forced off has no directory any more.
func TestForcedOff(t *testing.T) {
	g := boot(t)
	for _, dir := range []string{"/a", "/a/sub", "/b"} {
		g.do("mkdir", g.v.Mkdir(g.l, dir, 0o755))
	}
	g.do("mount", g.mount("/a", "/b"))
	g.do("chdir", g.v.SysChdir(g.l, str("/b/sub")))
	g.do("unmount", g.v.SysUnmount(g.l, str("/b"), abi.MNT_FORCE))
	if _, err := g.v.SysGetcwd(g.l, usermem.OutBuf{Mem: usermem.Local(make([]byte, 100), nil)}); err != abi.EIO {
		t.Errorf("getcwd: %v", err)
	}
	if err := g.v.SysRename(g.l, str("x"), str("../y")); err != abi.ENOTDIR {
		t.Errorf("rename: %v", err)
	}
	g.do("chdir", g.v.SysChdir(g.l, str("/")))
}

// TestAppend: who appends by one name and who does by the other never write over
// each other.
func TestAppend(t *testing.T) {
	g := boot(t)
	g.do("mkdir", g.v.Mkdir(g.l, "/a", 0o755))
	g.do("mkdir", g.v.Mkdir(g.l, "/b", 0o755))
	g.do("mount", g.mount("/a", "/b"))
	var wg sync.WaitGroup
	const each = 300
	for c := range 4 {
		_, l, err := g.b.NewGuest("client")
		g.do("client", err)
		wg.Go(func() {
			f, err := g.v.Open(l, []string{"/a/f", "/b/f"}[c%2], abi.O_WRONLY|abi.O_APPEND|abi.O_CREAT, 0o644)
			if err != nil {
				t.Error(err)
				return
			}
			for range each {
				if _, err := f.Ops.Write(l, f, []byte("0123456789")); err != nil {
					t.Error(err)
				}
			}
			_ = f.Drop(l)
		})
	}
	wg.Wait()
	if size := g.stat("/b/f").Size; size != 4*each*10 {
		t.Errorf("%d bytes, want %d", size, 4*each*10)
	}
}

// TestBothSides changes one tree through both its places at once.
func TestBothSides(t *testing.T) {
	g := boot(t)
	g.do("mkdir", g.v.Mkdir(g.l, "/a", 0o755))
	g.do("mkdir", g.v.Mkdir(g.l, "/b", 0o755))
	g.do("mount", g.mount("/a", "/b"))
	var wg sync.WaitGroup
	for c := range 8 {
		_, l, err := g.b.NewGuest("client")
		g.do("client", err)
		wg.Go(func() { storm(g.v, l, rand.New(rand.NewPCG(2, uint64(c))), []string{"/a", "/b"}) })
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
	for range 1500 {
		switch p := path(); rng.IntN(6) {
		case 0:
			_ = v.Mkdir(l, p, 0o755)
		case 1:
			_ = v.Mkfile(l, p+"/f", 0o644, []byte("x"))
		case 2, 5:
			_ = v.SysRename(l, str(p), str(path()))
		case 3:
			_ = v.SysRename(l, str(p+"/f"), str(path()+"/f"))
		case 4:
			_ = v.Remove(l, p+"/f")
			_ = v.Remove(l, p)
		}
	}
}
