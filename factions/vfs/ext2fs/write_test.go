package ext2fs

import (
	"bytes"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestWrite(t *testing.T) {
	for _, f := range flavors {
		t.Run(f.name, func(t *testing.T) {
			image := mkfs(t, 64<<20, f.args...)
			g := boot(t, image, kernel.Config{})
			g.mount(0)
			big := pattern(3<<20+17, 1)
			g.put("/mnt/big", big)
			g.mkdir("/mnt/d")
			g.put("/mnt/d/small", []byte("hello"))
			g.do("symlink", g.v.SysSymlink(g.l, str("d/small"), str("/mnt/fast")))
			long := strings.Repeat("./", 100) + "d/small"
			g.do("symlink", g.v.SysSymlink(g.l, str(long), str("/mnt/slow")))
			g.do("link", g.v.SysLink(g.l, str("/mnt/big"), str("/mnt/d/big2")))
			g.do("mknod", g.v.SysMknod50(g.l, str("/mnt/dev"), abi.S_IFCHR|0o600, abi.Makedev(5, 300)))
			g.put("/mnt/gone", big)
			g.do("unlink", g.v.SysUnlink(g.l, str("/mnt/gone")))
			for i := range 300 {
				g.put("/mnt/d/file-number-"+strconv.Itoa(i), []byte(strconv.Itoa(i)))
			}
			g.do("rename", g.v.SysRename(g.l, str("/mnt/d/small"), str("/mnt/d/moved")))
			g.mkdir("/mnt/e")
			g.do("rename", g.v.SysRename(g.l, str("/mnt/d"), str("/mnt/e/d")))
			g.unmount()
			fsck(t, image)
			g.mount(abi.MNT_RDONLY)
			if got := g.take("/mnt/big"); !bytes.Equal(got, big) {
				t.Error("big has changed")
			}
			if got := g.take("/mnt/e/d/moved"); string(got) != "hello" {
				t.Errorf("moved: %q", got)
			}
			if s, err := g.readlink("/mnt/slow"); s != long || err != nil {
				t.Errorf("slow: %q, %v", s, err)
			}
			if s, err := g.readlink("/mnt/fast"); s != "d/small" || err != nil {
				t.Errorf("fast: %q, %v", s, err)
			}
			if st := g.stat("/mnt/dev"); st.Rdev != abi.Makedev(5, 300) {
				t.Errorf("device %#x", st.Rdev)
			}
			if st := g.stat("/mnt/big"); st.Nlink != 2 {
				t.Errorf("%d links", st.Nlink)
			}
			names := g.list("/mnt/e/d", 4096)
			if len(names) != 302 || !slices.Contains(names, "file-number-299") {
				t.Errorf("%d names", len(names))
			}
			g.unmount()
			b := run(t, nil, "debugfs", "-R", "cat /e/d/moved", image)
			if b = strings.TrimRight(b, "\x00"); !strings.HasSuffix(b, "hello") { // it shows all an inode holds
				t.Errorf("debugfs reads %q", b)
			}
		})
	}
}

// TestManyNames: directories with thousands of names, entered and taken out.
func TestManyNames(t *testing.T) {
	for _, f := range flavors {
		if f.name == "ext2-4k" || f.name == "ext3-1k" || f.name == "ext4-clusters" {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			n := 12000
			image := mkfs(t, 64<<20, append(slices.Clone(f.args), "-N", "20000")...)
			g := boot(t, image, kernel.Config{})
			g.mount(0)
			g.mkdir("/mnt/d")
			name := func(i int) string { return "/mnt/d/" + strings.Repeat("n", i%50) + strconv.Itoa(i) }
			for i := range n {
				g.close(g.mustOpen(name(i), abi.O_CREAT|abi.O_EXCL|abi.O_RDWR, 0o600))
			}
			for i := 0; i < n; i += 3 {
				g.do("unlink", g.v.SysUnlink(g.l, str(name(i))))
			}
			for i := 0; i < n; i += 6 {
				g.close(g.mustOpen(name(i), abi.O_CREAT|abi.O_EXCL|abi.O_RDWR, 0o600))
			}
			g.unmount()
			fsck(t, image)
			g.mount(0)
			names := g.list("/mnt/d", 3000)
			slices.Sort(names)
			if want := n*2/3 + n/6; len(names) != want || len(slices.Compact(names)) != want {
				t.Errorf("%d names, want %d", len(names), want)
			}
			for i := range n {
				_, err := g.open(name(i)+"", abi.O_RDONLY|abi.O_DIRECTORY, 0)
				if i%6 == 3 && err != abi.ENOENT || i%6 != 3 && err != abi.ENOTDIR {
					t.Fatalf("%s: %v", name(i), err)
				}
			}
			for _, s := range names {
				g.do("unlink", g.v.SysUnlink(g.l, str("/mnt/d/"+s)))
			}
			g.do("rmdir", g.v.SysRmdir(g.l, str("/mnt/d")))
			g.unmount()
			fsck(t, image)
		})
	}
}

func TestSparseLarge(t *testing.T) {
	for _, f := range flavors {
		t.Run(f.name, func(t *testing.T) {
			image := mkfs(t, 64<<20, f.args...)
			g := boot(t, image, kernel.Config{})
			g.mount(0)
			offs := []int64{0, 100 << 10, 70 << 20, 5<<30 + 12345, 9 << 30}
			fd := g.mustOpen("/mnt/f", abi.O_CREAT|abi.O_RDWR, 0o600)
			for i, off := range offs {
				if n, err := g.pwrite(fd, pattern(9000, uint32(i)), off); n != 9000 || err != nil {
					t.Fatalf("write at %d: %d, %v", off, n, err)
				}
			}
			g.close(fd)
			g.unmount()
			fsck(t, image)
			g.mount(0)
			fd = g.mustOpen("/mnt/f", abi.O_RDWR, 0)
			buf := make([]byte, 9000)
			for i, off := range offs {
				if n, err := g.pread(fd, buf, off); n != 9000 || err != nil || !bytes.Equal(buf, pattern(9000, uint32(i))) {
					t.Errorf("read at %d: %d, %v", off, n, err)
				}
			}
			if st := g.stat("/mnt/f"); st.Size != 9<<30+9000 {
				t.Errorf("size %d", st.Size)
			}
			g.do("truncate", g.v.SysFtruncate(g.l, fd, 70<<20+5))
			g.do("truncate", g.v.SysFtruncate(g.l, fd, 80<<20))
			if n, err := g.pread(fd, buf, 70<<20); n != 9000 || err != nil || !bytes.Equal(buf[:5], pattern(5, 2)) ||
				bytes.Count(buf[5:], []byte{0}) != 8995 {
				t.Errorf("after the cut: %d, %v", n, err)
			}
			g.close(fd)
			g.unmount()
			fsck(t, image)
		})
	}
}

// hasLoop mounts an image by the host's own driver, if it can.
func hasLoop(t testing.TB, image, dir, opts string) bool {
	t.Helper()
	if err := exec.Command("mount", "-o", "loop,"+opts, image, dir).Run(); err != nil {
		return false
	}
	return true
}
