package ext2fs

import (
	"bytes"
	"strconv"
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
)

// TestConcurrent has clients work on one tree; run with the race detector it
// judges the locks.
func TestConcurrent(t *testing.T) {
	image := mkfs(t, 64<<20, "-t", "ext4", "-b", "1024", "-N", "8000")
	g := boot(t, image, kernel.Config{})
	g.mount(0)
	g.mkdir("/mnt/shared")
	var wg sync.WaitGroup
	for c := range 4 {
		_, l, err := g.b.NewGuest("client" + strconv.Itoa(c))
		if err != nil {
			t.Fatal(err)
		}
		own := *g
		own.l = l
		wg.Go(func() { own.client(c) })
	}
	wg.Wait()
	g.unmount()
	fsck(t, image)
}

// client works in a directory of its own and in one that all share. Errors in
// that are others' doing.
func (g *guest) client(c int) {
	dir := "/mnt/own" + strconv.Itoa(c)
	if err := g.v.SysMkdir(g.l, str(dir), 0o755); err != nil {
		g.t.Error(err)
		return
	}
	for i := range 150 {
		p := dir + "/" + strconv.Itoa(i)
		want := pattern(100+i*37, uint32(i))
		fd, err := g.open(p, abi.O_CREAT|abi.O_RDWR, 0o600)
		if err != nil {
			g.t.Error(err)
			return
		}
		_, _ = g.pwrite(fd, want, 0)
		_ = file.Of(g.l).Close(g.l, fd)
		shared := "/mnt/shared/" + strconv.Itoa(i%17)
		_ = g.v.SysRename(g.l, str(p), str(shared))
		if fd, err := g.open("/mnt/shared/"+strconv.Itoa(i%5), abi.O_RDWR, 0); err == nil {
			_, _ = g.pread(fd, make([]byte, 1000), 10)
			_, _ = g.pwrite(fd, want, int64(i))
			_ = file.Of(g.l).Close(g.l, fd)
		}
		_ = g.v.SysLink(g.l, str(shared), str(p))
		if i%3 == 0 {
			_ = g.v.SysUnlink(g.l, str(shared))
		}
		if i%40 == 0 {
			_ = g.v.SysSync(g.l)
		}
		_, _ = g.tryList("/mnt/shared", 700)
		var st abi.Stat
		_ = g.v.SysLstat50(g.l, str("/mnt/shared/1"), outOf(&st))
	}
	last := dir + "/last"
	want := bytes.Repeat([]byte(dir), 1000)
	g.put(last, want)
	if got, err := g.tryTake(last); err != nil || !bytes.Equal(got, want) {
		g.t.Errorf("%s: %v, %d bytes", last, err, len(got))
	}
}
