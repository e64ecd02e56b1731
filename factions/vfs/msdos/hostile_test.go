package msdos

import (
	"strconv"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/factions/vfs/msdos/mkfs"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// hostile is a volume whose bytes a test spoils.
type hostile struct {
	geometry
	memory
}

func newHostile(t *testing.T) *hostile {
	t.Helper()
	image := make(memory, 2200<<10)
	if err := mkfs.Format(image, int64(len(image)), mkfs.Options{Bits: 16, ClusterSize: 512}); err != nil {
		t.Fatal(err)
	}
	g, host := bootSim(t, image, 0)
	g.do("mount", g.mount(0))
	g.do("mkdir", g.mkdir("/m/d"))
	g.do("mkdir", g.mkdir("/m/d/e"))
	g.put("/m/f", "contents")
	g.do("write", g.write("/m/f", 0, make([]byte, 3000)))
	g.do("unmount", g.unmount())
	h := &hostile{memory: host.FileContent(simDisk)}
	var err error
	if h.geometry, err = readGeometry(h.memory, int64(len(h.memory))); err != nil {
		t.Fatal(err)
	}
	return h
}

// start returns the first cluster of a short name in the root.
func (h *hostile) start(name string) uint32 { return uint32(le.Uint16(h.entry(name)[startLow:])) }

func (h *hostile) entry(name string) []byte {
	for at := h.rootOff; ; at += dirEntSize {
		if e := h.memory[at:][:dirEntSize]; string(e[:len(name)]) == name {
			return e
		}
	}
}

func (h *hostile) link(from, to uint32) { h.kind.put(h.memory[h.fatOff+int64(from)*2:], from, to) }

// TestHostile reads and changes volumes that are wrong in one way each: there
// are errors where they are touched, and the rest works.
func TestHostile(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(h *hostile)
		check func(g *guest) error
		want  error
	}{
		"a directory in a circle": {
			func(h *hostile) { h.link(h.start("D"), h.start("D")) },
			func(g *guest) error { _, err := g.tryList("/m/d", 512); return err }, abi.EIO},
		"a directory in itself": {
			func(h *hostile) {
				e := h.memory[h.at(h.start("D"))+2*dirEntSize:]
				le.PutUint16(e[startLow:], uint16(h.start("D")))
			},
			func(g *guest) error { return g.rmdir("/m/d/e") }, abi.EIO},
		"a directory nowhere": {
			func(h *hostile) { le.PutUint16(h.entry("D")[startLow:], 0xfff0) },
			func(g *guest) error { return g.mkdir("/m/d/x") }, abi.EIO},
		"a directory without a cluster": {
			func(h *hostile) { le.PutUint16(h.entry("D")[startLow:], 0) },
			func(g *guest) error { return g.rename("/m/d", "/m/x") }, abi.EIO},
		"a file that ends too soon": {
			func(h *hostile) { h.link(h.start("F"), endOfChain) },
			func(g *guest) error { _, err := g.read("/m/f"); return err }, abi.EIO},
		"a file that begins nowhere": {
			func(h *hostile) { le.PutUint16(h.entry("F")[startLow:], 1) },
			func(g *guest) error { _, err := g.read("/m/f"); return err }, abi.EIO},
		"a file in a circle": {
			func(h *hostile) {
				h.link(h.start("F"), h.start("F"))
				le.PutUint32(h.entry("F")[sizeField:], 0xffffffff)
			},
			func(g *guest) error { return g.unlink("/m/f") }, nil},
		"a free chain": {
			func(h *hostile) { h.link(h.start("F"), 0) },
			func(g *guest) error { return g.unlink("/m/f") }, nil},
		"a file cut in a circle": {
			func(h *hostile) { h.link(h.start("F"), h.start("F")) },
			func(g *guest) error { return g.v.SysTruncate(g.l, str("/m/f"), 100) }, nil},
	} {
		h := newHostile(t)
		c.spoil(h)
		g, _ := bootSim(t, h.memory, 0)
		g.do("mount", g.mount(0))
		if err := c.check(g); err != c.want {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		g.put("/m/other", "works")
		if got := g.take("/m/other"); got != "works" {
			t.Errorf("%s: another file holds %q", name, got)
		}
		g.do("unmount", g.unmount())
	}
}

// TestBadBoot mounts boot sectors that contradict themselves.
func TestBadBoot(t *testing.T) {
	good := newHostile(t).memory[:bootSize]
	for at, values := range map[int][]byte{
		11: {0, 1, 3, 0xff}, 12: {0, 1, 3, 0x20, 0xff}, 13: {0, 3, 255}, 16: {0, 5, 255}, 14: {0},
		18: {0xff}, 22: {0}, 23: {0xff},
	} {
		for _, v := range values {
			b := append([]byte(nil), good...)
			if b[at] = v; at == 22 {
				b[23] = 0
			}
			if g, err := readGeometry(b, 2200<<10); err == nil && (g.dataOff > 2200<<10 || g.end <= firstCluster) {
				t.Errorf("byte %d is %#x: taken as %+v", at, v, g)
			}
		}
	}
	g, _ := bootSim(t, make([]byte, 1<<20), 0)
	if err := g.mount(0); err != abi.EINVAL {
		t.Errorf("mount of zeros: %v", err)
	}
	g, _ = bootSim(t, make([]byte, 100), 0)
	if err := g.mount(0); err != abi.EINVAL {
		t.Errorf("mount of nearly nothing: %v", err)
	}
	for _, size := range []int64{512, 100 << 10} {
		if _, err := readGeometry(good, size); err != abi.EINVAL {
			t.Errorf("a disk of %d bytes: %v", size, err)
		}
	}
}

// TestMemory reads a large file with little memory.
func TestMemory(t *testing.T) {
	image := make(memory, 8<<20)
	if err := mkfs.Format(image, int64(len(image)), mkfs.Options{}); err != nil {
		t.Fatal(err)
	}
	g, _ := bootSim(t, image, 512<<10)
	g.do("mount", g.mount(0))
	for i := range 300 {
		g.do("write", g.write("/m/f", int64(i)*5000, make([]byte, 5000)))
	}
	if b, err := g.read("/m/f"); len(b) != 1500000 || err != nil {
		t.Errorf("read %d bytes, %v", len(b), err)
	}
	if used := g.b.Mem.Used(); used > 512<<10 {
		t.Errorf("%d bytes in use", used)
	}
	g.do("unmount", g.unmount())
}

// TestMemoryGivenBack: nothing is charged for a file system that is gone.
func TestMemoryGivenBack(t *testing.T) {
	image := make(memory, 8<<20)
	if err := mkfs.Format(image, int64(len(image)), mkfs.Options{}); err != nil {
		t.Fatal(err)
	}
	g, _ := bootSim(t, image, 0)
	before := g.b.Mem.Used()
	for round := range 3 {
		g.do("mount", g.mount(0))
		for i := range 100 {
			g.put("/m/file "+strconv.Itoa(i), strings.Repeat("x", 50*i))
			g.take("/m/file " + strconv.Itoa(i/2))
		}
		g.do("unmount", g.unmount())
		if used := g.b.Mem.Used(); used != before {
			t.Fatalf("%d bytes in use after unmount %d, %d before", used, round, before)
		}
	}
}
