// Room: what the cache may take, and what goes when it is full.
package buf

// alloc returns a block that is not entered yet, charged for: ENOMEM. While
// the cache is held, a block there is no memory for is not charged: a change
// that has begun is not given up for it.
func (c *Cache) alloc(block uint64) (*Buf, error) {
	b := &Buf{Block: block, Data: make([]byte, c.size)}
	if c.mem == nil {
		return b, nil
	}
	err := c.mem.Reserve(int64(c.size))
	if err != nil && c.Shrink(16*int64(c.size)) > 0 {
		err = c.mem.Reserve(int64(c.size))
	}
	if err != nil && !c.held() {
		return nil, err
	}
	b.charged = err == nil
	return b, nil
}

func (c *Cache) held() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hold
}

// release gives back the charge of a block.
func (c *Cache) release(b *Buf) {
	if b.charged {
		b.charged = false
		c.mem.Release(int64(c.size))
	}
}

// insert enters b and returns it, or what somebody else entered meanwhile.
func (c *Cache) insert(b *Buf) *Buf {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.bufs[b.Block]; old != nil {
		c.release(b)
		return old
	}
	if over := len(c.bufs) + 1 - c.max; over > 0 {
		c.evict(over)
	}
	c.bufs[b.Block] = b
	b.link(&c.used)
	return b
}

// evict throws out n blocks that are not pinned, the longest unused first, and
// returns how many there were. Pinned ones on the way count as used now, so
// that the next search does not pass them again. Preconditions: c.mu is held.
func (c *Cache) evict(n int) int {
	done := 0
	if c.hold {
		return 0
	}
	for left := len(c.bufs); left > 0 && done < n; left-- {
		b := c.used.next
		if b.Pinned {
			b.unlink()
			b.link(&c.used)
			continue
		}
		c.remove(b)
		done++
	}
	return done
}

// remove takes b out. Preconditions: c.mu is held.
func (c *Cache) remove(b *Buf) {
	delete(c.bufs, b.Block)
	b.unlink()
	c.release(b)
}

// link puts b at the end of the ring.
func (b *Buf) link(ring *Buf) {
	b.prev, b.next = ring.prev, ring
	ring.prev.next = b
	ring.prev = b
}

func (b *Buf) unlink() {
	b.prev.next, b.next.prev = b.next, b.prev
	b.prev, b.next = nil, nil
}
