package ext2fs

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

var inlineArgs = []string{"-t", "ext4", "-b", "1024", "-O", "inline_data,ea_inode"}

// inline reports what a path's inode holds itself, and its blocks.
func (g *guest) inline(path string) (bool, int64) {
	g.t.Helper()
	n, done := g.attrs(path)
	defer done()
	st, err := n.Attr()
	g.do("stat", err)
	return n.isInline(), st.Blocks
}

// TestInlineFiles: a file leaves its inode when it grows, or takes space.
func TestInlineFiles(t *testing.T) {
	image := mkfs(t, 16<<20, inlineArgs...)
	g := boot(t, image, kernel.Config{})
	g.mount(0)
	change := func(fn func(fd int32) error) {
		t.Helper()
		fd := g.mustOpen("/mnt/f", abi.O_CREAT|abi.O_RDWR, 0o644)
		g.do("change", fn(fd))
		g.close(fd)
	}
	write := func(n, off int) func(fd int32) error {
		return func(fd int32) error {
			_, err := g.pwrite(fd, pattern(n, uint32(off)), int64(off))
			return err
		}
	}
	truncate := func(n int64) func(fd int32) error {
		return func(fd int32) error { return g.v.SysFtruncate(g.l, fd, n) }
	}
	var want []byte
	for _, c := range []struct {
		what   string
		fn     func(fd int32) error
		inline bool
		edit   func()
	}{
		{"a few bytes", write(20, 0), true, func() { want = pattern(20, 0) }},
		{"more than the first part", write(70, 10), true, func() { want = append(want[:10:10], pattern(70, 10)...) }},
		{"a gap", write(5, 100), true, func() { want = append(append(want, make([]byte, 20)...), pattern(5, 100)...) }},
		{"shorter", truncate(65), true, func() { want = want[:65] }},
		{"longer", truncate(110), true, func() { want = append(want, make([]byte, 45)...) }},
		{"a hole", func(fd int32) error { return g.v.SysFdiscard(g.l, fd, 5, 60) }, true, func() { clear(want[5:65]) }},
		{"too long", write(200, 50), false, func() { want = append(want[:50:50], pattern(200, 50)...) }},
		{"nothing", truncate(0), false, func() { want = nil }},
		{"a little again", write(9, 0), true, func() { want = pattern(9, 0) }},
		{"a hole beyond", truncate(5000), false, func() { want = append(want, make([]byte, 4991)...) }},
		{"nothing again", truncate(0), false, func() { want = nil }},
		{"and a little", write(9, 0), true, func() { want = pattern(9, 0) }},
		{"space", func(fd int32) error {
			_, err := g.v.SysPosixFallocate(g.l, fd, 0, 9)
			return err
		}, false, func() {}},
	} {
		change(c.fn)
		c.edit()
		want = slices.Clone(want)
		for range 2 {
			if got := g.take("/mnt/f"); !bytes.Equal(got, want) {
				t.Fatalf("%s: %q, want %q", c.what, got, want)
			}
			if in, blocks := g.inline("/mnt/f"); in != c.inline || in && blocks != 0 {
				t.Errorf("%s: inline %v, %d sectors", c.what, in, blocks)
			}
			g.unmount()
			fsck(t, image)
			g.mount(0)
		}
	}
}

