package ext2fs

import (
	"bytes"
	"strconv"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
)

// TestMemoryLimit: a kernel with little memory does the same, and stays within
// it.
func TestMemoryLimit(t *testing.T) {
	image := mkfs(t, 64<<20, "-t", "ext4", "-b", "1024", "-N", "4000")
	const limit = 2 << 20
	g := boot(t, image, kernel.Config{MemLimit: limit})
	g.mount(0)
	big := pattern(8<<20, 1)
	g.put("/mnt/big", big)
	for i := range 1500 {
		g.put("/mnt/f"+strconv.Itoa(i), big[:i])
		if used := g.b.Mem.Used(); used > limit {
			t.Fatalf("%d bytes in use", used)
		}
	}
	if got := g.take("/mnt/big"); !bytes.Equal(got, big) {
		t.Error("big has changed")
	}
	g.unmount()
	fsck(t, image)
	// Others' need comes before what is only cached.
	g.mount(0)
	for i := range 1500 {
		if got := g.take("/mnt/f" + strconv.Itoa(i)); !bytes.Equal(got, big[:i]) {
			t.Errorf("f%d has changed", i)
		}
	}
	g.do("sync", g.v.SysSync(g.l))
	free := int64(limit) - g.b.Mem.Used()
	if err := g.b.Mem.Reserve(free + 64<<10); err != nil {
		t.Errorf("the cache gives nothing back: %v", err)
	} else {
		g.b.Mem.Release(free + 64<<10)
	}
	g.unmount()
	fsck(t, image)
}
