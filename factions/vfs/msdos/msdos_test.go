package msdos

import (
	"bytes"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/factions/vfs/msdos/mkfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// fsck judges an image, where dosfstools is installed.
func fsck(t reporter, image string) {
	t.Helper()
	tool, err := exec.LookPath("fsck.vfat")
	if err != nil {
		t.Logf("fsck.vfat is not installed: the image is not judged")
		return
	}
	if out, err := exec.Command(tool, "-n", image).CombinedOutput(); err != nil {
		t.Errorf("fsck.vfat: %v\n%s", err, out)
	}
}

// volumes are those the tests run on.
var volumes = map[string]struct {
	size int64
	o    mkfs.Options
}{
	"FAT12":      {2 << 20, mkfs.Options{Bits: 12}},
	"FAT16":      {16 << 20, mkfs.Options{Bits: 16}},
	"FAT32":      {40 << 20, mkfs.Options{Bits: 32}},
	"FAT32-big":  {300 << 20, mkfs.Options{Bits: 32, ClusterSize: 4096, Label: "BIG"}},
	"4K-sectors": {64 << 20, mkfs.Options{Bits: 16, SectorSize: 4096}},
}

// TestVolumes makes files in each kind and finds them after a remount.
func TestVolumes(t *testing.T) {
	for name, c := range volumes {
		t.Run(name, func(t *testing.T) {
			image := newImage(t, c.size, c.o)
			fsck(t, image)
			g := boot(t, image, kernel.Config{})
			g.do("mount", g.mount(0))
			long := strings.Repeat("0123456789abcdef", 20000)
			g.put("/m/Short.txt", "hello")
			g.put("/m/a rather long name with spaces.text", long)
			g.put("/m/ÄÖ 日本語 𝄞.txt", "unicode")
			g.do("mkdir", g.mkdir("/m/dir"))
			for i := range 100 {
				g.put("/m/dir/file number "+strconv.Itoa(i), strconv.Itoa(i))
			}
			check := func() {
				t.Helper()
				if got := g.take("/m/short.TXT"); got != "hello" {
					t.Errorf("short.txt holds %q", got)
				}
				if g.take("/m/a rather long name with spaces.text") != long {
					t.Error("the long file is not what was written")
				}
				if got := g.take("/m/ÄÖ 日本語 𝄞.txt"); got != "unicode" {
					t.Errorf("it holds %q", got)
				}
				for i := range 100 {
					if got := g.take("/m/dir/file number " + strconv.Itoa(i)); got != strconv.Itoa(i) {
						t.Errorf("%d holds %q", i, got)
					}
				}
				if n := len(g.list("/m/dir", 512)); n != 100 {
					t.Errorf("%d names in dir", n)
				}
				want := []string{"Short.txt", "a rather long name with spaces.text", "dir", "ÄÖ 日本語 𝄞.txt"}
				if got := g.list("/m", 512); !slices.Equal(slices.Sorted(slices.Values(got)), want) {
					t.Errorf("the root holds %q", got)
				}
			}
			check()
			g.do("unmount", g.unmount())
			fsck(t, image)
			g.do("mount", g.mount(0))
			check()
			g.do("unmount", g.unmount())
			fsck(t, image)
			if used := g.b.Mem.Used(); used > 16384 {
				t.Errorf("%d bytes in use after the unmount", used)
			}
		})
	}
}

func TestRename(t *testing.T) {
	image := newImage(t, 16<<20, mkfs.Options{Bits: 16})
	g := boot(t, image, kernel.Config{})
	g.do("mount", g.mount(0))
	g.put("/m/foo", "foo")
	g.do("respell", g.rename("/m/foo", "/m/FOO"))
	if got := g.list("/m", 512); !slices.Equal(got, []string{"FOO"}) {
		t.Errorf("after FOO: %q", got)
	}
	g.do("respell", g.rename("/m/FOO", "/m/Foo"))
	if got := g.list("/m", 512); !slices.Equal(got, []string{"Foo"}) || g.take("/m/foo") != "foo" {
		t.Errorf("after Foo: %q", got)
	}
	g.do("mkdir", g.mkdir("/m/a"))
	g.do("mkdir", g.mkdir("/m/b"))
	g.do("mkdir", g.mkdir("/m/a/sub"))
	g.put("/m/a/sub/file", "deep")
	g.do("move", g.rename("/m/a/sub", "/m/b/moved here with a long name"))
	if st := g.stat("/m/b/moved here with a long name/.."); st.Ino != g.stat("/m/b").Ino {
		t.Error(".. is not b")
	}
	g.do("to the root", g.rename("/m/b/moved here with a long name", "/m/top"))
	if got := g.take("/m/top/file"); got != "deep" {
		t.Errorf("it holds %q", got)
	}
	g.put("/m/b/x", "x")
	g.do("over", g.rename("/m/b/x", "/m/foo"))
	if got := g.take("/m/Foo"); got != "x" {
		t.Errorf("Foo holds %q", got)
	}
	for _, c := range []struct {
		from, to string
		want     error
	}{
		{"/m/a", "/m/a/in", abi.EINVAL}, {"/m/a", "/m/foo", abi.ENOTDIR}, {"/m/foo", "/m/a", abi.EISDIR},
		{"/m/a", "/m/top", abi.ENOTEMPTY}, {"/m/none", "/m/x", abi.ENOENT}, {"/m/foo", "/m/a:b", abi.EINVAL},
	} {
		if err := g.rename(c.from, c.to); err != c.want {
			t.Errorf("rename %s %s: %v, want %v", c.from, c.to, err, c.want)
		}
	}
	g.do("unmount", g.unmount())
	fsck(t, image)
	g.do("mount", g.mount(0))
	if got := g.list("/m", 512); !slices.Equal(slices.Sorted(slices.Values(got)), []string{"Foo", "a", "b", "top"}) {
		t.Errorf("after a remount: %q", got)
	}
}

func TestUnlinkedAndOpen(t *testing.T) {
	image := newImage(t, 2<<20, mkfs.Options{})
	g := boot(t, image, kernel.Config{})
	g.do("mount", g.mount(0))
	var before, during, after abi.Statvfs
	g.do("statvfs", g.v.Mounts()[1].FS.Statvfs(&before))
	data := bytes.Repeat([]byte("data"), 20000)
	g.do("write", g.write("/m/f", 0, data))
	f, err := g.open("/m/f", abi.O_RDWR)
	g.do("open", err)
	g.do("unlink", g.unlink("/m/f"))
	g.put("/m/f", "another")
	buf := make([]byte, 8)
	if n, err := f.Ops.Read(g.l, f, buf); n != 8 || string(buf) != "datadata" || err != nil {
		t.Errorf("read %d %q %v", n, buf, err)
	}
	g.do("unlink", g.unlink("/m/f"))
	g.do("statvfs", g.v.Mounts()[1].FS.Statvfs(&during))
	g.do("close", f.Drop(g.l))
	g.do("statvfs", g.v.Mounts()[1].FS.Statvfs(&after))
	if during.Bfree >= before.Bfree || after.Bfree != before.Bfree {
		t.Errorf("free before %d, while open %d, after %d", before.Bfree, during.Bfree, after.Bfree)
	}
	g.do("unmount", g.unmount())
	fsck(t, image)
}

func TestFull(t *testing.T) {
	image := newImage(t, 1<<20, mkfs.Options{})
	g := boot(t, image, kernel.Config{})
	g.do("mount", g.mount(0))
	g.do("write", g.write("/m/a", 0, make([]byte, 500<<10)))
	if err := g.write("/m/b", 0, make([]byte, 700<<10)); err != abi.ENOSPC {
		t.Errorf("a file too large: %v", err)
	}
	if st := g.stat("/m/b"); st.Size != 0 || st.Blocks != 0 {
		t.Errorf("it has %d bytes", st.Size)
	}
	if err := g.v.SysTruncate(g.l, str("/m/a"), 2<<20); err != abi.ENOSPC {
		t.Errorf("truncate: %v", err)
	}
	if err := g.v.SysTruncate(g.l, str("/m/a"), 1<<32); err != abi.EFBIG {
		t.Errorf("truncate to 4 GiB: %v", err)
	}
	if err := g.write("/m/a", 1<<32-1, []byte{1}); err != abi.EFBIG {
		t.Errorf("write at 4 GiB: %v", err)
	}
	var err error
	n := 0
	for ; err == nil; n++ {
		err = g.write("/m/file"+strconv.Itoa(n), 0, nil)
	}
	if err != abi.ENOSPC || n < 300 {
		t.Errorf("after %d files in the root: %v", n, err)
	}
	g.do("unmount", g.unmount())
	fsck(t, image)
}

// TestNumbers: a file in use has a number of its own, whatever becomes of its
// entry and of others.
func TestNumbers(t *testing.T) {
	g := boot(t, newImage(t, 16<<20, mkfs.Options{Bits: 16}), kernel.Config{})
	g.do("mount", g.mount(0))
	for _, name := range []string{"one", "two"} {
		g.put("/m/"+name, name)
	}
	one, two := g.stat("/m/one").Ino, g.stat("/m/two").Ino
	f, err := g.v.Open(g.l, "/m/two", abi.O_RDONLY, 0)
	g.do("open", err)
	g.do("over", g.rename("/m/one", "/m/two"))
	g.put("/m/three", "three") // where one was
	var st abi.Stat
	g.do("stat", f.Ops.Stat(g.l, f, &st))
	moved, three := g.stat("/m/two").Ino, g.stat("/m/three").Ino
	if st.Ino != two || moved != one || three == one || three == two {
		t.Errorf("numbers %d, %d; replaced and open %d, moved %d, new %d", one, two, st.Ino, moved, three)
	}
	g.do("close", f.Drop(g.l))
	g.do("move", g.rename("/m/three", "/m/four"))
	if got := g.stat("/m/four").Ino; got != three {
		t.Errorf("%d became %d", three, got)
	}
	g.do("unlink", g.v.SysUnlink(g.l, str("/m/four")))
	g.do("unmount", g.unmount())
}
