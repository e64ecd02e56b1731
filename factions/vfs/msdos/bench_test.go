package msdos

import (
	"strconv"
	"testing"

	"github.com/rumpkit/rumpkit/factions/vfs/msdos/mkfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
)

func benchVolume(b *testing.B) *guest {
	image := newImage(b, 600<<20, mkfs.Options{Bits: 32})
	g := boot(b, image, kernel.Config{})
	g.do("mount", g.mount(0))
	return g
}

// BenchmarkStream writes and reads 256 MiB in pieces of 64 KiB.
func BenchmarkStream(b *testing.B) {
	g := benchVolume(b)
	const size, piece = 256 << 20, 64 << 10
	f, err := g.open("/m/f", abi.O_RDWR|abi.O_CREAT)
	g.do("open", err)
	defer f.Drop(g.l)
	ops, buf := f.Ops.(file.Positioned), make([]byte, piece)
	b.Run("write", func(b *testing.B) {
		b.SetBytes(piece)
		for i := range b.N {
			if _, err := ops.WriteAt(g.l, f, buf, int64(i)*piece%size); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(piece)
		for i := range b.N {
			if _, err := ops.ReadAt(g.l, f, buf, int64(i)*piece%size); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read-4K", func(b *testing.B) {
		b.SetBytes(4096)
		for i := range b.N {
			if _, err := ops.ReadAt(g.l, f, buf[:4096], int64(i)*4096%(16<<20)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkNames makes, looks at and removes files, 10 000 to a directory.
func BenchmarkNames(b *testing.B) {
	g := benchVolume(b)
	name := func(i int) string {
		return "/m/d" + strconv.Itoa(i/10000) + "/a file with number " + strconv.Itoa(i)
	}
	made := 0
	b.Run("create", func(b *testing.B) {
		for made = 0; made < b.N; made++ {
			if made%10000 == 0 {
				_ = g.mkdir("/m/d" + strconv.Itoa(made/10000))
			}
			g.do("create", g.mkfile(name(made)))
		}
	})
	b.Run("stat", func(b *testing.B) {
		for i := range b.N {
			g.stat(name(i * 7 % made))
		}
	})
}
