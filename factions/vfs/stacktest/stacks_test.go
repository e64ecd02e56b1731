package stacktest

import (
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
)

// stacks are trees of file systems: the directories that are made, what is
// mounted, in order, and the names by which it is used. More is a layer that
// comes and goes meanwhile.
var stacks = []struct {
	name   string
	layers []layer
	roots  []string
	more   layer
}{
	{"null", []layer{{"null", "/a", "/b"}},
		[]string{"/a", "/b"}, layer{"null", "/b", "/m"}},
	{"null over null", []layer{{"tmpfs", "", "/a"}, {"null", "/a/d0", "/b"}, {"null", "/b", "/c"}},
		[]string{"/a", "/b", "/c"}, layer{"above", "/c", "/m"}},
	{"union", []layer{{"above", "/a", "/b"}},
		[]string{"/a", "/b", "/b"}, layer{"null", "/b", "/m"}},
	{"null over union over null", []layer{{"ext2fs", "/ext", "/a"}, {"null", "/a", "/b"}, {"tmpfs", "", "/e"}, {"above", "/b", "/e"}, {"null", "/e", "/c"}},
		[]string{"/a", "/b", "/c", "/c", "/e"}, layer{"below", "/a", "/m"}},
	{"union of one file system", []layer{{"tmpfs", "", "/a"}, {"above", "/a/d0", "/a/d1"}},
		[]string{"/a", "/a/d0", "/a/d1"}, layer{"null", "/a/d1", "/m"}},
	{"union in itself", []layer{{"below", "/a", "/a/d0"}},
		[]string{"/a", "/a/d0"}, layer{"above", "/a", "/m"}},
	{"union above what it is in", []layer{{"above", "/a", "/a/d0"}, {"null", "/a/d0", "/b"}},
		[]string{"/a", "/a/d0", "/b"}, layer{"below", "/a", "/m"}},
	{"ext2fs", []layer{{"ext2fs", "/ext", "/a"}, {"null", "/a", "/b"}, {"null", "/b", "/c"}, {"above", "/a/d0", "/e"}},
		[]string{"/a", "/b", "/c", "/e"}, layer{"above", "/c", "/m"}},
	{"msdos", []layer{{"msdos", "/fat", "/a"}, {"null", "/a", "/b"}, {"above", "/b", "/c"}},
		[]string{"/a", "/b", "/c"}, layer{"null", "/c", "/m"}},
}

// TestStacks has clients make all kinds of calls on each stack, while a further
// layer comes and goes. Nothing may hang, and at the end everything can be
// unmounted: nobody has kept what he used. RUMPKIT_STACKS is for how long each
// stack is used, as in "1m", and RUMPKIT_SEED the seed.
func TestStacks(t *testing.T) {
	for _, ncpu := range []int{0, 1} {
		for _, s := range stacks {
			t.Run(s.name+"/"+strconv.Itoa(ncpu), func(t *testing.T) {
				g := boot(t, ncpu)
				for _, dir := range []string{"/a", "/b", "/c", "/e", "/m"} {
					g.do("mkdir", g.v.Mkdir(g.l, dir, 0o777))
				}
				for _, m := range s.layers {
					for _, dir := range []string{"/a/d0", "/a/d1"} {
						_ = g.v.Mkdir(g.l, dir, 0o777)
					}
					g.do("mount "+m.on, g.mount(m))
				}
				g.storm(s.roots, s.more)
				for i := len(s.layers) - 1; i >= 0; i-- {
					on := s.layers[i].on
					g.do("unmount "+on, g.call(func() error { return g.v.SysUnmount(g.l, str(on), 0) }))
				}
			})
		}
	}
}

// storm has six clients make calls, and a seventh mount and unmount.
func (g *guest) storm(roots []string, more layer) {
	seed := uint64(1)
	if s, err := strconv.ParseUint(os.Getenv("RUMPKIT_SEED"), 10, 64); err == nil {
		seed = s
	}
	var end time.Time
	if d, err := time.ParseDuration(os.Getenv("RUMPKIT_STACKS")); err == nil {
		end = time.Now().Add(d)
	}
	var wg sync.WaitGroup
	var over atomic.Bool
	for i := range uint64(6) {
		c := &caller{guest: g.another(), r: rand.New(rand.NewPCG(seed, i)), roots: append([]string{more.on}, roots...), buf: make([]byte, 700)}
		var err error
		c.kq, err = c.b.SysKqueue1(c.l, 0)
		g.do("kqueue", err)
		wg.Go(func() {
			for n := 0; n < 150 || time.Now().Before(end); n++ {
				c.step()
			}
			g.do("close", file.Of(c.l).Close(c.l, c.kq))
		})
	}
	m := g.another()
	var mounts sync.WaitGroup
	mounts.Go(func() {
		r := rand.New(rand.NewPCG(seed, 6))
		off := func(flags int32) error {
			return m.call(func() error { return m.v.SysUnmount(m.l, str(more.on), flags) })
		}
		for !over.Load() {
			_ = m.mount(more)
			time.Sleep(time.Duration(r.IntN(3)) * time.Millisecond)
			if off(0) != nil { // or several would pile up
				_ = off(abi.MNT_FORCE)
			}
		}
		_ = off(abi.MNT_FORCE)
	})
	wg.Wait()
	over.Store(true)
	mounts.Wait()
}
