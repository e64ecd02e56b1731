package buf

import (
	"bytes"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
)

// disk is a file's blocks, as a device has them.
type disk struct {
	mu     sync.Mutex
	b      []byte
	reads  int
	writes []int // how long they were
	fail   error
}

func (d *disk) ReadBlocks(p []byte, off int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reads++
	clear(p)
	if off < int64(len(d.b)) {
		copy(p, d.b[off:])
	}
	return d.fail
}

func (d *disk) WriteBlocks(p []byte, off int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return d.fail
	}
	d.writes = append(d.writes, len(p))
	copy(d.b[off:], p)
	return nil
}

const fileSize = 1 << 20

func newDisk() *disk {
	d := &disk{b: make([]byte, fileSize)}
	r := rand.NewChaCha8([32]byte{})
	_, _ = r.Read(d.b)
	return d
}

// TestPagesModel does what comes to files in pages and in plain memory, and
// looks for a difference.
func TestPagesModel(t *testing.T) {
	for _, unit := range []int{512, 1024, 4096, 65536, 131072} {
		r := rand.New(rand.NewPCG(uint64(unit), 1))
		mem := memlimit.New(1 << 20)
		ps := NewPages(unit, 256<<10, mem)
		var files [3]File
		var disks [3]*disk
		var want [3][]byte
		for i := range files {
			disks[i] = newDisk()
			files[i].IO = disks[i]
			want[i] = bytes.Clone(disks[i].b)
		}
		for step := range 1000 {
			i := r.IntN(3)
			off, n := r.Int64N(fileSize-200_000), 1+r.IntN(1<<(1+r.IntN(17)))
			p := make([]byte, n)
			switch r.IntN(8) {
			case 0, 1, 2:
				if c, err := ps.Read(&files[i], p, off, fileSize); c != n || err != nil {
					t.Fatalf("unit %d step %d: read %d of %d: %v", unit, step, c, n, err)
				}
				if !bytes.Equal(p, want[i][off:][:n]) {
					t.Fatalf("unit %d step %d: other bytes at %d", unit, step, off)
				}
			case 3, 4, 5:
				for j := range p {
					p[j] = byte(step)
				}
				for done := 0; done < n; {
					c, err := ps.Write(&files[i], p[done:], off+int64(done), false)
					if err != nil {
						t.Fatal(err)
					}
					done += c
				}
				copy(want[i][off:], p)
			case 6:
				if err := ps.Flush(&files[i]); err != nil || !bytes.Equal(disks[i].b, want[i]) || ps.DirtyFile(&files[i]) {
					t.Fatalf("unit %d step %d: flush: %v", unit, step, err)
				}
				from := off &^ int64(unit-1)
				ps.Drop(&files[i], from, from+int64(unit)*int64(1+r.IntN(9)))
			case 7:
				ps.Shrink(int64(n))
			}
			for ps.Dirty() > 200<<10 {
				_, _ = ps.Clean()
			}
		}
		if err := ps.Flush(nil); err != nil || ps.Dirty() != 0 {
			t.Errorf("flush: %v, %d dirty", err, ps.Dirty())
		}
		ps.Clear()
		if mem.Used() != 0 || ps.held != 0 {
			t.Errorf("unit %d: %d bytes are still charged, %d held", unit, mem.Used(), ps.held)
		}
	}
}

// TestReadAhead: who reads on gets clusters, who jumps gets blocks.
func TestReadAhead(t *testing.T) {
	ps := NewPages(4096, 8<<20, nil)
	d := newDisk()
	f := File{IO: d}
	p := make([]byte, 4096)
	for off := int64(0); off < fileSize; off += 4096 {
		_, _ = ps.Read(&f, p, off, fileSize)
	}
	if d.reads != fileSize/PageSize {
		t.Errorf("%d reads of a file of %d clusters", d.reads, fileSize/PageSize)
	}
	ps.Clear()
	d.reads = 0
	_, _ = ps.Read(&f, p, 100*4096, fileSize)
	_, _ = ps.Read(&f, p, 98*4096, fileSize)
	if d.reads != 2 || ps.held > PageSize {
		t.Errorf("%d reads, %d bytes held", d.reads, ps.held)
	}
}

// TestWriteBehind: small writes reach the device as clusters, by themselves
// when one is full.
func TestWriteBehind(t *testing.T) {
	ps := NewPages(1024, 8<<20, nil)
	d := newDisk()
	f := File{IO: d}
	for off := int64(0); off < PageSize+3000; off += 128 {
		if _, err := ps.Write(&f, make([]byte, 128), off, true); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.writes) != 1 || d.writes[0] != PageSize || ps.Dirty() != PageSize {
		t.Errorf("written %v, %d dirty", d.writes, ps.Dirty())
	}
	d.fail = abi.EIO
	if _, err := ps.Clean(); err != abi.EIO || ps.Dirty() != PageSize {
		t.Errorf("a device that fails: %v, %d dirty", err, ps.Dirty())
	}
	d.fail = nil
	if n, err := ps.Clean(); n != 3072 || err != nil || ps.Dirty() != 0 {
		t.Errorf("cleaned %d, %v", n, err)
	}
}

// TestPagesShared has readers, the one that cleans, and memory pressure at
// once, as the lock of a file system lets them.
func TestPagesShared(t *testing.T) {
	ps := NewPages(1024, 256<<10, nil)
	d := newDisk()
	f := File{IO: d}
	want := bytes.Clone(d.b)
	var mu sync.RWMutex
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 2))
			p := make([]byte, 5000)
			for range 500 {
				off := r.Int64N(fileSize - 5000)
				switch {
				case i == 0:
					mu.RLock()
					_, _ = ps.Clean()
					ps.Shrink(64 << 10)
					mu.RUnlock()
				case i == 1:
					mu.Lock()
					c, _ := ps.Write(&f, p[:100], off, false)
					clear(want[off : off+int64(c)])
					mu.Unlock()
				default:
					mu.RLock()
					_, err := ps.Read(&f, p, off, fileSize)
					if err != nil || !bytes.Equal(p, want[off:off+5000]) {
						t.Errorf("at %d: %v", off, err)
					}
					mu.RUnlock()
					clear(p)
				}
			}
		})
	}
	wg.Wait()
}
