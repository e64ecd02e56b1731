// Writing pages back.
package buf

// Flush writes everything that is dirty, of f, or of all files if f is nil.
// What cannot be written stays dirty. Preconditions: the file system is
// locked.
func (ps *Pages) Flush(f *File) error {
	for {
		pg := ps.firstDirty(f)
		if pg == nil {
			return nil
		}
		if _, err := ps.clean(pg); err != nil {
			return err
		}
	}
}

// Clean writes what has been dirty longest, some pages of it, and returns how
// many bytes that were: 0 when nothing is dirty. Preconditions: the file system
// is locked for reading, and the caller the only one that cleans.
func (ps *Pages) Clean() (int, error) {
	pg := ps.firstDirty(nil)
	if pg == nil {
		return 0, nil
	}
	return ps.clean(pg)
}

// firstDirty returns the page that has been dirty longest, nil for none.
func (ps *Pages) firstDirty(f *File) *page {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if f != nil && f.dirty == 0 {
		return nil
	}
	for pg := ps.dirty.dnext; pg != &ps.dirty; pg = pg.dnext {
		if f == nil || pg.f == f {
			return pg
		}
	}
	return nil
}

// clean writes the dirty blocks of a page, neighbours together.
func (ps *Pages) clean(pg *page) (done int, err error) {
	pg.mu.Lock()
	defer pg.mu.Unlock()
	return ps.cleanLocked(pg)
}

// cleanLocked is clean. Preconditions: the page is locked.
func (ps *Pages) cleanLocked(pg *page) (done int, err error) {
	for i, dirty := 0, pg.dirty; dirty>>i != 0; {
		if dirty>>i&1 == 0 {
			i++
			continue
		}
		j := i
		for j < 64 && dirty>>j&1 != 0 {
			j++
		}
		off := pg.index*int64(ps.size) + int64(i*ps.unit)
		if err := pg.f.IO.WriteBlocks(pg.data[i*ps.unit:j*ps.unit], off); err != nil {
			return done, err
		}
		ps.mu.Lock()
		ps.undirty(pg, ps.mask(i*ps.unit, j*ps.unit))
		ps.mu.Unlock()
		done += (j - i) * ps.unit
		i = j
	}
	return done, nil
}
