// Free clusters: which there are, taking them, giving them back.
package msdos

import (
	"math/bits"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// space is which clusters are in use. It is read from the table when first
// needed. fs.mu protects it.
type space struct {
	used  []uint64 // a bit for each cluster
	free  uint32
	blank []uint32 // taken, but in the table still free: see blank.go
	hint  uint32   // where to look next
	known bool
}

// loadSpace reads the whole table, if that was not done yet. ENOMEM when there
// is no memory for a bit for each cluster.
func (fs *FS) loadSpace() error {
	s := &fs.space
	if s.known {
		return nil
	}
	words := (int64(fs.end) + 63) / 64
	if err := fs.mem.Reserve(words * 8); err != nil {
		return err
	}
	s.used, s.free = make([]uint64, words), 0
	if err := fs.scanTable(); err != nil {
		fs.mem.Release(words * 8)
		s.used = nil
		return err
	}
	s.hint, s.known = max(s.hint, firstCluster), true
	return nil
}

// scanChunk is read at once: whole entries of each kind, whole sectors.
const scanChunk = 3 * 32 << 10

// scanTable marks the clusters that are not free.
func (fs *FS) scanTable() error {
	buf := make([]byte, min(scanChunk, fs.fatSize))
	perChunk := uint32(scanChunk * 8 / int64(fs.kind))
	base := fs.fatOff + int64(fs.active)*fs.fatSize
	for first := uint32(0); first < fs.end; first += perChunk {
		at, _ := fs.entryAt(first)
		b := buf[:min(int64(len(buf)), fs.fatSize-at)]
		if err := fs.dev.ReadAt(b, base+at); err != nil {
			return err
		}
		fs.scan(b, first, min(first+perChunk, fs.end))
	}
	return nil
}

// scan marks the clusters from first up to last, whose entries are in b.
func (fs *FS) scan(b []byte, first, last uint32) {
	begin, _ := fs.entryAt(first)
	for c := max(first, firstCluster); c < last; c++ {
		at, _ := fs.entryAt(c)
		if fs.kind.pick(b[at-begin:], c) == free {
			fs.space.free++
		} else {
			fs.space.used[c/64] |= 1 << (c % 64)
		}
	}
}

// findFree returns a free cluster, from goal on if there is one: ENOSPC.
// Preconditions: loadSpace, fs.mu is held.
func (fs *FS) findFree(goal uint32) (uint32, error) {
	s := &fs.space
	if s.free == 0 {
		s.returnBlank()
	}
	if s.free == 0 {
		return 0, abi.ENOSPC
	}
	if !fs.valid(goal) {
		goal = firstCluster
	}
	if c := s.scanFrom(goal, fs.end); c != 0 {
		return c, nil
	}
	if c := s.scanFrom(firstCluster, goal); c != 0 {
		return c, nil
	}
	return 0, abi.ENOSPC
}

// scanFrom returns the first free cluster from c up to end, 0 for none.
func (s *space) scanFrom(c, end uint32) uint32 {
	for c < end {
		w := ^s.used[c/64] >> (c % 64)
		if w != 0 {
			if c += uint32(bits.TrailingZeros64(w)); c < end {
				return c
			}
			return 0
		}
		c = (c/64 + 1) * 64
	}
	return 0
}

// take makes a free cluster near goal the end of a chain whose last is prev, 0
// for a new chain.
func (fs *FS) take(prev, goal uint32) (uint32, error) {
	if err := fs.loadSpace(); err != nil {
		return 0, err
	}
	c, err := fs.findFree(goal)
	if err != nil {
		return 0, err
	}
	if err := fs.setNext(c, endOfChain); err != nil {
		return 0, err
	}
	fs.space.mark(c)
	fs.space.hint = c + 1
	if prev != 0 {
		err = fs.setNext(prev, c)
	}
	return c, err
}

// releaseChain frees the clusters from c on, up to one that is free already or
// none: a chain that runs in a circle ends where it began.
func (fs *FS) releaseChain(c uint32) error {
	if !fs.valid(c) {
		return nil
	}
	if err := fs.loadSpace(); err != nil {
		return err
	}
	for fs.valid(c) {
		next, err := fs.entry(c)
		if err != nil {
			return err
		}
		if next == free { // of a table that is wrong, or by now in the stock
			return nil
		}
		if err := fs.setNext(c, free); err != nil {
			return err
		}
		fs.space.unmark(c)
		c = next
	}
	return nil
}
