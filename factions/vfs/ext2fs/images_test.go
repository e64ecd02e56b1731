// Small images made by mke2fs and, one of them, by Linux, which never
// unmounted it: for tests that need no tool.
package ext2fs

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// images are the names under testdata.
var images = []string{"ext2", "ext4", "csum", "dirty", "inline", "clusters"}

func imageBytes(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".img.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// simulate boots a kernel on a simulated host with an image in memory.
func simulate(t testing.TB, img []byte) (*guest, *hypercall.Sim) {
	t.Helper()
	host := hypercall.NewSim(1)
	host.AddFile("image", hypercall.KindRegular, img)
	return boot(t, "image", kernel.Config{Host: host}), host
}

// lines returns what seq(1) prints.
func lines(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		b.WriteString(strconv.Itoa(i+1) + "\n")
	}
	return b.Bytes()
}

func TestCommittedImages(t *testing.T) {
	for _, name := range images {
		for _, flags := range []int32{abi.MNT_RDONLY, 0} {
			img := imageBytes(t, name)
			g, host := simulate(t, img)
			g.mount(flags)
			small := "/mnt/small"
			if name == "dirty" {
				small = "/mnt/moved"
				checkReplayed(t, g)
			}
			if got := g.take(small); string(got) != "hello\n" {
				t.Errorf("%s: small is %q", name, got)
			}
			if got := g.take("/mnt/big"); !bytes.Equal(got, lines(12000)) {
				t.Errorf("%s: big has %d bytes", name, len(got))
			}
			if st := g.stat("/mnt/d/null"); st.Rdev != abi.Makedev(1, 3) || st.Mode&abi.S_IFMT != abi.S_IFCHR {
				t.Errorf("%s: null is %#x, mode %o", name, st.Rdev, st.Mode)
			}
			if st := g.stat("/mnt/d/fifo"); st.Mode&abi.S_IFMT != abi.S_IFIFO {
				t.Errorf("%s: fifo has mode %o", name, st.Mode)
			}
			g.unmount()
			after := host.FileContent("image")
			if flags == abi.MNT_RDONLY && !bytes.Equal(img, after) {
				t.Errorf("%s: a read-only mount changed the image", name)
			}
			if p := after[superOffset:]; flags == 0 && (le.Uint16(p[sbState:]) != stateValid || le.Uint32(p[sbIncompat:])&featRecover != 0) {
				t.Errorf("%s: not clean after unmount", name)
			}
			g.b.Close()
		}
	}
}

// checkReplayed looks for what is only in the journal.
func checkReplayed(t *testing.T, g *guest) {
	t.Helper()
	if n := len(g.list("/mnt/new", 1000)); n != 60 {
		t.Errorf("new holds %d names", n)
	}
	if got := g.take("/mnt/new/f60"); string(got) != "60\n" {
		t.Errorf("f60 is %q", got)
	}
	if n := len(g.list("/mnt/many", 1000)); n != 140 {
		t.Errorf("many holds %d names", n)
	}
	if _, err := g.open("/mnt/d/e", abi.O_RDONLY, 0); err != abi.ENOENT {
		t.Errorf("d/e: %v", err)
	}
}

func TestUpdate(t *testing.T) {
	for _, name := range images {
		g, host := simulate(t, imageBytes(t, name))
		g.mount(abi.MNT_RDONLY)
		if _, err := g.open("/mnt/x", abi.O_CREAT|abi.O_RDWR, 0o600); err != abi.EROFS {
			t.Errorf("%s: create: %v", name, err)
		}
		fd := g.mustOpen("/mnt/big", abi.O_RDONLY, 0)
		g.do("update", g.mountOf("/disk", abi.MNT_UPDATE))
		g.put("/mnt/x", []byte("new"))
		g.do("update", g.mountOf("/disk", abi.MNT_UPDATE|abi.MNT_RDONLY))
		if got := g.take("/mnt/x"); string(got) != "new" {
			t.Errorf("%s: x is %q", name, got)
		}
		g.close(fd)
		p := host.FileContent("image")[superOffset:]
		if le.Uint16(p[sbState:]) != stateValid || le.Uint32(p[sbIncompat:])&featRecover != 0 {
			t.Errorf("%s: not clean when read-only again", name)
		}
		g.unmount()
		g.b.Close()
	}
}

func TestMountRefused(t *testing.T) {
	img := imageBytes(t, "ext4")
	change := func(off int, v uint32) []byte {
		b := bytes.Clone(img)
		le.PutUint32(b[superOffset+off:], v)
		return b
	}
	incompat, ro := le.Uint32(img[superOffset+sbIncompat:]), le.Uint32(img[superOffset+sbRoCompat:])
	for _, c := range []struct {
		name string
		img  []byte
		want error
		says string
	}{
		{"no magic", change(sbMagic, 0), abi.EINVAL, ""},
		{"empty", make([]byte, 512), abi.EINVAL, ""},
		{"features", change(sbIncompat, incompat|0x10000|0x20000), abi.EINVAL, "features not supported: encrypt casefold\n"},
		{"ro features", change(sbRoCompat, ro|0x100), nil, "read-only for its features: quota\n"},
		{"cut off", img[:1<<20], abi.EINVAL, ""},
	} {
		g, host := simulate(t, c.img)
		if err := g.mountOf("/disk", 0); err != c.want {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if !bytes.HasSuffix([]byte(host.Console()), []byte(c.says)) {
			t.Errorf("%s: the console says %q", c.name, host.Console())
		}
		g.b.Close()
	}
	g, _ := simulate(t, img)
	if err := g.mountOf("/tmp", 0); err != abi.ENOTBLK {
		t.Errorf("a directory: %v", err)
	}
	if err := g.mountOf("/none", 0); err != abi.ENOENT {
		t.Errorf("no device: %v", err)
	}
}
