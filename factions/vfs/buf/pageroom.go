// Room for pages: what they may take, and which go when it is full.
package buf

// roomFor returns how many bytes a page that needs to hold need has: a power
// of two of blocks. One that has had is growing, and gets all at once.
func (ps *Pages) roomFor(had, need int) int {
	if need <= had {
		return had
	}
	if had > 0 {
		return ps.size
	}
	n := ps.unit
	for n < need {
		n *= 2
	}
	return min(n, ps.size)
}

// maxSpare is how many buffers of pages thrown out wait for their next use.
const maxSpare = 2

// buffer returns a buffer of n bytes, with anything in it.
func (ps *Pages) buffer(n int) []byte {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if i := len(ps.spare) - 1; i >= 0 && n == ps.size {
		b := ps.spare[i]
		ps.spare = ps.spare[:i]
		return b
	}
	return make([]byte, n)
}

// charge pays for n bytes: ENOMEM when there is no memory for them.
func (ps *Pages) charge(n int64) error {
	ps.mu.Lock()
	if over := ps.held + n - ps.max; over > 0 {
		ps.evict(over)
	}
	ps.mu.Unlock()
	if ps.mem == nil {
		return nil
	}
	err := ps.mem.Reserve(n)
	if err != nil && ps.Shrink(n) > 0 {
		err = ps.mem.Reserve(n)
	}
	return err
}

// release undoes charge.
func (ps *Pages) release(n int64) {
	if ps.mem != nil {
		ps.mem.Release(n)
	}
}

// add enters a new page, or returns one that somebody else entered meanwhile.
func (ps *Pages) add(f *File, index int64, need int, must bool) (*page, error) {
	n := int64(ps.roomFor(0, need))
	err := ps.charge(n)
	if err != nil && !must {
		return nil, err
	}
	pg := &page{f: f, index: index, data: ps.buffer(int(n))}
	if err == nil {
		pg.charged = n
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if old := f.pages[index]; old != nil {
		ps.release(pg.charged)
		return old, nil
	}
	if f.pages == nil {
		f.pages = map[int64]*page{}
	}
	f.pages[index] = pg
	pg.link(&ps.ring)
	ps.held += n
	return pg, nil
}

// grow makes room for need bytes in a page. Preconditions: it is locked.
func (ps *Pages) grow(pg *page, need int, must bool) error {
	old := len(pg.data)
	n := ps.roomFor(old, need)
	if n <= old {
		return nil
	}
	err := ps.charge(int64(n - old))
	if err != nil && !must {
		return err
	}
	data := ps.buffer(n)
	copy(data, pg.data)
	ps.mu.Lock()
	defer ps.mu.Unlock()
	pg.data = data
	ps.held += int64(n - old)
	if pg.dprev != nil {
		ps.dirtyBytes += int64(n - old)
	}
	if err == nil {
		pg.charged += int64(n - old)
	}
	return nil
}

// evict throws out clean pages of n bytes together, the longest unused first,
// and returns how much that was. Those in use stay. Preconditions: ps.mu is
// held.
func (ps *Pages) evict(n int64) (done int64) {
	for pg := ps.ring.next; pg != &ps.ring && done < n; {
		next := pg.next
		if pg.dprev == nil && pg.mu.TryLock() {
			done += int64(len(pg.data))
			ps.remove(pg)
			pg.mu.Unlock()
		}
		pg = next
	}
	return done
}

// remove takes a page out. Preconditions: it is locked, and ps.mu held.
func (ps *Pages) remove(pg *page) {
	delete(pg.f.pages, pg.index)
	ps.undirty(pg, pg.dirty)
	pg.unlink()
	ps.held -= int64(len(pg.data))
	ps.release(pg.charged)
	if len(pg.data) == ps.size && len(ps.spare) < maxSpare {
		ps.spare = append(ps.spare, pg.data)
	}
	pg.f, pg.data, pg.valid, pg.charged = nil, nil, 0, 0
}

// Shrink throws out clean pages of want bytes together and returns how much
// that was: nothing when the pages are busy.
func (ps *Pages) Shrink(want int64) int64 {
	if !ps.mu.TryLock() {
		return 0
	}
	defer ps.mu.Unlock()
	return ps.evict(want)
}

// setDirty says that blocks of a page are to be written. Preconditions: the
// page is locked.
func (ps *Pages) setDirty(pg *page, m uint64) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	pg.dirty |= m
	if pg.dprev == nil {
		pg.f.dirty++
		ps.dirtyBytes += int64(len(pg.data))
		pg.dprev, pg.dnext = ps.dirty.dprev, &ps.dirty
		ps.dirty.dprev.dnext = pg
		ps.dirty.dprev = pg
	}
}

// undirty says that blocks of a page are written, or forgotten.
// Preconditions: the page is locked, and ps.mu held.
func (ps *Pages) undirty(pg *page, m uint64) {
	if pg.dirty &^= m; pg.dirty == 0 && pg.dprev != nil {
		pg.f.dirty--
		ps.dirtyBytes -= int64(len(pg.data))
		pg.dprev.dnext, pg.dnext.dprev = pg.dnext, pg.dprev
		pg.dprev, pg.dnext = nil, nil
	}
}

func (pg *page) link(ring *page) {
	pg.prev, pg.next = ring.prev, ring
	ring.prev.next = pg
	ring.prev = pg
}

func (pg *page) unlink() {
	pg.prev.next, pg.next.prev = pg.next, pg.prev
	pg.prev, pg.next = nil, nil
}
