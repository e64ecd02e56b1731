package vfs

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// A user who is not root may have 1024 locks on all files together. Giving up
// the middle of one may leave more; what is closed is counted no longer.
func TestLocksOfUsers(t *testing.T) {
	root := boot(t, kernel.Config{})
	a, b := root.as(100, 100), root.as(100, 100)
	root.put("/tmp/f", "", 0o666)
	root.put("/tmp/g", "", 0o666)
	for _, path := range []string{"/tmp/f", "/tmp/g"} {
		root.do("chmod", root.v.SysChmod(root.l, str(path), 0o666))
	}
	count := func(want int64) {
		t.Helper()
		if n := root.b.Procs.Charged(100, proc.UserLocks); n != want {
			t.Errorf("the user has %d locks, want %d", n, want)
		}
	}
	fa, fb := a.mustOpen("/tmp/f", abi.O_RDWR, 0), b.mustOpen("/tmp/g", abi.O_RDWR, 0)
	fr := root.mustOpen("/tmp/f", abi.O_RDWR, 0)
	set := func(g *guest, fd int32, typ int16, start, n int64) error {
		return g.fcntl(fd, abi.F_SETLK, &abi.Flock{Type: typ, Start: start, Len: n})
	}
	for i := range int64(512) {
		a.do("lock", set(a, fa, abi.F_RDLCK, 10*i, 5))
		b.do("lock", set(b, fb, abi.F_RDLCK, 10*i, 5))
	}
	count(1024)
	for g, fd := range map[*guest]int32{a: fa, b: fb} {
		if err := set(g, fd, abi.F_WRLCK, 1e6, 1); err != abi.ENOLCK {
			t.Errorf("a lock too many: %v", err)
		}
		if err := g.flock(fd, abi.LOCK_SH); err != abi.ENOLCK {
			t.Errorf("a flock too many: %v", err)
		}
	}
	root.do("root's lock", set(root, fr, abi.F_RDLCK, 1e6, 1))
	a.do("the middle of a lock", set(a, fa, abi.F_UNLCK, 2, 1))
	count(1025)
	a.do("two locks given up", set(a, fa, abi.F_UNLCK, 0, 10))
	count(1023)
	a.do("a lock that joins two", set(a, fa, abi.F_RDLCK, 15, 5))
	count(1022)
	a.close(fa)
	count(512)
	b.do("flock", b.flock(fb, abi.LOCK_SH))
	count(513)
	b.close(fb)
	count(0)
}
