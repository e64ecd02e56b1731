package ext2fs

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// flavor is a file system as mke2fs makes it with some arguments.
type flavor struct {
	name string
	args []string
}

// flavors are the file systems that tests go through.
var flavors = []flavor{
	{"ext4-1k", []string{"-t", "ext4", "-b", "1024"}},
	{"ext4-4k", []string{"-t", "ext4", "-b", "4096"}},
	{"ext3-1k", []string{"-t", "ext3", "-b", "1024"}},
	{"ext2-1k", []string{"-t", "ext2", "-b", "1024"}},
	{"ext2-4k", []string{"-t", "ext2", "-b", "4096"}},
	{"ext4-inline", []string{"-t", "ext4", "-b", "1024", "-O", "inline_data,ea_inode"}},
	{"ext4-clusters", []string{"-t", "ext4", "-b", "1024", "-C", "8192", "-O", "bigalloc"}},
	{"ext4-128", []string{"-t", "ext4", "-b", "1024", "-I", "128", "-O", "^64bit,^metadata_csum,uninit_bg"}},
}

// populate fills a directory of the host for mke2fs -d.
func populate(t *testing.T) (dir string, files map[string][]byte) {
	t.Helper()
	dir = t.TempDir()
	files = map[string][]byte{
		"empty": {}, "small": []byte("hello\n"), "big": pattern(3<<20+17, 1), "d/e/f/deep": []byte("deep"),
	}
	for i := range 1500 {
		files["many/a-name-that-is-rather-long-"+strconv.Itoa(i)] = []byte(strconv.Itoa(i))
	}
	for name, p := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, p, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	sparse, err := os.Create(filepath.Join(dir, "sparse"))
	if err != nil {
		t.Fatal(err)
	}
	defer sparse.Close()
	for _, off := range []int64{0, 5 << 20, 300 << 20} {
		if _, err := sparse.WriteAt(pattern(5000, uint32(off>>20)), off); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"fast": "small", "slow": string(bytes.Repeat([]byte("./"), 100)) + "small"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, files
}

func TestReadImages(t *testing.T) {
	tool(t, "mke2fs")
	dir, files := populate(t)
	for _, f := range flavors {
		t.Run(f.name, func(t *testing.T) {
			image := mkfs(t, 64<<20, append(slices.Clone(f.args), "-d", dir)...)
			run(t, nil, "e2fsck", "-fyD", image) // indexes the directories
			before, _ := os.ReadFile(image)
			g := boot(t, image, kernel.Config{})
			g.mount(abi.MNT_RDONLY)
			checkPopulated(t, g, files)
			g.unmount()
			if after, _ := os.ReadFile(image); !bytes.Equal(before, after) {
				t.Error("a read-only mount changed the image")
			}
		})
	}
}

func checkPopulated(t *testing.T, g *guest, files map[string][]byte) {
	t.Helper()
	for name, want := range files {
		if got := g.take("/mnt/" + name); !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d, or other ones", name, len(got), len(want))
		}
	}
	if got := g.take("/mnt/slow"); string(got) != "hello\n" {
		t.Errorf("through a slow link: %q", got)
	}
	if got, err := g.readlink("/mnt/fast"); got != "small" || err != nil {
		t.Errorf("a fast link: %q, %v", got, err)
	}
	checkSparse(t, g)
	for _, size := range []int{512, 8192, 65536} {
		names := g.list("/mnt/many", size)
		slices.Sort(names)
		if n := len(slices.Compact(slices.Clone(names))); n != 1500 || len(names) != 1500 {
			t.Errorf("listed %d names, %d of them different", len(names), n)
		}
	}
	if _, err := g.open("/mnt/many/none", abi.O_RDONLY, 0); err != abi.ENOENT {
		t.Errorf("a name that is not there: %v", err)
	}
	if st := g.stat("/mnt/small"); st.Mode != abi.S_IFREG|0o640 || st.Size != 6 || st.Nlink != 1 {
		t.Errorf("mode %o size %d links %d", st.Mode, st.Size, st.Nlink)
	}
	if g.stat("/mnt/d/..").Ino != g.stat("/mnt").Ino {
		t.Error("d/.. is elsewhere")
	}
}

func checkSparse(t *testing.T, g *guest) {
	t.Helper()
	fd := g.mustOpen("/mnt/sparse", abi.O_RDONLY, 0)
	defer g.close(fd)
	buf := make([]byte, 5000)
	for _, off := range []int64{0, 5 << 20, 300 << 20} {
		if n, err := g.pread(fd, buf, off); n != 5000 || err != nil || !bytes.Equal(buf, pattern(5000, uint32(off>>20))) {
			t.Errorf("at %d: %d, %v, or other bytes", off, n, err)
		}
		if n, err := g.pread(fd, buf, off+1<<20); off < 300<<20 && (n != 5000 || err != nil || bytes.Count(buf, []byte{0}) != 5000) {
			t.Errorf("the hole after %d: %d, %v", off, n, err)
		}
	}
}
