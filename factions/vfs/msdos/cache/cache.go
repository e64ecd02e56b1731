// Package cache keeps parts of a disk in memory: metadata and small reads and
// writes go through it, large ones past it. What is written stays here until
// Flush, or until there is too much of it.
package cache

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
	pageSize   = 32 * SectorSize
	maxPages   = 2048 // 32 MiB
	minPages   = 8
	maxDirty   = maxPages / 2
	directMin  = 2 * pageSize // what is longer goes past the cache
)

// Cache is the cache of one disk.
type Cache struct {
	disk Disk
	size int64
	mem  *memlimit.Account

	mu    sync.Mutex
	pages map[int64]*page // by offset
	ring  []*page         // in the order the hand passes them
	hand  int
	last  *page
	dirty int
}

// New returns an empty cache that charges mem for what it holds.
func New(d Disk, mem *memlimit.Account) *Cache {
	return &Cache{disk: d, size: d.Size() &^ (SectorSize - 1), mem: mem, pages: map[int64]*page{}}
}

// Size returns how many bytes there are.
func (c *Cache) Size() int64 { return c.size }

// check refuses what lies beyond the disk: EIO.
func (c *Cache) check(n int, off int64) error {
	if off < 0 || off > c.size || int64(n) > c.size-off {
		return abi.EIO
	}
	return nil
}

// ReadAt fills p from byte off on: EIO beyond the end, or what the disk says.
func (c *Cache) ReadAt(p []byte, off int64) error {
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
			n, err = c.readPage(p, off)
		}
		if err != nil {
			return err
		}
		p, off = p[n:], off+int64(n)
	}
	return nil
}

// WriteAt writes p at byte off.
func (c *Cache) WriteAt(p []byte, off int64) error {
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
			n, err = c.writePage(p, off)
		}
		if err != nil {
			return err
		}
		p, off = p[n:], off+int64(n)
	}
	return nil
}

// direct returns how many of the n bytes at off may go past the cache: whole
// pages of which none is in it, 0 for too few of them. Whoever moves them
// keeps others from the same bytes: they are contents of one locked file.
func (c *Cache) direct(n int, off int64) int {
	if n < directMin || off%pageSize != 0 {
		return 0
	}
	d := 0
	for d+pageSize <= n && c.pages[off+int64(d)] == nil {
		d += pageSize
	}
	if d < directMin {
		return 0
	}
	return d
}

// past calls fn without the lock.
func (c *Cache) past(fn func() error) error {
	c.mu.Unlock()
	defer c.mu.Lock()
	return fn()
}

func full(_ int, err error) error { return err }

func (c *Cache) readPage(p []byte, off int64) (int, error) {
	pg, at, err := c.page(off)
	if err != nil {
		return 0, err
	}
	if err := c.fill(pg, at, min(at+len(p), pageSize)); err != nil {
		return 0, err
	}
	return copy(p, pg.buf[at:]), nil
}

func (c *Cache) writePage(p []byte, off int64) (int, error) {
	pg, at, err := c.page(off)
	if err != nil {
		return 0, err
	}
	end := min(at+len(p), pageSize)
	if at%SectorSize != 0 || end%SectorSize != 0 {
		if err := c.fill(pg, at, end); err != nil {
			return 0, err
		}
	}
	n := copy(pg.buf[at:end], p)
	m := mask(at, end)
	if pg.dirty == 0 {
		c.dirty++
	}
	pg.valid, pg.dirty = pg.valid|m, pg.dirty|m
	if c.dirty > maxDirty {
		return n, c.flush()
	}
	return n, nil
}

// Zero writes n zeros at byte off.
func (c *Cache) Zero(off, n int64) error {
	zeros := make([]byte, min(n, 4*directMin))
	for n > 0 {
		k := min(n, int64(len(zeros)))
		if k > pageSize {
			k -= off % pageSize // from then on in whole pages
		}
		if err := c.WriteAt(zeros[:k], off); err != nil {
			return err
		}
		off, n = off+k, n-k
	}
	return nil
}
