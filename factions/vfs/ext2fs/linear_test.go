package ext2fs

import (
	"strconv"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestLinearDirectory fills a directory without an index, where names are
// found from where the last one was, and entered behind what is full: space
// that is given back is used again, whatever the order.
func TestLinearDirectory(t *testing.T) {
	const n = 5000
	image := mkfs(t, 32<<20, "-t", "ext2", "-b", "1024", "-N", "8000", "-O", "^dir_index")
	g := boot(t, image, kernel.Config{})
	g.mount(0)
	name := func(i int) string { return "/mnt/d/name-" + strconv.Itoa(10000+i) }
	short := func(i int) string { return "/mnt/d/" + strconv.Itoa(i) }
	g.mkdir("/mnt/d")
	for i := range n {
		g.put(name(i), nil)
	}
	size := g.stat("/mnt/d").Size
	for i := 0; i < n; i += 2 {
		g.do("unlink", g.v.SysUnlink(g.l, str(name((i*7919)%n&^1))))
	}
	for i := range n / 4 { // large and small in turn
		g.put(short(i), nil)
		g.put(name(4*i), nil)
	}
	if got := g.stat("/mnt/d").Size; got != size {
		t.Errorf("the directory has %d bytes, had %d", got, size)
	}
	for i := n - 1; i >= 0; i-- {
		var st abi.Stat
		err := g.v.SysLstat50(g.l, str(name(i)), outOf(&st))
		if want := i%4 == 2; (err == abi.ENOENT) != want || err != nil && !want {
			t.Fatalf("%s: %v", name(i), err)
		}
	}
	if got := len(g.list("/mnt/d", 4096)); got != n {
		t.Errorf("it holds %d names, want %d", got, n)
	}
	g.unmount()
	fsck(t, image)
}
