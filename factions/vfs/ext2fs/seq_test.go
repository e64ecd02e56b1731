// Sequential reading and writing beside the host's own driver on the same
// image.
package ext2fs

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// seqSize is how much is moved in one go.
const seqSize = 1 << 30

// BenchmarkSequential moves a file of 1 GiB in pieces of several sizes: by us,
// and by the host where it can mount the image.
func BenchmarkSequential(b *testing.B) {
	image := mkfs(b, 2<<30, "-t", "ext4", "-b", "4096")
	fill(b, image)
	for _, piece := range []int{4 << 10, 64 << 10, 1 << 20} {
		name := strconv.Itoa(piece>>10) + "K"
		b.Run("ours/"+name, func(b *testing.B) { seqOurs(b, image, piece) })
		b.Run("host/"+name, func(b *testing.B) { seqHost(b, image, piece) })
	}
}

// fill has the host allocate all of a sparse image.
func fill(b *testing.B, image string) {
	f, err := os.OpenFile(image, os.O_RDWR, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	buf := make([]byte, 1<<20)
	for off := int64(0); ; off += int64(len(buf)) {
		if n, _ := f.ReadAt(buf, off); n == 0 {
			return
		}
		if _, err := f.WriteAt(buf, off); err != nil {
			b.Fatal(err)
		}
	}
}

// seqReport reports bytes for each second under a name.
func seqReport(b *testing.B, name string, fn func()) {
	start := b.Elapsed()
	fn()
	b.ReportMetric(seqSize/float64(1<<20)/(b.Elapsed()-start).Seconds(), name+"-MiB/s")
}

func seqOurs(b *testing.B, image string, piece int) {
	g := boot(b, image, kernel.Config{})
	g.mount(0)
	buf := pattern(piece, 1)
	for b.Loop() {
		fd := g.mustOpen("/mnt/seq", abi.O_CREAT|abi.O_TRUNC|abi.O_RDWR, 0o600)
		seqReport(b, "write", func() {
			for off := 0; off < seqSize; off += piece {
				if n, err := g.pwrite(fd, buf, int64(off)); n != piece || err != nil {
					b.Fatal(n, err)
				}
			}
		})
		seqReport(b, "fsync", func() { g.do("fsync", g.v.SysFsync(g.l, fd)) })
		g.close(fd)
		g.unmount()
		g.mount(0)
		fd = g.mustOpen("/mnt/seq", abi.O_RDONLY, 0)
		for _, name := range []string{"read", "again"} {
			seqReport(b, name, func() {
				for off := 0; off < seqSize; off += piece {
					if n, err := g.pread(fd, buf, int64(off)); n != piece || err != nil {
						b.Fatal(n, err)
					}
				}
			})
		}
		g.close(fd)
	}
	g.unmount()
}

func seqHost(b *testing.B, image string, piece int) {
	dir := b.TempDir()
	buf := pattern(piece, 1)
	for b.Loop() {
		if !hasLoop(b, image, dir, "rw") {
			b.Skip("no loop mounts here")
		}
		f, err := os.Create(filepath.Join(dir, "seq"))
		if err != nil {
			b.Fatal(err)
		}
		seqReport(b, "write", func() {
			for off := 0; off < seqSize; off += piece {
				_, _ = f.WriteAt(buf, int64(off))
			}
		})
		seqReport(b, "fsync", func() { _ = f.Sync() })
		f.Close()
		run(b, nil, "umount", dir)
		hasLoop(b, image, dir, "rw")
		f, _ = os.Open(filepath.Join(dir, "seq"))
		for _, name := range []string{"read", "again"} {
			seqReport(b, name, func() {
				for off := 0; off < seqSize; off += piece {
					_, _ = f.ReadAt(buf, int64(off))
				}
			})
		}
		f.Close()
		run(b, nil, "umount", dir)
	}
}
