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

// TestMemoryGivenBack: nothing is charged for a file system that is gone,
// whatever was done with it.
func TestMemoryGivenBack(t *testing.T) {
	image := mkfs(t, 16<<20, "-t", "ext4", "-b", "1024", "-N", "2000")
	g := boot(t, image, kernel.Config{})
	before := g.b.Mem.Used()
	for round := range 3 {
		g.mount(0)
		for i := range 200 {
			name := "/mnt/" + strconv.Itoa(round) + "-" + strconv.Itoa(i)
			g.put(name, pattern(100*i, uint32(i)))
			if got := g.take(name); len(got) != 100*i {
				t.Fatalf("%s holds %d bytes", name, len(got))
			}
			if i%2 == 0 {
				g.do("unlink", g.v.SysUnlink(g.l, str(name)))
			}
		}
		g.unmount()
		if used := g.b.Mem.Used(); used != before {
			t.Fatalf("%d bytes in use after unmount %d, %d before", used, round, before)
		}
	}
}

// TestIdleNodes: files nobody uses stay in memory, as many as RUMP_NVNODES
// says, each of them once; those that are removed do not.
func TestIdleNodes(t *testing.T) {
	image := mkfs(t, 16<<20, "-t", "ext4", "-b", "1024", "-N", "2000")
	env := func(name string) (string, bool) {
		if name == "RUMP_NVNODES" {
			return "50", true
		}
		return "", false
	}
	g := boot(t, image, kernel.Config{Getenv: env})
	g.mount(0)
	fs := g.v.Mounts()[1].FS.(*FS)
	for i := range 300 {
		g.put("/mnt/"+strconv.Itoa(i), nil)
	}
	g.do("sync", g.v.SysSync(g.l))
	var inos [40]uint32
	for range 3 {
		for i := range inos {
			inos[i] = uint32(g.stat("/mnt/" + strconv.Itoa(i)).Ino)
		}
	}
	if n, nodes := fs.idle.count, len(fs.nodes); n > 50 || n < 40 || nodes > 60 {
		t.Errorf("%d idle of %d nodes", n, nodes)
	}
	for i, ino := range inos {
		if fs.nodes[ino] == nil {
			t.Errorf("%d was thrown out, though others were not used", i)
		}
	}
	for i := range 300 {
		g.do("unlink", g.v.SysUnlink(g.l, str("/mnt/"+strconv.Itoa(i))))
	}
	if n, nodes := fs.idle.count, len(fs.nodes); n > 2 || nodes > 3 {
		t.Errorf("%d idle of %d nodes when no file is left", n, nodes)
	}
	g.unmount()
	fsck(t, image)
}
