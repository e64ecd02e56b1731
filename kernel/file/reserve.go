// Taking descriptors.
package file

import (
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Alloc gives f the lowest free descriptor from min on, consuming the
// caller's reference when it succeeds: EMFILE when the process has as many as
// its limit allows, ENFILE when all processes together do.
func (t *Table) Alloc(l *proc.LWP, f *File, min int, cloexec bool) (int32, error) {
	fd, err := t.Reserve(l, min)
	if err != nil {
		return -1, err
	}
	t.Install(l, fd, f, cloexec)
	return fd, nil
}

// Alloc gives f the lowest free descriptor of l's process, see Table.Alloc.
func Alloc(l *proc.LWP, f *File, cloexec bool) (int32, error) {
	return Of(l).Alloc(l, f, 0, cloexec)
}

// Reserve takes the lowest free descriptor from min on, to be given to
// Install or Unreserve.
func (t *Table) Reserve(l *proc.LWP, min int) (int32, error) {
	limit := int(l.Proc().Limit(abi.RLIMIT_NOFILE).Cur)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.freed {
		return -1, abi.ESRCH
	}
	fd := max(min, t.lowest)
	slots := *t.slots.Load()
	for fd < len(slots) && slots[fd].taken {
		fd++
	}
	if fd >= limit {
		return -1, abi.EMFILE
	}
	if !t.another() {
		return -1, abi.ENFILE
	}
	if min <= t.lowest {
		t.lowest = fd + 1
	}
	t.grow(fd)
	(*t.slots.Load())[fd].taken = true
	return int32(fd), nil
}

// another counts one more descriptor, unless the kernel has as many as it may.
// Preconditions: t.mu is held.
func (t *Table) another() bool {
	if t.all.open.Add(1) > t.all.most.Load() {
		t.all.open.Add(-1)
		return false
	}
	t.open++
	return true
}

// grow makes room for descriptor fd. Preconditions: t.mu is held.
func (t *Table) grow(fd int) {
	old := *t.slots.Load()
	if fd < len(old) {
		return
	}
	n := make([]slot, max(8, len(old)*2, fd+1))
	copy(n, old)
	cells := make([]atomic.Pointer[File], len(n)-len(old))
	for i := range cells {
		n[len(old)+i].file = &cells[i]
	}
	t.slots.Store(&n)
}

// Install puts f, a reference of which it takes over, behind a reserved
// descriptor; nobody sees it when the process has ended meanwhile.
func (t *Table) Install(l *proc.LWP, fd int32, f *File, cloexec bool) {
	t.mu.Lock()
	if t.freed {
		t.release(int(fd))
		t.mu.Unlock()
		_ = f.Drop(l)
		return
	}
	defer t.mu.Unlock()
	s := &(*t.slots.Load())[fd]
	s.cloexec = cloexec
	s.file.Store(f)
}

// Unreserve frees a reserved descriptor that was not installed.
func (t *Table) Unreserve(fd int32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.release(int(fd))
}

// release frees descriptor fd. Preconditions: t.mu is held.
func (t *Table) release(fd int) {
	s := &(*t.slots.Load())[fd]
	s.taken, s.cloexec = false, false
	t.lowest = min(t.lowest, fd)
	t.open--
	t.all.open.Add(-1)
}
