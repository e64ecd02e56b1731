// Descriptors on their way, and those that nobody can receive any more.
package local

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/file"
)

// flight is the files that messages hold. Messages with files go into an inbox
// and out of it under mu, which is taken before all other locks here.
type flight struct {
	mu sync.Mutex
	// count is how often messages hold each file, holders whose inboxes they
	// are in.
	count   map[*file.File]int
	holders map[*end]struct{}
	total   atomic.Int32
	// asked counts the occasions on which sockets may have got lost since the
	// last look for such.
	asked int

	// dropMu protects files to be closed, and whether somebody does that.
	dropMu sync.Mutex
	drops  []*file.File
	busy   bool
}

// maxRights is how many descriptors may be on their way in a kernel.
const maxRights = file.MaxFiles / 2

func (fl *flight) init() {
	fl.count = map[*file.File]int{}
	fl.holders = map[*end]struct{}{}
}

// reserve counts one more descriptor, unless there are as many as there may be.
func (fl *flight) reserve() bool {
	if fl.total.Add(1) > maxRights {
		fl.total.Add(-1)
		return false
	}
	return true
}

// cancel takes n back that were reserved and not sent.
func (fl *flight) cancel(n int) { fl.total.Add(-int32(n)) }

// sent enters files that go into to's inbox. Preconditions: mu and the
// inbox's are held.
func (fl *flight) sent(to *end, files []*file.File) {
	for _, f := range files {
		fl.count[f]++
	}
	if to.in.rights += len(files); to.in.rights > 0 {
		fl.holders[to] = struct{}{}
	}
}

// received takes files out that leave e's inbox. Preconditions: mu and the
// inbox's are held.
func (fl *flight) received(e *end, files []*file.File) {
	for _, f := range files {
		if fl.count[f]--; fl.count[f] == 0 {
			delete(fl.count, f)
		}
	}
	if e.in.rights -= len(files); e.in.rights == 0 {
		delete(fl.holders, e)
	}
	fl.cancel(len(files))
}

// empty throws away what ends have not read; they take nothing more.
func (lo *Local) empty(ends ...*end) {
	lo.flight.mu.Lock()
	var files []*file.File
	for _, e := range ends {
		files = append(files, lo.flight.takeAll(e)...)
	}
	lo.flight.mu.Unlock()
	lo.discard(files)
}

// takeAll empties the inbox of e for good and returns the files that were in
// it. Preconditions: mu is held.
func (fl *flight) takeAll(e *end) (files []*file.File) {
	q := &e.in
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.queue {
		files = append(files, q.queue[i].rights...)
	}
	q.shut, q.queue, q.held = true, nil, 0
	if q.rights > 0 {
		fl.received(e, files)
	}
	return files
}

// discard drops files, one after the other however deep sockets lie in
// sockets: closing one may discard more.
func (lo *Local) discard(files []*file.File) {
	fl := &lo.flight
	if len(files) == 0 {
		return
	}
	fl.dropMu.Lock()
	fl.drops = append(fl.drops, files...)
	if fl.busy {
		fl.dropMu.Unlock()
		return
	}
	fl.busy = true
	for n := len(fl.drops); n > 0; n = len(fl.drops) {
		f := fl.drops[n-1]
		fl.drops = fl.drops[:n-1]
		fl.dropMu.Unlock()
		_ = f.Drop(lo.net.Base.BootLWP())
		lo.lookAfter(f, false)
		fl.dropMu.Lock()
	}
	fl.busy, fl.drops = false, nil
	fl.dropMu.Unlock()
}
