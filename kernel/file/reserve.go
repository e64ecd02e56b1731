// Taking descriptors.
package file

import (
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Alloc gives f the lowest free descriptor from min on, consuming the
// caller's reference when it succeeds: EMFILE when the process has as many as
// its limit allows, ENFILE when all processes together do, ENOMEM when there is
// no memory for a larger table.
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
	fd := t.used.gap(max(min, 0))
	if fd >= limit {
		return -1, abi.EMFILE
	}
	if err := t.grow(fd); err != nil {
		return -1, err
	}
	if !t.another(fd) {
		return -1, abi.ENFILE
	}
	return int32(fd), nil
}

// another takes descriptor fd, unless the kernel has as many as it may.
// Preconditions: t.mu is held; there is room for fd, which is free.
func (t *Table) another(fd int) bool {
	if t.all.open.Add(1) > t.all.most.Load() {
		t.all.open.Add(-1)
		return false
	}
	t.open++
	t.used.add(fd)
	return true
}

// Tables of up to smallTable descriptors are part of what a process costs;
// each descriptor beyond takes slotCost bytes.
const (
	minTable   = 8
	smallTable = 64
	slotCost   = 32
)

func tableCost(n int) int64 { return int64(max(0, n-smallTable) * slotCost) }

// grow makes room for descriptor fd. Preconditions: t.mu is held.
func (t *Table) grow(fd int) error {
	old := *t.slots.Load()
	if fd < len(old) {
		return nil
	}
	n := make([]slot, max(minTable, len(old)*2, fd+1))
	if err := t.all.mem.Reserve(tableCost(len(n)) - tableCost(len(old))); err != nil {
		return err
	}
	copy(n, old)
	fresh(n[len(old):])
	t.slots.Store(&n)
	return nil
}

// fresh gives slots their cells.
func fresh(slots []slot) {
	cells := make([]atomic.Pointer[File], len(slots))
	for i := range slots {
		slots[i].file = &cells[i]
	}
}

// shrink gives room back of which little is used. Preconditions: t.mu is held.
func (t *Table) shrink() {
	old := *t.slots.Load()
	if len(old) <= smallTable || t.used.last >= len(old)/4 {
		return
	}
	n := append([]slot(nil), old[:max(minTable, 2*(t.used.last+1))]...)
	t.all.mem.Release(tableCost(len(old)) - tableCost(len(n)))
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
	if slots := *t.slots.Load(); fd < len(slots) { // else the table was freed
		slots[fd].cloexec = false
	}
	t.used.remove(fd)
	t.open--
	t.all.open.Add(-1)
	t.shrink()
}
