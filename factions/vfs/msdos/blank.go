// Clusters for directories. One that is linked into a directory before the
// disk has zeros in it would, after a power cut, show what was there before as
// entries. So they come from a stock whose zeros the disk has stored.
package msdos

import "github.com/rumpkit/rumpkit/kernel/abi"

const (
	maxBlank      = 64
	maxBlankBytes = 1 << 20
)

// takeBlank makes a cluster of zeros, near goal if it can be chosen, a chain of
// its own: ENOSPC.
func (fs *FS) takeBlank(goal uint32) (uint32, error) {
	s := &fs.space
	if err := fs.loadSpace(); err != nil {
		return 0, err
	}
	if len(s.blank) == 0 {
		if err := fs.stock(goal); err != nil {
			return 0, err
		}
	}
	c := s.blank[0]
	if err := fs.setNext(c, endOfChain); err != nil {
		return 0, err
	}
	if s.blank = s.blank[1:]; len(s.blank) == 0 {
		s.blank = nil
	}
	return c, nil
}

// stock fills the stock: with one cluster where they are few. Those in it count
// as taken, but the table still has them free.
func (fs *FS) stock(goal uint32) error {
	s := &fs.space
	n := max(min(maxBlank, maxBlankBytes/fs.cluster, int64(s.free)/16), 1)
	for range n {
		c, err := fs.findFree(goal)
		if err != nil {
			break
		}
		s.mark(c)
		s.blank = append(s.blank, c)
		if err := fs.dev.Zero(fs.at(c), fs.cluster); err != nil {
			s.returnBlank()
			return err
		}
		goal = c + 1
	}
	if len(s.blank) == 0 {
		return abi.ENOSPC
	}
	err := fs.dev.Sync()
	if err != nil {
		s.returnBlank()
	}
	return err
}

// returnBlank makes what is in the stock free clusters like others.
func (s *space) returnBlank() {
	for _, c := range s.blank {
		s.unmark(c)
	}
	s.blank = nil
}

// mark counts a cluster as taken, unmark as free.
func (s *space) mark(c uint32) {
	s.used[c/64] |= 1 << (c % 64)
	s.free--
}

func (s *space) unmark(c uint32) {
	s.used[c/64] &^= 1 << (c % 64)
	s.free++
}