// TestInlineDirs: a directory leaves its inode when its entries need more room,
// and a listing that began before goes on.
func TestInlineDirs(t *testing.T) {
	for _, more := range [][]string{nil, {"-O", "inline_data,^dir_index"}} {
		image := mkfs(t, 16<<20, append(slices.Clone(inlineArgs), more...)...)
		g := boot(t, image, kernel.Config{})
		g.mount(0)
		g.mkdir("/mnt/d")
		g.mkdir("/mnt/other")
		for i := range 4 {
			g.put("/mnt/d/"+strconv.Itoa(i), nil)
		}
		g.do("unlink", g.v.SysUnlink(g.l, str("/mnt/d/1")))
		if in, _ := g.inline("/mnt/d"); !in {
			t.Error("four names are too many")
		}
		g.do("rename", g.v.SysRename(g.l, str("/mnt/d"), str("/mnt/other/d")))
		fd := g.mustOpen("/mnt/other/d", abi.O_RDONLY, 0)
		buf := make([]byte, 100)
		var got []string
		read := func() bool {
			n, err := g.v.SysGetdents30(g.l, fd, out(buf))
			g.do("getdents", err)
			for b := buf[:n]; len(b) > 0; b = b[int(b[8])|int(b[9])<<8:] {
				got = append(got, string(b[abi.DirentNameOffset:][:int(b[10])|int(b[11])<<8]))
			}
			return n > 0
		}
		read()
		for i := range 40 {
			g.put("/mnt/other/d/a-new-name-"+strconv.Itoa(i), nil)
		}
		for read() {
		}
		g.close(fd)
		for _, name := range []string{".", "..", "0", "2", "3"} {
			if n := len(slices.DeleteFunc(slices.Clone(got), func(s string) bool { return s != name })); n != 1 {
				t.Errorf("%s was listed %d times: %q", name, n, got)
			}
		}
		if in, _ := g.inline("/mnt/other/d"); in {
			t.Error("it is still in its inode")
		}
		if n := len(g.list("/mnt/other/d", 512)); n != 43 {
			t.Errorf("%d names", n)
		}
		if g.stat("/mnt/other/d/..").Ino != g.stat("/mnt/other").Ino || g.stat("/mnt/other/..").Ino != g.stat("/mnt").Ino {
			t.Error(".. is elsewhere")
		}
		g.unmount()
		fsck(t, image)
	}
}

// TestLargeValues: values in inodes, which host and we set, share and remove.
func TestLargeValues(t *testing.T) {
	image, dir := mkfs(t, 32<<20, inlineArgs...), t.TempDir()
	g := boot(t, image, kernel.Config{})
	const user = abi.EXTATTR_NAMESPACE_USER
	ours, theirs := pattern(64<<10, 1), pattern(5000, 2)
	g.mount(0)
	g.put("/mnt/f", nil)
	n, done := g.attrs("/mnt/f")
	g.do("set", n.SetXattr(user, "user.ours", pattern(3000, 4)))
	g.do("replace", n.SetXattr(user, "user.ours", ours))
	if err := n.SetXattr(user, "user.more", make([]byte, 64<<10+1)); err != abi.ENOSPC {
		t.Errorf("one that is too large: %v", err)
	}
	done()
	g.unmount()
	fsck(t, image)
	if !hasLoop(t, image, dir, "rw") {
		t.Skip("no loop mounts here")
	}
	got := make([]byte, 70_000)
	if c, err := unix.Getxattr(filepath.Join(dir, "f"), "user.ours", got); err != nil || !bytes.Equal(got[:max(c, 0)], ours) {
		t.Errorf("the host reads %d bytes, %v", c, err)
	}
	for _, s := range []string{"a", "b", "c"} { // one value
		err := os.WriteFile(filepath.Join(dir, s), nil, 0o600)
		if err == nil {
			err = unix.Setxattr(filepath.Join(dir, s), "user.theirs", theirs, 0)
		}
		if err != nil {
			t.Error(err)
		}
	}
	run(t, nil, "umount", dir)
	g.mount(0)
	for i, s := range []string{"a", "b"} {
		n, done := g.attrs("/mnt/" + s)
		if v, err := n.Xattr(user, "user.theirs"); err != nil || !bytes.Equal(v, theirs) {
			t.Errorf("%s: %d bytes, %v", s, len(v), err)
		}
		if i == 0 {
			g.do("replace", n.SetXattr(user, "user.theirs", []byte("small")))
		}
		done()
	}
	g.do("unlink", g.v.SysUnlink(g.l, str("/mnt/b")))
	n, done = g.attrs("/mnt/c")
	if v, err := n.Xattr(user, "user.theirs"); err != nil || !bytes.Equal(v, theirs) {
		t.Errorf("c: %d bytes, %v", len(v), err)
	}
	done()
	g.do("unlink", g.v.SysUnlink(g.l, str("/mnt/f")))
	g.unmount()
	fsck(t, image)
}
