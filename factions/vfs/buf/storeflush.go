// Writing back.
package buf

import (
	"cmp"
	"slices"
)

// Flush writes everything that is dirty to the disk.
func (c *Store) Flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.flush()
}

// Sync is Flush, and returns when the disk has it stored.
func (c *Store) Sync() error {
	if err := c.Flush(); err != nil {
		return err
	}
	return c.disk.Sync()
}

// flush writes dirty spans in the order of the disk. What cannot be written
// stays dirty; the first error is told.
func (c *Store) flush() error {
	if c.dirty == 0 {
		return nil
	}
	list := make([]*span, 0, c.dirty)
	for _, sp := range c.ring {
		if sp.dirty != 0 {
			list = append(list, sp)
		}
	}
	slices.SortFunc(list, func(a, b *span) int { return cmp.Compare(a.off, b.off) })
	var first error
	for _, sp := range list {
		if err := c.clean(sp); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Crowded reports that so much is dirty that it should be written soon.
func (c *Store) Crowded() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dirty > maxDirty/2
}

// CleanNext writes some of what is dirty, in the order of the disk from byte
// off on, and returns where to go on: a negative number when nothing is left
// there. Others use the store between two calls.
func (c *Store) CleanNext(off int64) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var first *span
	for _, sp := range c.ring {
		if sp.dirty != 0 && sp.off >= off && (first == nil || sp.off < first.off) {
			first = sp
		}
	}
	if first == nil {
		return -1, nil
	}
	return first.off + 1, c.clean(first)
}

// clean writes the dirty sectors of a span, those that lie together at once.
func (c *Store) clean(sp *span) error {
	for s := 0; s < spanSize/SectorSize; {
		if sp.dirty>>s&1 == 0 {
			s++
			continue
		}
		e := s
		for e < spanSize/SectorSize && sp.dirty>>e&1 != 0 {
			e++
		}
		if _, err := c.disk.WriteAt(sp.buf[s*SectorSize:e*SectorSize], sp.off+int64(s)*SectorSize); err != nil {
			return err
		}
		sp.dirty &^= sectorMask(s*SectorSize, e*SectorSize)
		s = e
	}
	c.dirty--
	return nil
}

// Close forgets everything, written or not.
func (c *Store) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, sp := range c.ring {
		c.forget(sp)
	}
	c.ring, c.hand, c.dirty = nil, 0, 0
}
