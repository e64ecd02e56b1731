package msdos

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/factions/vfs/msdos/mkfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestStorm has clients make, move, read and remove the same few files at
// once. The volume is in order after it.
func TestStorm(t *testing.T) {
	image := newImage(t, 16<<20, mkfs.Options{Bits: 16})
	g := boot(t, image, kernel.Config{})
	g.do("mount", g.mount(0))
	for i := range 3 {
		g.do("mkdir", g.mkdir("/m/d"+strconv.Itoa(i)))
	}
	var wg sync.WaitGroup
	for c := range 4 {
		_, l, err := g.b.NewGuest("client")
		g.do("client", err)
		mine := *g
		mine.l = l
		wg.Go(func() { mine.storm(rand.New(rand.NewPCG(1, uint64(c)))) })
	}
	wg.Wait()
	g.do("sync", g.v.SysSync(g.l))
	g.do("unmount", g.unmount())
	fsck(t, image)
}

func (g *guest) storm(rng *rand.Rand) {
	path := func() string {
		p := "/m"
		for range 1 + rng.IntN(3) {
			p += "/d" + strconv.Itoa(rng.IntN(3))
		}
		return p
	}
	buf := make([]byte, 20000)
	for range 1500 {
		p := path()
		switch rng.IntN(9) {
		case 0, 1:
			_ = g.mkdir(p)
		case 2:
			_ = g.write(p+"/a file", int64(rng.IntN(50000)), buf[:rng.IntN(len(buf))])
		case 3:
			_, _ = g.read(p + "/a file")
		case 4:
			_ = g.rename(p, path())
		case 5:
			_ = g.rename(p+"/a file", path()+"/A FILE")
		case 6:
			_ = g.unlink(p + "/a file")
			_ = g.rmdir(p)
		case 7:
			_, _ = g.tryList(p, 512)
		case 8:
			_ = g.v.SysTruncate(g.l, str(p+"/a file"), int64(rng.IntN(60000)))
			if f, err := g.open(p, abi.O_RDONLY); err == nil {
				_ = f.Drop(g.l)
			}
		}
	}
}
