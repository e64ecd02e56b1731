// Sets of small numbers that find their lowest gap fast.
package file

import "math/bits"

// fdset is the descriptors that are taken. full has a bit for each word of
// taken that has no gap, so that a gap among n numbers is found by looking at
// n/4096 words.
type fdset struct {
	taken, full []uint64
	last        int // the highest number, -1 for none
}

func newFdset() fdset { return fdset{last: -1} }

func (s *fdset) has(i int) bool {
	return i/64 < len(s.taken) && s.taken[i/64]&(1<<(i%64)) != 0
}

func (s *fdset) add(i int) {
	w := i / 64
	for w >= len(s.taken) {
		s.taken = append(s.taken, 0)
	}
	s.taken[w] |= 1 << (i % 64)
	if s.taken[w] == ^uint64(0) {
		for w/64 >= len(s.full) {
			s.full = append(s.full, 0)
		}
		s.full[w/64] |= 1 << (w % 64)
	}
	s.last = max(s.last, i)
}

func (s *fdset) remove(i int) {
	w := i / 64
	s.taken[w] &^= 1 << (i % 64)
	if w/64 < len(s.full) {
		s.full[w/64] &^= 1 << (w % 64)
	}
	if i < s.last {
		return
	}
	for w >= 0 && s.taken[w] == 0 {
		w--
	}
	s.last = -1
	if w >= 0 {
		s.last = w*64 + 63 - bits.LeadingZeros64(s.taken[w])
	}
	s.taken = s.taken[:w+1]
	s.full = s.full[:min(len(s.full), (w+64)/64)]
}

// gap returns the lowest number from least on that is not in s.
func (s *fdset) gap(least int) int {
	w := least / 64
	if w >= len(s.taken) {
		return least
	}
	if free := ^s.taken[w] >> (least % 64); free != 0 {
		return least + bits.TrailingZeros64(free)
	}
	w = s.notFull(w + 1)
	if w >= len(s.taken) {
		return w * 64
	}
	return w*64 + bits.TrailingZeros64(^s.taken[w])
}

// notFull returns the first word from w on that has a gap.
func (s *fdset) notFull(w int) int {
	i := w / 64
	if i >= len(s.full) {
		return w
	}
	if free := ^s.full[i] >> (w % 64); free != 0 {
		return w + bits.TrailingZeros64(free)
	}
	for i++; i < len(s.full); i++ {
		if s.full[i] != ^uint64(0) {
			return i*64 + bits.TrailingZeros64(^s.full[i])
		}
	}
	return len(s.full) * 64
}
