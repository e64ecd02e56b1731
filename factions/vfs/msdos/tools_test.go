package msdos

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/factions/vfs/msdos/mkfs"
	"github.com/rumpkit/rumpkit/kernel"
)

// tool runs a program of the host, and skips the test where there is none.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// TestMkfsVfat reads and writes what mkfs.vfat makes.
func TestMkfsVfat(t *testing.T) {
	for _, c := range []struct {
		bits, size string
		args       []string
	}{
		{"12", "1440", nil}, {"16", "20480", nil}, {"32", "70000", nil}, {"16", "40000", []string{"-S", "2048"}},
		{"12", "2000", []string{"-f", "1"}}, {"32", "300000", []string{"-n", "LABEL", "-s", "16"}},
	} {
		image := filepath.Join(t.TempDir(), "img")
		tool(t, "mkfs.vfat", append(c.args, "-F", c.bits, "-C", image, c.size)...)
		g := boot(t, image, kernel.Config{})
		g.do("mount", g.mount(0))
		g.do("mkdir", g.mkdir("/m/a directory"))
		for i := range 200 {
			g.put("/m/a directory/this is file number "+strconv.Itoa(i), strings.Repeat("x", i*20))
		}
		for i := range 100 {
			g.do("unlink", g.unlink("/m/a directory/this is file number "+strconv.Itoa(i*2)))
		}
		g.do("unmount", g.unmount())
		fsck(t, image)
	}
}

// TestMtools exchanges files with mtools.
func TestMtools(t *testing.T) {
	image := newImage(t, 40<<20, mkfs.Options{Bits: 32, Label: "EXCHANGE"})
	host := filepath.Join(t.TempDir(), "host file")
	data := bytes.Repeat([]byte("from the host "), 5000)
	if err := os.WriteFile(host, data, 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, "mmd", "-i", image, "::/made by mtools")
	tool(t, "mcopy", "-i", image, host, "::/made by mtools/A Name With Capitals.text")
	tool(t, "mcopy", "-i", image, host, "::/lower.txt")
	g := boot(t, image, kernel.Config{})
	g.do("mount", g.mount(0))
	if got := g.take("/m/made by mtools/a name with capitals.TEXT"); got != string(data) {
		t.Errorf("%d bytes", len(got))
	}
	if got := g.list("/m", 4096); !slices.Equal(slices.Sorted(slices.Values(got)), []string{"lower.txt", "made by mtools"}) {
		t.Errorf("the root holds %q", got)
	}
	g.do("rename", g.rename("/m/lower.txt", "/m/made by mtools/Größe.TXT"))
	g.put("/m/made by mtools/small.c", "from here")
	g.do("unmount", g.unmount())
	fsck(t, image)
	if got := tool(t, "mtype", "-i", image, "::/made by mtools/small.c"); got != "from here" {
		t.Errorf("mtype: %q", got)
	}
	if got := tool(t, "mdir", "-b", "-i", image, "::/made by mtools"); !strings.Contains(got, "small.c") ||
		!strings.Contains(got, "A Name With Capitals.text") {
		t.Errorf("mdir: %s", got)
	}
}

// TestLoopMount has the host's own driver read what was written, and reads
// what it wrote.
func TestLoopMount(t *testing.T) {
	image := newImage(t, 40<<20, mkfs.Options{Bits: 32})
	g := boot(t, image, kernel.Config{})
	g.do("mount", g.mount(0))
	big := strings.Repeat("0123456789", 100000)
	g.put("/m/Big File.data", big)
	g.do("mkdir", g.mkdir("/m/Ordner für Dinge"))
	g.put("/m/Ordner für Dinge/kurz.txt", "kurz")
	g.do("unmount", g.unmount())
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-o", "loop,utf8", "-t", "vfat", image, dir).CombinedOutput(); err != nil {
		t.Skipf("no loop mounts here: %v %s", err, out)
	}
	mounted := true
	umount := func() {
		if mounted {
			mounted = false
			tool(t, "umount", dir)
		}
	}
	defer umount()
	if b, err := os.ReadFile(filepath.Join(dir, "big file.DATA")); err != nil || string(b) != big {
		t.Errorf("the host reads %d bytes, %v", len(b), err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "Ordner für Dinge/kurz.txt")); err != nil || string(b) != "kurz" {
		t.Errorf("the host reads %q, %v", b, err)
	}
	if err := os.Rename(filepath.Join(dir, "Big File.data"), filepath.Join(dir, "Ordner für Dinge/Moved By Host")); err != nil {
		t.Error(err)
	}
	umount()
	fsck(t, image)
	g.do("mount", g.mount(0))
	if g.take("/m/Ordner für Dinge/Moved By Host") != big {
		t.Error("what the host moved is not what it was")
	}
	g.do("unmount", g.unmount())
}

// TestLargeDirectory fills a directory as far as its size allows: 65536
// entries, here of one place each.
func TestLargeDirectory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	image := newImage(t, 300<<20, mkfs.Options{Bits: 32})
	g := boot(t, image, kernel.Config{})
	g.do("mount", g.mount(0))
	g.do("mkdir", g.mkdir("/m/d"))
	n := 0
	for ; ; n++ {
		if err := g.mkfile("/m/d/f" + strconv.Itoa(n)); err != nil {
			break
		}
	}
	if n != maxSlots-2 {
		t.Errorf("%d files in a directory", n)
	}
	g.do("unmount", g.unmount())
	g.do("mount", g.mount(0))
	for i := range 1000 {
		g.stat("/m/d/f" + strconv.Itoa(i*60))
	}
	if got := len(g.list("/m/d", 65536)); got != n {
		t.Errorf("%d are listed", got)
	}
	g.do("unmount", g.unmount())
}

// mkfile makes an empty file.
func (g *guest) mkfile(path string) error { return g.write(path, 0, nil) }
