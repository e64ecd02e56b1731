// Pages: finding, filling and evicting them.
package cache

import "github.com/rumpkit/rumpkit/kernel/abi"

// page is a piece of the disk. A bit of valid and dirty stands for a sector.
type page struct {
	off   int64
	valid uint32
	dirty uint32
	used  bool // since the hand passed
	buf   []byte
}

// mask returns the bits of the sectors that bytes from to end touch.
func mask(from, end int) uint32 {
	lo, hi := uint(from/SectorSize), uint((end+SectorSize-1)/SectorSize)
	return uint32(uint64(1)<<hi - uint64(1)<<lo)
}

// page returns the page of byte off, made if it is not there, and where in it
// that is. ENOMEM when there is no memory for it.
func (c *Cache) page(off int64) (*page, int, error) {
	base := off &^ (pageSize - 1)
	at := int(off - base)
	if c.last != nil && c.last.off == base {
		return c.last, at, nil
	}
	pg := c.pages[base]
	if pg == nil {
		var err error
		if pg, err = c.add(base); err != nil {
			return nil, 0, err
		}
	}
	pg.used = true
	c.last = pg
	return pg, at, nil
}

// add makes a page, in the place of another one when there are enough.
func (c *Cache) add(base int64) (*page, error) {
	if len(c.ring) < maxPages && c.mem.Reserve(pageSize) == nil {
		pg := &page{off: base, buf: make([]byte, pageSize)}
		c.ring = append(c.ring, pg)
		c.pages[base] = pg
		return pg, nil
	}
	pg, err := c.victim()
	if err != nil {
		return nil, err
	}
	delete(c.pages, pg.off)
	pg.off, pg.valid, pg.used = base, 0, false
	c.pages[base] = pg
	return pg, nil
}

// victim returns a clean page that was not used for a while. Dirty ones are
// written when there is no other.
func (c *Cache) victim() (*page, error) {
	if len(c.ring) == 0 {
		return nil, abi.ENOMEM
	}
	for range 2 * len(c.ring) {
		c.hand = (c.hand + 1) % len(c.ring)
		pg := c.ring[c.hand]
		if !pg.used && pg.dirty == 0 {
			return pg, nil
		}
		pg.used = false
	}
	if err := c.flush(); err != nil {
		return nil, err
	}
	c.hand = (c.hand + 1) % len(c.ring)
	return c.ring[c.hand], nil
}

// fill reads what of the page is not there yet, if bytes from to end of it are
// not.
func (c *Cache) fill(pg *page, from, end int) error {
	if m := mask(from, end); pg.valid&m == m {
		return nil
	}
	last := int(min(pageSize, c.size-pg.off) / SectorSize)
	for s := 0; s < last; {
		if pg.valid>>s&1 != 0 {
			s++
			continue
		}
		e := s
		for e < last && pg.valid>>e&1 == 0 {
			e++
		}
		if _, err := c.disk.ReadAt(pg.buf[s*SectorSize:e*SectorSize], pg.off+int64(s)*SectorSize); err != nil {
			return err
		}
		pg.valid |= mask(s*SectorSize, e*SectorSize)
		s = e
	}
	return nil
}

// Shrink gives up to want bytes back, as package memlimit asks for them, and
// returns how many it did: 0 when it is the cache itself that asks.
func (c *Cache) Shrink(want int64) int64 {
	if !c.mu.TryLock() {
		return 0
	}
	defer c.mu.Unlock()
	_ = c.flush()
	done := int64(0)
	for done < want && len(c.ring) > minPages {
		pg := c.ring[len(c.ring)-1]
		if pg.dirty != 0 {
			break
		}
		c.forget(pg)
		c.ring[len(c.ring)-1] = nil
		c.ring = c.ring[:len(c.ring)-1]
		done += pageSize
	}
	c.hand = 0
	return done
}

// forget takes a page out and gives its memory back.
func (c *Cache) forget(pg *page) {
	delete(c.pages, pg.off)
	if c.last == pg {
		c.last = nil
	}
	c.mem.Release(pageSize)
}
