// Spans: finding, filling and evicting them.
package buf

import "github.com/rumpkit/rumpkit/kernel/abi"

// span is a piece of the disk. A bit of valid and dirty stands for a sector.
type span struct {
	off   int64
	valid uint64
	dirty uint64
	used  bool // since the hand passed
	buf   []byte
}

// sectorMask returns the bits of the sectors that bytes from to end touch.
func sectorMask(from, end int) uint64 {
	lo, hi := uint(from/SectorSize), uint((end+SectorSize-1)/SectorSize)
	return (uint64(1)<<(hi-lo) - 1) << lo
}

// span returns the span of byte off, made if it is not there, and where in it
// that is. ENOMEM when there is no memory for it.
func (c *Store) span(off int64) (*span, int, error) {
	base := off &^ (spanSize - 1)
	at := int(off - base)
	if c.last != nil && c.last.off == base {
		return c.last, at, nil
	}
	sp := c.spans[base]
	if sp == nil {
		var err error
		if sp, err = c.add(base); err != nil {
			return nil, 0, err
		}
	}
	sp.used = true
	c.last = sp
	return sp, at, nil
}

// add makes a span, in the place of another one when there are enough.
func (c *Store) add(base int64) (*span, error) {
	if len(c.ring) < maxSpans && c.mem.Reserve(spanSize) == nil {
		sp := &span{off: base, buf: make([]byte, spanSize)}
		c.ring = append(c.ring, sp)
		c.spans[base] = sp
		return sp, nil
	}
	sp, err := c.victim()
	if err != nil {
		return nil, err
	}
	delete(c.spans, sp.off)
	sp.off, sp.valid, sp.used = base, 0, false
	c.spans[base] = sp
	return sp, nil
}

// victim returns a clean span that was not used for a while. Dirty ones are
// written when there is no other.
func (c *Store) victim() (*span, error) {
	if len(c.ring) == 0 {
		return nil, abi.ENOMEM
	}
	for range 2 * len(c.ring) {
		c.hand = (c.hand + 1) % len(c.ring)
		sp := c.ring[c.hand]
		if !sp.used && sp.dirty == 0 {
			return sp, nil
		}
		sp.used = false
	}
	if err := c.flush(); err != nil {
		return nil, err
	}
	c.hand = (c.hand + 1) % len(c.ring)
	return c.ring[c.hand], nil
}

// fill reads what of the span is not there yet, if bytes from to end of it are
// not.
func (c *Store) fill(sp *span, from, end int) error {
	if m := sectorMask(from, end); sp.valid&m == m {
		return nil
	}
	last := int(min(spanSize, c.size-sp.off) / SectorSize)
	for s := 0; s < last; {
		if sp.valid>>s&1 != 0 {
			s++
			continue
		}
		e := s
		for e < last && sp.valid>>e&1 == 0 {
			e++
		}
		if _, err := c.disk.ReadAt(sp.buf[s*SectorSize:e*SectorSize], sp.off+int64(s)*SectorSize); err != nil {
			return err
		}
		sp.valid |= sectorMask(s*SectorSize, e*SectorSize)
		s = e
	}
	return nil
}

// Shrink gives up to want bytes back, as package memlimit asks for them, and
// returns how many it did: 0 when it is the cache itself that asks.
func (c *Store) Shrink(want int64) int64 {
	if !c.mu.TryLock() {
		return 0
	}
	defer c.mu.Unlock()
	_ = c.flush()
	done := int64(0)
	for done < want && len(c.ring) > minSpans {
		sp := c.ring[len(c.ring)-1]
		if sp.dirty != 0 {
			break
		}
		c.forget(sp)
		c.ring[len(c.ring)-1] = nil
		c.ring = c.ring[:len(c.ring)-1]
		done += spanSize
	}
	c.hand = 0
	return done
}

// forget takes a span out and gives its memory back.
func (c *Store) forget(sp *span) {
	delete(c.spans, sp.off)
	if c.last == sp {
		c.last = nil
	}
	c.mem.Release(spanSize)
}
