package vfs

import (
	"slices"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestRename(t *testing.T) {
	g := boot(t, kernel.Config{})
	rename := func(from, to string) {
		t.Helper()
		g.do("rename "+from, g.v.SysRename(g.l, str(from), str(to)))
	}
	g.put("/tmp/a", "a", 0o644)
	g.put("/tmp/b", "b", 0o644)
	rename("/tmp/a", "/tmp/b")
	if got := g.take("/tmp/b"); got != "a" {
		t.Errorf("over a file: %q", got)
	}
	g.mkdir("/tmp/d1", 0o755)
	g.mkdir("/tmp/d1/sub", 0o755)
	g.mkdir("/tmp/d2", 0o755)
	rename("/tmp/d1/sub", "/tmp/d2/moved/")
	if n1, n2 := g.stat("/tmp/d1").Nlink, g.stat("/tmp/d2").Nlink; n1 != 2 || n2 != 3 {
		t.Errorf("links after moving a directory: %d, %d", n1, n2)
	}
	g.do("chdir", g.v.SysChdir(g.l, str("/tmp/d2/moved")))
	if st := g.stat(".."); st.Ino != g.stat("/tmp/d2").Ino {
		t.Error("its .. is not the new directory")
	}
	rename("/tmp/d1", "/tmp/d2/moved")
	if got := g.list("/tmp/d2", 512); !slices.Equal(got, []string{".", "..", "moved"}) {
		t.Errorf("over an empty directory: %q", got)
	}
	if n := g.stat("/tmp/d2").Nlink; n != 3 {
		t.Errorf("links after that: %d", n)
	}
}

func TestRenameLinks(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.put("/tmp/a", "a", 0o644)
	g.do("link", g.v.SysLink(g.l, str("/tmp/a"), str("/tmp/b")))
	g.do("posix", g.v.SysPosixRename(g.l, str("/tmp/a"), str("/tmp/b")))
	if g.stat("/tmp/a").Nlink != 2 {
		t.Error("the POSIX rename took a link away")
	}
	g.do("rename", g.v.SysRename(g.l, str("/tmp/a"), str("/tmp/b")))
	if st := g.stat("/tmp/b"); st.Nlink != 1 {
		t.Errorf("rename left %d links", st.Nlink)
	}
	if _, err := g.open("/tmp/a", abi.O_RDONLY, 0); err != abi.ENOENT {
		t.Errorf("the old name: %v", err)
	}
}

// TestRenameNeedsWrite moves a directory of another user: its .. would change.
func TestRenameNeedsWrite(t *testing.T) {
	g := boot(t, kernel.Config{})
	user := g.as(100, 100)
	user.mkdir("/tmp/from", 0o755)
	user.mkdir("/tmp/to", 0o755)
	user.mkdir("/tmp/from/d", 0o755)
	g.do("chown", g.v.SysChown(g.l, str("/tmp/from/d"), 0, 0))
	user.do("rename in place", user.v.SysRename(user.l, str("/tmp/from/d"), str("/tmp/from/e")))
	if err := user.v.SysRename(user.l, str("/tmp/from/e"), str("/tmp/to/d")); err != abi.EACCES {
		t.Errorf("rename elsewhere: %v", err)
	}
}
