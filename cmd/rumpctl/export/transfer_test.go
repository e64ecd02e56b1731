package export

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// TestTransfers: what several write, in pieces of all sizes and at all places, is
// what is read when the host has let go of it.
func TestTransfers(t *testing.T) {
	for _, kind := range []string{"shared", "ext4"} {
		t.Run(kind, func(t *testing.T) {
			dir := mount(t, kind)
			if kind == "shared" {
				dir += "/tmp"
			}
			var all sync.WaitGroup
			for who := range 3 {
				all.Go(func() { transfer(t, filepath.Join(dir, strconv.Itoa(who)), uint64(who)) })
			}
			all.Wait()
		})
	}
}

// sizes are of pieces: around those at which they are passed on otherwise.
var sizes = [...]int{1, 100, 4095, 4096, 64<<10 - 80, 64 << 10, 128 << 10, 512<<10 - 1, 512 << 10, 512<<10 + 1, 1<<20 + 3}

func transfer(t *testing.T, name string, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	f, err := os.Create(name)
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	want := make([]byte, 3<<20)
	for range 40 {
		size := sizes[r.IntN(len(sizes))]
		off := r.IntN(len(want) - size)
		if r.IntN(2) == 0 {
			off &^= 4095
		}
		piece := want[off : off+size]
		for i, v := range piece {
			piece[i] = v*5 + byte(i>>8) + byte(r.Uint32())
		}
		if _, err := f.WriteAt(piece, int64(off)); err != nil {
			t.Error(err)
			return
		}
	}
	if err := f.Truncate(int64(len(want))); err != nil {
		t.Error(err)
	}
	if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes, or they differ (%v)", name, len(got), err)
	}
}
