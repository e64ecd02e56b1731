package ext2fs

import (
	"bytes"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestDirect: what is written with O_DIRECT is on the device when the call
// returns, neither that nor what is read so stays in memory, and the cache of
// others agrees with it.
func TestDirect(t *testing.T) {
	for _, f := range flavors {
		t.Run(f.name, func(t *testing.T) {
			image := mkfs(t, 16<<20, f.args...)
			g := boot(t, image, kernel.Config{})
			g.mount(0)
			cached := g.mustOpen("/mnt/f", abi.O_CREAT|abi.O_RDWR, 0o644)
			d := g.mustOpen("/mnt/f", abi.O_RDWR|abi.O_DIRECT, 0)
			want := make([]byte, 200_000)
			r := rand.New(rand.NewPCG(1, 2))
			for i := range 60 {
				fd := []int32{cached, d}[i%2]
				off, n := r.IntN(len(want)-9000), 1+r.IntN(9000)
				p := bytes.Repeat([]byte{byte(i + 1)}, n)
				copy(want[off:], p)
				if k, err := g.pwrite(fd, p, int64(off)); k != n || err != nil {
					t.Fatal(k, err)
				}
				got := make([]byte, 10_000)
				off = r.IntN(len(want) - len(got))
				k, err := g.pread([]int32{cached, d}[i/2%2], got, int64(off))
				if err != nil || !bytes.Equal(got[:k], want[off:off+k]) {
					t.Fatalf("read of %d at %d: not what was written (%v)", k, off, err)
				}
			}
			mark := bytes.Repeat([]byte("on the device "), 600)
			if _, err := g.pwrite(d, mark, 300_000); err != nil {
				t.Fatal(err)
			}
			if disk, err := os.ReadFile(image); err != nil || !bytes.Contains(disk, mark[:500]) {
				t.Errorf("the device has not what was written (%v)", err)
			}
			g.close(d)
			g.close(cached)
			g.put("/mnt/large", make([]byte, 1<<20))
			g.unmount()
			fsck(t, image)
			g.mount(0)
			large := g.mustOpen("/mnt/large", abi.O_RDONLY|abi.O_DIRECT, 0)
			before := g.b.Mem.Used()
			for off := int64(0); off < 1<<20; off += 4096 {
				if n, err := g.pread(large, make([]byte, 4096), off); n != 4096 || err != nil {
					t.Fatal(n, err)
				}
			}
			if used := g.b.Mem.Used() - before; used > 1<<18 {
				t.Errorf("%d bytes stay in memory", used)
			}
			g.close(large)
			g.unmount()
		})
	}
}
