// Writing back.
package cache

import (
	"cmp"
	"slices"
)

// Flush writes everything that is dirty to the disk.
func (c *Cache) Flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.flush()
}

// Sync is Flush, and returns when the disk has it stored.
func (c *Cache) Sync() error {
	if err := c.Flush(); err != nil {
		return err
	}
	return c.disk.Sync()
}

// flush writes dirty pages in the order of the disk. What cannot be written
// stays dirty; the first error is told.
func (c *Cache) flush() error {
	if c.dirty == 0 {
		return nil
	}
	list := make([]*page, 0, c.dirty)
	for _, pg := range c.ring {
		if pg.dirty != 0 {
			list = append(list, pg)
		}
	}
	slices.SortFunc(list, func(a, b *page) int { return cmp.Compare(a.off, b.off) })
	var first error
	for _, pg := range list {
		if err := c.clean(pg); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// clean writes the dirty sectors of a page, those that lie together at once.
func (c *Cache) clean(pg *page) error {
	for s := 0; s < pageSize/SectorSize; {
		if pg.dirty>>s&1 == 0 {
			s++
			continue
		}
		e := s
		for e < pageSize/SectorSize && pg.dirty>>e&1 != 0 {
			e++
		}
		if _, err := c.disk.WriteAt(pg.buf[s*SectorSize:e*SectorSize], pg.off+int64(s)*SectorSize); err != nil {
			return err
		}
		pg.dirty &^= mask(s*SectorSize, e*SectorSize)
		s = e
	}
	c.dirty--
	return nil
}

// Close forgets everything, written or not.
func (c *Cache) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, pg := range c.ring {
		c.forget(pg)
	}
	c.ring, c.hand, c.dirty = nil, 0, 0
}
