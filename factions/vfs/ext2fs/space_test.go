// What happens when there is no more room, and to files without a name.
package ext2fs

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

func (g *guest) statvfs() (st abi.Statvfs) {
	g.t.Helper()
	g.do("statvfs", g.v.SysStatvfs1(g.l, str("/mnt"), outOf(&st), 0))
	return st
}

func TestFull(t *testing.T) {
	for _, f := range flavors {
		t.Run(f.name, func(t *testing.T) {
			image := mkfs(t, 12<<20, append(f.args[:len(f.args):len(f.args)], "-N", "128")...)
			g := boot(t, image, kernel.Config{})
			g.mount(0)
			before := g.statvfs()
			fd := g.mustOpen("/mnt/f", abi.O_CREAT|abi.O_RDWR, 0o600)
			size, err := int64(0), error(nil)
			for err == nil {
				var n int
				n, err = g.pwrite(fd, make([]byte, 100_000), size)
				size += int64(n)
			}
			if err != abi.ENOSPC || size < 5<<20 {
				t.Errorf("%v after %d bytes", err, size)
			}
			if st := g.statvfs(); st.Bfree != 0 {
				t.Errorf("%d blocks free", st.Bfree)
			}
			if err := g.v.SysMkdir(g.l, str("/mnt/d"), 0o700); err != abi.ENOSPC && f.name != "ext4-inline" { // which takes no block for it
				t.Errorf("mkdir: %v", err)
			}
			for i, err := 0, error(nil); err == nil && i < 2000; i++ { // until the directory cannot grow
				_, err = g.open("/mnt/long-name-"+strconv.Itoa(i), abi.O_CREAT|abi.O_RDWR, 0o600)
			}
			if e, _ := g.v.SysPosixFallocate(g.l, fd, 20<<20, 5<<20); abi.Errno(e) != abi.ENOSPC {
				t.Errorf("fallocate: %d", e)
			}
			g.do("truncate", g.v.SysFtruncate(g.l, fd, 1<<20))
			if n, err := g.pwrite(fd, make([]byte, 1<<20), 2<<20); n != 1<<20 || err != nil {
				t.Errorf("after the cut: %d, %v", n, err)
			}
			g.do("unlink", g.v.SysUnlink(g.l, str("/mnt/f")))
			g.close(fd)
			g.endGuest()
			if after := g.statvfs(); after.Bfree+40 < before.Bfree {
				t.Errorf("%d blocks free, %d before", after.Bfree, before.Bfree)
			}
			g.unmount()
			fsck(t, image)
		})
	}
}

// endGuest closes everything the guest has open, and starts another one.
func (g *guest) endGuest() {
	g.t.Helper()
	g.b.Procs.Kill(g.l, g.l.Proc())
	_, l, err := g.b.NewGuest("test")
	if err != nil {
		g.t.Fatal(err)
	}
	g.l = l
}

func TestUnlinkedOpen(t *testing.T) {
	for _, f := range flavors {
		t.Run(f.name, func(t *testing.T) {
			image := mkfs(t, 16<<20, f.args...)
			rec := &recorder{Host: hypercall.Real()}
			first, err := os.ReadFile(image)
			if err != nil {
				t.Fatal(err)
			}
			g := boot(t, image, kernel.Config{Host: rec})
			g.mount(0)
			big := pattern(1<<20, 3)
			var fds []int32
			for i := range 5 {
				p := "/mnt/f" + strconv.Itoa(i)
				g.put(p, big)
				fds = append(fds, g.mustOpen(p, abi.O_RDWR, 0))
				g.do("unlink", g.v.SysUnlink(g.l, str(p)))
			}
			g.do("sync", g.v.SysSync(g.l))
			cut := rec.count()
			buf := make([]byte, len(big))
			for _, i := range []int{2, 0, 4, 1, 3} { // off the list in any order
				if n, err := g.pread(fds[i], buf, 0); n != len(big) || err != nil || !bytes.Equal(buf, big) {
					t.Errorf("%d: %d, %v", i, n, err)
				}
				g.close(fds[i])
			}
			g.unmount()
			fsck(t, image)
			// A crash while they were open: the next mount frees them.
			path := filepath.Join(t.TempDir(), "cut")
			if err := os.WriteFile(path, cutImage(first, rec.ops, cut, func(n int) int { return n }), 0o600); err != nil {
				t.Fatal(err)
			}
			g2 := boot(t, path, kernel.Config{})
			g2.mount(0)
			if st := g2.statvfs(); st.Bfree*st.Frsize < 8<<20 {
				t.Errorf("%d bytes free", st.Bfree*st.Frsize)
			}
			g2.unmount()
			fsck(t, path)
		})
	}
}
