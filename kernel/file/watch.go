// Watching descriptors: kqueue(2) forgets a file when the descriptor it was
// given is closed.
package file

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/lists"
)

// Watch is one who wants to know when a descriptor stops to stand for its
// file.
type Watch struct {
	t    *Table
	fd   int32
	gone func()
}

// Watch calls gone once when descriptor fd is closed or put to another use. f
// is what fd is known to stand for: EBADF when it does not any more. gone is
// called with no lock of the table held.
func (t *Table) Watch(fd int32, f *File, gone func()) (*Watch, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	slots := *t.slots.Load()
	if fd < 0 || int(fd) >= len(slots) || slots[fd].file.Load() != f {
		return nil, abi.EBADF
	}
	w := &Watch{t: t, fd: fd, gone: gone}
	if t.watch == nil {
		t.watch = map[int32][]*Watch{}
	}
	t.watch[fd] = append(t.watch[fd], w)
	return w, nil
}

// Stop ends a watch. gone may be about to run all the same.
func (w *Watch) Stop() {
	t := w.t
	t.mu.Lock()
	defer t.mu.Unlock()
	list := lists.Without(t.watch[w.fd], w)
	if len(list) == 0 {
		delete(t.watch, w.fd)
		return
	}
	t.watch[w.fd] = list
}

// unwatch returns who watches fd, and forgets them. Preconditions: t.mu is
// held.
func (t *Table) unwatch(fd int32) []*Watch {
	if t.watch == nil {
		return nil
	}
	list := t.watch[fd]
	delete(t.watch, fd)
	return list
}
