// Reading and writing through pages.
package buf

// Read fills p from byte off of f on, whose size it does not pass. What is not
// there is read: the rest of the page with it for a reader that goes on where
// it was. Whole pages that are not there go past the cache. The error is the
// device's, or ENOMEM. Preconditions: the file system is locked for reading.
func (ps *Pages) Read(f *File, p []byte, off, size int64) (done int, err error) {
	ps.mu.Lock()
	on := off == f.next
	f.next = off + int64(len(p))
	ps.mu.Unlock()
	for done < len(p) {
		at, c := off+int64(done), 0
		if c = ps.absent(f, at, len(p)-done); c > 0 {
			err = f.IO.ReadBlocks(p[done:done+c], at)
		} else {
			c, err = ps.readPage(f, p[done:], at, size, on)
		}
		if err != nil {
			return done, err
		}
		done += c
	}
	return done, nil
}

// absent returns how many of the n bytes from off on are whole pages that are
// not there.
func (ps *Pages) absent(f *File, off int64, n int) int {
	size := int64(ps.size)
	if off%size != 0 || n < ps.size {
		return 0
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	d := 0
	for d+ps.size <= n && f.pages[off/size+int64(d/ps.size)] == nil {
		d += ps.size
	}
	return d
}

// readPage reads what is in one page.
func (ps *Pages) readPage(f *File, p []byte, off, size int64, on bool) (int, error) {
	index := off / int64(ps.size)
	base := index * int64(ps.size)
	from := int(off - base)
	end := min(from+len(p), ps.size)
	ahead := end
	if on {
		ahead = int(min(size-base, int64(ps.size)))
	}
	pg, err := ps.page(f, index, ahead, false)
	if err != nil {
		return 0, err
	}
	defer pg.mu.Unlock()
	if m := ps.mask(from, end); pg.valid&m != m {
		if err := ps.fill(pg, from, ahead); err != nil {
			return 0, err
		}
	}
	return copy(p, pg.data[from:end]), nil
}

// fill reads those of the blocks that bytes from to end touch that are not
// there, neighbours together. Preconditions: the page is locked.
func (ps *Pages) fill(pg *page, from, end int) error {
	for i, last := from/ps.unit, (end+ps.unit-1)/ps.unit; i < last; {
		if pg.valid>>i&1 != 0 {
			i++
			continue
		}
		j := i
		for j < last && pg.valid>>j&1 == 0 {
			j++
		}
		off := pg.index*int64(ps.size) + int64(i*ps.unit)
		if err := pg.f.IO.ReadBlocks(pg.data[i*ps.unit:j*ps.unit], off); err != nil {
			return err
		}
		pg.valid |= ps.mask(i*ps.unit, j*ps.unit)
		i = j
	}
	return nil
}

// Whole returns how many of n bytes that are written at byte off are better
// written past the cache, after a Drop: whole pages.
func (ps *Pages) Whole(off int64, n int) int {
	if off%int64(ps.size) != 0 {
		return 0
	}
	return n - n%ps.size
}

// Write writes p to byte off of f, up to the end of a page at most, and
// returns how much that was. fresh says that the blocks there hold nothing
// yet: what p leaves of them is zeros. The error is that of reading the rest
// of a block, or of writing a page that is full now. Preconditions: the file
// system is locked.
func (ps *Pages) Write(f *File, p []byte, off int64, fresh bool) (int, error) {
	index := off / int64(ps.size)
	from := int(off - index*int64(ps.size))
	end := min(from+len(p), ps.size)
	pg, err := ps.page(f, index, end, true)
	if err != nil {
		return 0, err
	}
	defer pg.mu.Unlock()
	for _, at := range [2]int{from, end} {
		if err := ps.edge(pg, at, fresh); err != nil {
			return 0, err
		}
	}
	m := ps.mask(from, end)
	n := copy(pg.data[from:end], p)
	pg.valid |= m
	ps.setDirty(pg, m)
	if end == ps.size && pg.dirty == ps.mask(0, ps.size) {
		_, err = ps.cleanLocked(pg) // it will hardly change again soon
	}
	return n, err
}

// edge has the block around byte at, which is written in part, be there.
func (ps *Pages) edge(pg *page, at int, fresh bool) error {
	i := at / ps.unit
	if at%ps.unit == 0 || pg.valid>>i&1 != 0 {
		return nil
	}
	if !fresh {
		return ps.fill(pg, at, at+1)
	}
	clear(pg.data[i*ps.unit : (i+1)*ps.unit])
	pg.valid |= 1 << i
	return nil
}

// Drop forgets the pages of f from byte from up to end, written or not. Both
// are at the edges of blocks. Preconditions: the file system is locked.
func (ps *Pages) Drop(f *File, from, end int64) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	size := int64(ps.size)
	if last := (end - 1) / size; last-from/size > int64(len(f.pages)) {
		for _, pg := range f.pages {
			ps.dropPart(pg, from, end)
		}
		return
	}
	for i := from / size; i*size < end; i++ {
		if pg := f.pages[i]; pg != nil {
			ps.dropPart(pg, from, end)
		}
	}
}

// dropPart forgets what lies from byte from of the file up to end.
// Preconditions: nobody else uses the page, and ps.mu is held.
func (ps *Pages) dropPart(pg *page, from, end int64) {
	base := pg.index * int64(ps.size)
	a, b := max(from-base, 0), min(end-base, int64(ps.size))
	if a >= b {
		return
	}
	m := ps.mask(int(a), int(b))
	ps.undirty(pg, m)
	if pg.valid &^= m; pg.valid == 0 {
		ps.remove(pg)
	}
}

// Clear forgets everything, written or not. Preconditions: as for Drop.
func (ps *Pages) Clear() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for ps.ring.next != &ps.ring {
		ps.remove(ps.ring.next)
	}
}

// DropAll forgets all pages of f. Preconditions: as for Drop, or nobody uses
// f, and nothing of it is dirty.
func (ps *Pages) DropAll(f *File) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for _, pg := range f.pages {
		ps.remove(pg)
	}
}
