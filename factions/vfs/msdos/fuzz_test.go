package msdos

import (
	"strconv"
	"testing"

	"github.com/rumpkit/rumpkit/factions/vfs/msdos/mkfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// simDisk is the name of the image on a simulated host.
const simDisk = "img"

// memory is an image in memory.
type memory []byte

func (m memory) WriteAt(p []byte, off int64) (int, error) { return copy(m[off:], p), nil }

// bootSim boots a kernel on a simulated host with that image.
func bootSim(t testing.TB, image []byte, limit int64) (*guest, *hypercall.Sim) {
	t.Helper()
	host := hypercall.NewSim(1)
	host.AddFile(simDisk, hypercall.KindRegular, image)
	return boot(t, simDisk, kernel.Config{Host: host, MemLimit: limit}), host
}

// fuzzBases returns a small volume of each kind with a few files in it.
func fuzzBases(t testing.TB) [][]byte {
	var list [][]byte
	for _, c := range []struct {
		size int64
		bits int
	}{{128 << 10, 12}, {2200 << 10, 16}, {192 << 10, 32}} {
		image := make(memory, c.size)
		if err := mkfs.Format(image, c.size, mkfs.Options{Bits: c.bits, ClusterSize: 512, RootEntries: 64}); err != nil {
			t.Fatal(err)
		}
		g, host := bootSim(t, image, 0)
		g.do("mount", g.mount(0))
		fillVolume(g)
		g.do("unmount", g.unmount())
		list = append(list, host.FileContent(simDisk))
		g.b.Close()
	}
	return list
}

func fillVolume(g *guest) {
	g.do("mkdir", g.mkdir("/m/dir"))
	g.do("mkdir", g.mkdir("/m/dir/below with a long name"))
	g.do("write", g.write("/m/a", 0, make([]byte, 5000)))
	g.do("write", g.write("/m/a", 5000, make([]byte, 2000)))
	for i := range 20 {
		g.put("/m/dir/some file "+strconv.Itoa(i), "contents")
	}
	g.put("/m/dir/below with a long name/X.Y", "deep")
}

// mutate changes bytes of an image: each four bytes of data name a place and
// what to put there.
func mutate(base, data []byte) []byte {
	image := append([]byte(nil), base...)
	fat := int(le.Uint16(base[14:])) * int(le.Uint16(base[11:]))
	for ; len(data) >= 4; data = data[4:] {
		at := int(le.Uint16(data[1:]))
		switch data[0] % 4 {
		case 0:
			at %= 90
		case 1:
			at = fat + at%256
		case 2:
			at = len(image) * at / 65536
		case 3:
			at = fat + at%20000
		}
		image[at%len(image)] = data[3]
	}
	return image
}

// FuzzImage mounts broken volumes, reads and changes all it finds: there are
// only errors, and no memory is kept.
func FuzzImage(f *testing.F) {
	bases := fuzzBases(f)
	for kind := range bases {
		f.Add(uint8(kind), []byte{})
		f.Add(uint8(kind), []byte{1, 6, 0, 3, 1, 12, 0, 3, 1, 4, 0, 2})
		f.Add(uint8(kind), []byte{0, 13, 0, 128, 0, 11, 0, 16})
	}
	f.Fuzz(func(t *testing.T, kind uint8, data []byte) {
		base := bases[int(kind)%len(bases)]
		g, _ := bootSim(t, mutate(base, data[:min(len(data), 400)]), 64<<20)
		defer g.b.Close()
		before := g.b.Mem.Used()
		if g.mount(0) != nil {
			return
		}
		left := 500
		g.disturb("/m", 0, &left)
		g.do("unmount", g.v.SysUnmount(g.l, str("/m"), abi.MNT_FORCE))
		if used := g.b.Mem.Used(); used > before+65536 {
			t.Errorf("%d bytes in use, %d before", used, before)
		}
	})
}

// disturb reads and changes what is in a directory, left things at most.
func (g *guest) disturb(path string, depth int, left *int) {
	names, err := g.tryList(path, 4096)
	if err != nil || len(names) < 2 {
		return
	}
	for i, name := range names[2:] {
		if *left--; *left < 0 || depth > 12 {
			return
		}
		p := path + "/" + name
		vp, err := g.v.Lookup(g.l, p)
		if err != nil {
			_ = g.rename(p, path+"/other")
			_ = g.unlink(p)
			continue
		}
		isDir := vp.IsDir()
		vp.Unref()
		if isDir {
			g.disturb(p, depth+1, left)
			_ = g.rename(p, "/m/moved"+strconv.Itoa(i))
			_ = g.rmdir(p)
			continue
		}
		g.disturbFile(p, i)
	}
	_ = g.mkdir(path + "/a new directory")
	_ = g.write(path+"/a new directory/and a file in it", 0, make([]byte, 3000))
	_ = g.rename(path+"/a new directory", "/m/there")
}

func (g *guest) disturbFile(p string, i int) {
	st := g.stat(p)
	if st.Size < 1<<20 {
		_, _ = g.read(p)
	}
	switch i % 4 {
	case 0:
		_ = g.write(p, min(st.Size, 1<<20), make([]byte, 3000))
	case 1:
		_ = g.v.SysTruncate(g.l, str(p), st.Size/2)
	case 2:
		_ = g.rename(p, p+" renamed")
	case 3:
		_ = g.unlink(p)
	}
}
