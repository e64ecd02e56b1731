package vfs

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// FuzzLookup looks any path up: there is an answer, and nothing stays in use.
func FuzzLookup(f *testing.F) {
	for _, s := range []string{"", "/", "//", ".", "..", "/a/b/../../ln/x/", "loop", "ln/..//.", "a/f/", "a/f/.",
		"/dev/null", "\x00", "a\x00b", "/tmp/./../a/ln2/f"} {
		f.Add(s)
	}
	g := boot(f, kernel.Config{})
	g.mkdir("/a", 0o755)
	g.mkdir("/a/b", 0o755)
	g.put("/a/f", "x", 0o644)
	for _, ln := range [][2]string{{"/a", "/ln"}, {"loop", "/loop"}, {"../ln/b/..", "/a/ln2"}} {
		g.do("symlink", g.v.SysSymlink(g.l, str(ln[0]), str(ln[1])))
	}
	f.Fuzz(func(t *testing.T, path string) {
		g := &guest{t: t, b: g.b, v: g.v, l: g.l}
		var st, st2 abi.Stat
		err := g.v.SysStat50(g.l, str(path), outOf(&st))
		fd, err2 := g.open(path, abi.O_RDONLY, 0)
		if err2 == nil {
			g.close(fd)
		}
		if err != err2 {
			t.Errorf("stat says %v, open %v", err, err2)
		}
		lerr := g.v.SysLstat50(g.l, str(path), outOf(&st2))
		if err == nil && lerr != nil {
			t.Errorf("stat finds it, lstat says %v", lerr)
		}
		if vp, err := g.v.Lookup(g.l, path); err == nil {
			if n := vp.Refs(); vp != g.v.root && n > 2 {
				t.Errorf("%d references", n)
			}
			vp.Unref()
		}
	})
}
