package ext2fs

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// mounted returns a guest with a fresh ext4 of size bytes on /mnt.
func mounted(b *testing.B, size int64, args ...string) *guest {
	b.Helper()
	g := boot(b, mkfs(b, size, append([]string{"-t", "ext4", "-b", "4096"}, args...)...), kernel.Config{})
	g.mount(0)
	b.Cleanup(func() { g.b.Close() })
	return g
}

func BenchmarkCreate(b *testing.B) {
	g := mounted(b, 1<<30, "-N", "400000")
	for i := 0; b.Loop(); i++ {
		g.close(g.mustOpen("/mnt/f"+strconv.Itoa(i%300_000), abi.O_CREAT|abi.O_RDWR, 0o600))
	}
}

// BenchmarkLookup asks for names at random, of a directory of few and of one of
// many, all of them warm.
func BenchmarkLookup(b *testing.B) {
	g := mounted(b, 1<<30, "-N", "200000")
	for _, n := range []int{100, 100_000} {
		dir := "/mnt/" + strconv.Itoa(n)
		g.mkdir(dir)
		for i := range n {
			g.close(g.mustOpen(dir+"/"+strconv.Itoa(i), abi.O_CREAT|abi.O_RDWR, 0o600))
		}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			var st abi.Stat
			r := rand.New(rand.NewPCG(1, 1))
			for b.Loop() {
				g.do("stat", g.v.SysLstat50(g.l, str(dir+"/"+strconv.Itoa(r.IntN(n))), outOf(&st)))
			}
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	g := mounted(b, 1<<30)
	fd := g.mustOpen("/mnt/f", abi.O_CREAT|abi.O_RDWR, 0o600)
	buf := make([]byte, 64<<10)
	b.SetBytes(int64(len(buf)))
	for i := int64(0); b.Loop(); i++ {
		if n, err := g.pwrite(fd, buf, i%8192*int64(len(buf))); n != len(buf) || err != nil {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	g := mounted(b, 1<<30)
	fd := g.mustOpen("/mnt/f", abi.O_CREAT|abi.O_RDWR, 0o600)
	buf := make([]byte, 64<<10)
	for i := range int64(4096) {
		_, _ = g.pwrite(fd, buf, i*int64(len(buf)))
	}
	b.SetBytes(int64(len(buf)))
	for i := int64(0); b.Loop(); i++ {
		if n, err := g.pread(fd, buf, i%4096*int64(len(buf))); n != len(buf) || err != nil {
			b.Fatal(n, err)
		}
	}
}
