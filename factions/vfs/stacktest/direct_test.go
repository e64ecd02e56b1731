package stacktest

import (
	"bytes"
	"os"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
)

// TestDirect: through layers too, what is written with O_DIRECT is on the device
// when the call returns, and what is read so does not stay in memory.
func TestDirect(t *testing.T) {
	g := boot(t, 0)
	for _, dir := range []string{"/a", "/b", "/c", "/e"} {
		g.do("mkdir", g.v.Mkdir(g.l, dir, 0o755))
	}
	layers := []layer{{"ext2fs", "/ext", "/a"}, {"null", "/a", "/b"}, {"above", "/b", "/c"}, {"null", "/c", "/e"}}
	for _, m := range layers {
		g.do("mount "+m.on, g.mount(m))
	}
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	for _, m := range layers {
		name := m.on + "/f"
		mark := bytes.Repeat([]byte("written through "+m.on+" "), 300)
		fd, err := g.v.SysOpen(g.l, str(name), abi.O_CREAT|abi.O_RDWR|abi.O_DIRECT, 0o644)
		g.do("open "+name, err)
		_, err = g.v.SysPwrite(g.l, fd, in(mark), 1<<21)
		g.do("write", err)
		if disk, err := os.ReadFile(g.image); err != nil || !bytes.Contains(disk, mark[:900]) {
			t.Errorf("%s: the device has not what was written (%v)", name, err)
		}
		_, err = g.v.SysPwrite(g.l, fd, in(large), 0)
		g.do("write", err)
		before := g.b.Mem.Used()
		for off := 0; off < len(large); off += 4096 {
			p := make([]byte, 4096)
			if n, err := g.v.SysPread(g.l, fd, out(p), int64(off)); n != len(p) || err != nil || !bytes.Equal(p, large[off:off+n]) {
				t.Fatalf("%s: %d bytes at %d, %v", name, n, off, err)
			}
		}
		if used := g.b.Mem.Used() - before; used > 1<<17 {
			t.Errorf("%s: %d bytes stay in memory", name, used)
		}
		g.do("close", file.Of(g.l).Close(g.l, fd))
	}
	for i := range layers {
		g.do("unmount", g.v.SysUnmount(g.l, str(layers[len(layers)-1-i].on), 0))
	}
}
