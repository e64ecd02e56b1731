package ext2fs

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestNamesStorm renames, links and removes in directories that are listed by
// name all the time, with little room for names and vnodes: every client
// knows where each of its files is.
func TestNamesStorm(t *testing.T) {
	image := mkfs(t, 32<<20, "-t", "ext4", "-b", "1024", "-N", "4000")
	env := func(name string) (string, bool) {
		if name == "RUMP_NVNODES" {
			return "100", true
		}
		return "", false
	}
	g := boot(t, image, kernel.Config{Getenv: env})
	g.mount(0)
	for d := range 3 {
		g.mkdir("/mnt/d" + strconv.Itoa(d))
	}
	var wg, press sync.WaitGroup
	var done atomic.Bool
	press.Go(func() {
		for !done.Load() {
			g.v.Names().Shrink(4096)
		}
	})
	for c := range 4 {
		_, l, err := g.b.NewGuest("client" + strconv.Itoa(c))
		if err != nil {
			t.Fatal(err)
		}
		own := *g
		own.l = l
		wg.Go(func() { own.storm(c) })
	}
	wg.Wait()
	done.Store(true)
	press.Wait()
	g.unmount()
	if n := g.v.Names().Len(); n != 0 {
		t.Errorf("%d names of a file system that is gone", n)
	}
	fsck(t, image)
}

// storm moves files of its own around.
func (g *guest) storm(c int) {
	r := rand.New(rand.NewPCG(uint64(c), 3))
	path := func() string {
		return "/mnt/d" + strconv.Itoa(r.IntN(3)) + "/" + strconv.Itoa(c) + "-" + strconv.Itoa(r.IntN(40))
	}
	at := map[string]uint64{} // inode by name
	for range 600 {
		a, b := path(), path()
		switch ino := at[a]; r.IntN(5) {
		case 0, 1:
			if fd, err := g.open(a, abi.O_CREAT|abi.O_RDWR, 0o600); err == nil {
				g.close(fd)
				at[a] = g.stat(a).Ino
			}
		case 2:
			if g.v.SysRename(g.l, str(a), str(b)) == nil && at[b] != ino {
				delete(at, a)
				at[b] = ino
			} else if ino != 0 && a != b {
				delete(at, a)
			}
		case 3:
			if g.v.SysLink(g.l, str(a), str(b)) == nil {
				at[b] = ino
			}
		case 4:
			if g.v.SysUnlink(g.l, str(a)) == nil {
				delete(at, a)
			}
		}
		for _, p := range []string{a, b, path()} {
			var st abi.Stat
			err := g.v.SysLstat50(g.l, str(p), outOf(&st))
			if want := at[p]; want == 0 && err != abi.ENOENT || want != 0 && (err != nil || st.Ino != want) {
				g.t.Errorf("%s: inode %d, %v; want %d", p, st.Ino, err, want)
				return
			}
		}
	}
}

// TestNames: a second lookup does not ask the file system, not even for what is
// not there, and what changes is seen.
func TestNames(t *testing.T) {
	g := boot(t, mkfs(t, 16<<20, "-t", "ext4", "-b", "1024"), kernel.Config{})
	g.mount(0)
	g.mkdir("/mnt/d")
	g.put("/mnt/d/f", []byte("x"))
	exists := func(path string, want error) {
		t.Helper()
		for range 2 {
			if err := g.v.SysLstat50(g.l, str(path), outOf(new(abi.Stat))); err != want {
				t.Errorf("%s: %v, want %v", path, err, want)
			}
		}
	}
	exists("/mnt/d/f", nil)
	exists("/mnt/d/none", abi.ENOENT)
	before := g.v.Names().Len()
	exists("/mnt/d/none", abi.ENOENT)
	if n := g.v.Names().Len(); n != before || n < 3 {
		t.Errorf("%d names, then %d", before, n)
	}
	g.do("rename", g.v.SysRename(g.l, str("/mnt/d/f"), str("/mnt/d/none")))
	exists("/mnt/d/f", abi.ENOENT)
	exists("/mnt/d/none", nil)
	g.do("unlink", g.v.SysUnlink(g.l, str("/mnt/d/none")))
	exists("/mnt/d/none", abi.ENOENT)
	g.do("rmdir", g.v.SysRmdir(g.l, str("/mnt/d")))
	exists("/mnt/d/none", abi.ENOENT)
	g.mkdir("/mnt/d")
	g.put("/mnt/d/none", nil)
	exists("/mnt/d/none", nil)
	used := g.b.Mem.Used()
	if freed := g.v.Names().Shrink(1 << 20); freed <= 0 || g.b.Mem.Used() != used-freed {
		t.Errorf("%d bytes freed, %d in use before and %d after", freed, used, g.b.Mem.Used())
	}
	exists("/mnt/d/none", nil)
	g.unmount()
}
