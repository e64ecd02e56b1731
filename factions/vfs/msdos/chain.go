// Chains: from a place in a file to a cluster. fs.mu protects them.
package msdos

import (
	"sort"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// run is n clusters that lie together: those of a file from its idx-th on.
type run struct{ idx, start, n uint32 }

// maxRuns bounds what is remembered of one chain. Of a chain in more pieces
// only a stretch is known at a time.
const maxRuns = 16384

// chain is a chain of clusters and what is known of it.
type chain struct {
	start uint32 // 0 for an empty one
	runs  []run
}

// forget drops what is known.
func (ch *chain) forget() { ch.runs = nil }

// known returns how many clusters the known stretch ends after, and its last.
func (ch *chain) known() (idx, last uint32) {
	if len(ch.runs) == 0 {
		return 0, 0
	}
	r := ch.runs[len(ch.runs)-1]
	return r.idx + r.n, r.start + r.n - 1
}

// find returns the run in which the idx-th cluster is known to be.
func (ch *chain) find(idx uint32) (run, bool) {
	i := sort.Search(len(ch.runs), func(i int) bool { return ch.runs[i].idx+ch.runs[i].n > idx })
	if i == len(ch.runs) || ch.runs[i].idx > idx {
		return run{}, false
	}
	return ch.runs[i], true
}

// learn appends cluster c, the idx-th.
func (ch *chain) learn(idx, c uint32) {
	if n := len(ch.runs); n > 0 {
		if r := &ch.runs[n-1]; r.start+r.n == c {
			r.n++
			return
		}
		if n == maxRuns {
			ch.runs = append(ch.runs[:0], ch.runs[n/2:]...)
		}
	}
	ch.runs = append(ch.runs, run{idx, c, 1})
}

// walk learns the chain up to the idx-th cluster and returns how many clusters
// it has up to there: idx+1, or fewer when it ends before. A pointer to what is
// no cluster is EIO.
func (fs *FS) walk(ch *chain, idx uint32) (uint32, error) {
	if ch.start == 0 {
		return 0, nil
	}
	if len(ch.runs) == 0 || ch.runs[0].idx > idx {
		if !fs.valid(ch.start) {
			return 0, abi.EIO
		}
		ch.runs = append(ch.runs[:0], run{0, ch.start, 1})
	}
	n, last := ch.known()
	for n <= idx {
		next, err := fs.next(last)
		if err != nil {
			return n, err
		}
		if next > bad {
			return n, nil
		}
		if !fs.valid(next) {
			return n, abi.EIO
		}
		ch.learn(n, next)
		n, last = n+1, next
	}
	return idx + 1, nil
}

// runAt returns the clusters that lie together from the idx-th on, at most
// want: EIO when the chain ends before.
func (fs *FS) runAt(ch *chain, idx, want uint32) (run, error) {
	n, err := fs.walk(ch, idx+want-1)
	if n <= idx {
		if err == nil {
			err = abi.EIO
		}
		return run{}, err
	}
	r, ok := ch.find(idx)
	if !ok { // forgotten on the way to the end
		if _, err := fs.walk(ch, idx); err != nil {
			return run{}, err
		}
		if r, ok = ch.find(idx); !ok {
			return run{}, abi.EIO
		}
	}
	skip := idx - r.idx
	return run{idx, r.start + skip, min(r.n-skip, want)}, nil
}

// extend makes the chain n clusters long at least. ENOSPC when there are not
// enough; the chain may be longer than it was all the same.
func (fs *FS) extend(ch *chain, n uint32) error {
	have, err := fs.walk(ch, n-1)
	if err != nil || have >= n {
		return err
	}
	if err := fs.loadSpace(); err != nil {
		return err
	}
	if n-have > fs.space.free {
		fs.space.returnBlank()
	}
	if n-have > fs.space.free {
		return abi.ENOSPC
	}
	for ; have < n; have++ {
		_, last := ch.known()
		goal := last + 1
		if last == 0 {
			goal = fs.space.hint
		}
		c, err := fs.take(last, goal)
		if err != nil {
			return err
		}
		if ch.start == 0 {
			ch.start = c
		}
		ch.learn(have, c)
	}
	return nil
}

// cut makes the chain n clusters long at most. A chain that is broken beyond
// is cut all the same.
func (fs *FS) cut(ch *chain, n uint32) error {
	if n == 0 {
		first := ch.start
		ch.start = 0
		ch.forget()
		return fs.releaseChain(first)
	}
	have, err := fs.walk(ch, n-1)
	if have < n {
		return err
	}
	r, err := fs.runAt(ch, n-1, 1)
	if err != nil {
		return err
	}
	rest, err := fs.next(r.start)
	if err != nil {
		return err
	}
	ch.forget()
	if rest > bad {
		return nil
	}
	if err := fs.setNext(r.start, endOfChain); err != nil {
		return err
	}
	return fs.releaseChain(rest)
}
