// Stores: parts of a disk in memory, by byte, for file systems whose blocks lie
// anywhere: metadata and small reads and writes go through it, large ones past
// it. What is written stays there until Flush, or until there is too much.
package buf

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
)

// Disk is what lies below, in whole sectors of SectorSize bytes.
type Disk interface {
	ReadAt(p []byte, off int64) (int, error)
	WriteAt(p []byte, off int64) (int, error)
	Sync() error
	Size() int64
}

const (
	// SectorSize is the least the disk reads and writes.
	SectorSize = 512
	spanSize   = 64 * SectorSize
	maxSpans   = 1024 // 32 MiB
	minSpans   = 8
	maxDirty   = maxSpans / 2
	directMin  = 2 * spanSize // what is longer goes past the cache
)

// Store is the cache of one disk.
type Store struct {
	disk Disk
	size int64
	mem  *memlimit.Account

	mu    sync.Mutex
	spans map[int64]*span // by offset
	ring  []*span         // in the order the hand passes them
	hand  int
	last  *span
	dirty int
}

// NewStore returns an empty cache that charges mem for what it holds.
func NewStore(d Disk, mem *memlimit.Account) *Store {
	return &Store{disk: d, size: d.Size() &^ (SectorSize - 1), mem: mem, spans: map[int64]*span{}}
}

// Size returns how many bytes there are.
func (c *Store) Size() int64 { return c.size }

// check refuses what lies beyond the disk: EIO.
func (c *Store) check(n int, off int64) error {
	if off < 0 || off > c.size || int64(n) > c.size-off {
		return abi.EIO
	}
	return nil
}

// ReadAt fills p from byte off on: EIO beyond the end, or what the disk says.
func (c *Store) ReadAt(p []byte, off int64) error {
	if err := c.check(len(p), off); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(p) > 0 {
		n := c.direct(len(p), off)
		var err error
		if n > 0 {
			err = c.past(func() error { return full(c.disk.ReadAt(p[:n], off)) })
		} else {
			n, err = c.readSpan(p, off)
		}
		if err != nil {
			return err
		}
		p, off = p[n:], off+int64(n)
	}
	return nil
}

// WriteAt writes p at byte off.
func (c *Store) WriteAt(p []byte, off int64) error {
	if err := c.check(len(p), off); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(p) > 0 {
		n := c.direct(len(p), off)
		var err error
		if n > 0 {
			err = c.past(func() error { return full(c.disk.WriteAt(p[:n], off)) })
		} else {
			n, err = c.writeSpan(p, off)
		}
		if err != nil {
			return err
		}
		p, off = p[n:], off+int64(n)
	}
	return nil
}

// direct returns how many of the n bytes at off may go past the cache: whole
// spans of which none is in it, 0 for too few of them. Whoever moves them
// keeps others from the same bytes: they are contents of one locked file.
func (c *Store) direct(n int, off int64) int {
	if n < directMin || off%spanSize != 0 {
		return 0
	}
	d := 0
	for d+spanSize <= n && c.spans[off+int64(d)] == nil {
		d += spanSize
	}
	if d < directMin {
		return 0
	}
	return d
}

// past calls fn without the lock.
func (c *Store) past(fn func() error) error {
	c.mu.Unlock()
	defer c.mu.Lock()
	return fn()
}

func full(_ int, err error) error { return err }

func (c *Store) readSpan(p []byte, off int64) (int, error) {
	sp, at, err := c.span(off)
	if err != nil {
		return 0, err
	}
	if err := c.fill(sp, at, min(at+len(p), spanSize)); err != nil {
		return 0, err
	}
	return copy(p, sp.buf[at:]), nil
}

func (c *Store) writeSpan(p []byte, off int64) (int, error) {
	sp, at, err := c.span(off)
	if err != nil {
		return 0, err
	}
	end := min(at+len(p), spanSize)
	if at%SectorSize != 0 || end%SectorSize != 0 {
		if err := c.fill(sp, at, end); err != nil {
			return 0, err
		}
	}
	n := copy(sp.buf[at:end], p)
	m := sectorMask(at, end)
	if sp.dirty == 0 {
		c.dirty++
	}
	sp.valid, sp.dirty = sp.valid|m, sp.dirty|m
	if c.dirty > maxDirty {
		return n, c.flush()
	}
	return n, nil
}

// Zero writes n zeros at byte off.
func (c *Store) Zero(off, n int64) error {
	zeros := make([]byte, min(n, 4*directMin))
	for n > 0 {
		k := min(n, int64(len(zeros)))
		if k > spanSize {
			k -= off % spanSize // from then on in whole spans
		}
		if err := c.WriteAt(zeros[:k], off); err != nil {
			return err
		}
		off, n = off+k, n-k
	}
	return nil
}
