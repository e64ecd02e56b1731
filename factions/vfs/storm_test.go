package vfs

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestStorm lets many lwps make, move and remove the same few names. Nothing
// may hang, and at the end the tree is whole: it can be removed, and nothing
// is left of it.
func TestStorm(t *testing.T) {
	g := boot(t, kernel.Config{})
	used := g.b.Mem.Used()
	g.mkdir("/s", 0o777)
	const workers, steps = 8, 1500
	var wg sync.WaitGroup
	for w := range workers {
		u := g.as(0, 0)
		wg.Go(func() { u.storm(rand.New(rand.NewPCG(uint64(w), 7)), steps) })
	}
	wg.Wait()
	g.removeAll("/s")
	if now := g.b.Mem.Used(); now != used {
		t.Errorf("%d bytes in use after everything is removed, %d before", now, used)
	}
}

// storm makes random calls on names three deep.
func (g *guest) storm(r *rand.Rand, steps int) {
	path := func() string {
		p := "/s"
		for range 1 + r.IntN(4) {
			p += "/" + string(rune('a'+r.IntN(3)))
		}
		return p
	}
	buf := make([]byte, 300)
	for range steps {
		p, q := path(), path()
		switch r.IntN(12) {
		case 0, 1, 2:
			_ = g.v.SysMkdir(g.l, str(p), 0o777)
		case 3, 4, 5, 6:
			_ = g.v.SysRename(g.l, str(p), str(q))
		case 7:
			_ = g.v.SysRmdir(g.l, str(p))
		case 8:
			_ = g.v.SysUnlink(g.l, str(p))
		case 9:
			_ = g.v.SysLink(g.l, str(p), str(q))
		case 10:
			_ = g.v.SysChdir(g.l, str(p))
			_, _ = g.v.SysGetcwd(g.l, out(buf))
			_ = g.v.SysChdir(g.l, str("/"))
		default:
			g.touch(p, buf)
		}
	}
}

// touch reads, writes or lists whatever p is.
func (g *guest) touch(p string, buf []byte) {
	fd, err := g.open(p, abi.O_CREAT|abi.O_RDWR, 0o666)
	if err == abi.EISDIR {
		if fd, err = g.open(p, abi.O_RDONLY, 0); err == nil {
			_, _ = g.v.SysGetdents30(g.l, fd, out(buf))
		}
	} else if err == nil {
		_, _ = g.v.SysPwrite(g.l, fd, in(buf), 1000)
		_, _ = g.v.SysPread(g.l, fd, out(buf), 900)
		_ = g.v.SysFtruncate(g.l, fd, 1100)
	}
	if err == nil {
		g.close(fd)
	}
}

// TestMountStorm mounts, uses and unmounts at once.
func TestMountStorm(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.mkdir("/m", 0o777)
	var wg sync.WaitGroup
	for w := range 4 {
		u := g.as(0, 0)
		wg.Go(func() {
			buf := make([]byte, 100)
			for i := range 500 {
				switch (i + w) % 4 {
				case 0:
					_ = u.mount("rumpfs", "/m", 0)
				case 1:
					_ = u.unmount("/m", int32(i%3/2*abi.MNT_FORCE))
				default:
					u.touch(fmt.Sprintf("/m/f%d", i%5), buf)
				}
			}
		})
	}
	wg.Wait()
	for g.unmount("/m", abi.MNT_FORCE) == nil {
	}
	if n := len(g.v.Mounts()); n != 1 {
		t.Errorf("%d mounts left", n)
	}
}

// TestSharedFile reads and writes one file from many lwps: a read never sees
// half of a write.
func TestSharedFile(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.put("/tmp/f", string(make([]byte, 4096)), 0o666)
	var wg sync.WaitGroup
	for w := range 4 {
		u := g.as(0, 0)
		wg.Go(func() {
			fd := u.mustOpen("/tmp/f", abi.O_RDWR, 0)
			buf := make([]byte, 4096)
			for range 300 {
				if w%2 == 0 {
					for i := range buf {
						buf[i] = byte(w)
					}
					_, _ = u.v.SysPwrite(u.l, fd, in(buf), 0)
					continue
				}
				_, _ = u.v.SysPread(u.l, fd, out(buf), 0)
				if buf[0] != buf[4095] {
					t.Errorf("%d and %d", buf[0], buf[4095])
				}
			}
		})
	}
	wg.Wait()
}
