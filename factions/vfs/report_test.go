package vfs

import (
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// A dump names the locks of open files, and vnodes that were locked.
func TestDumpNamesLocks(t *testing.T) {
	a := boot(t, kernel.Config{})
	b := a.as(0, 0)
	a.put("/tmp/f", "0123456789", 0o666)
	a.put("/tmp/g", "0123456789", 0o666)
	fa, fb := a.mustOpen("/tmp/f", abi.O_RDWR, 0), b.mustOpen("/tmp/g", abi.O_RDWR, 0)
	a.do("lock", a.fcntl(fa, abi.F_SETLK, &abi.Flock{Start: 2, Len: 3, Type: abi.F_WRLCK}))
	b.do("flock", b.flock(fb, abi.LOCK_SH))
	_, vp, err := openVnodeOf(b.l, fb)
	b.do("its vnode", err)
	vp.Lock()
	a.v.root.RLock()
	text := a.v.report()
	a.v.root.RUnlock()
	vp.Unlock()
	for _, want := range []string{
		" the root of / is locked shared\n",
		" file 3 of process 2 on / has an exclusive lock of process 2 from byte 2 to 4\n",
		" file 3 of process 3 on / is locked exclusively\n",
		" file 3 of process 3 on / has a shared lock of flock\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not told in:\n%s", want, text)
		}
	}
	a.b.Shutdown(abi.RB_DUMP)
	if text := a.b.Dump(); !strings.Contains(text, "locks:\n file 3 of process 2 on / has an exclusive lock") {
		t.Errorf("the dump is:\n%s", text)
	}
}
