// Descriptor tables across fork, exec and exit.
package file

import (
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Fork returns a child's table: the same one, a copy, or a fresh one.
func (t *Table) Fork(mode proc.FDMode) proc.Files {
	switch mode {
	case proc.FDShare:
		t.refs.Add(1)
		return t
	case proc.FDCopy:
		return t.copy()
	}
	n := newTable(t.fresh, t.all)
	if t.fresh != nil {
		t.fresh(n)
	}
	return n
}

func (t *Table) copy() *Table {
	t.mu.Lock()
	defer t.mu.Unlock()
	old := *t.slots.Load()
	slots := make([]slot, len(old))
	cells := make([]atomic.Pointer[File], len(old))
	n := &Table{fresh: t.fresh, all: t.all, lowest: t.lowest, open: t.open}
	n.refs.Store(1)
	for i, s := range old {
		slots[i].file = &cells[i]
		f := s.file.Load()
		if f == nil || f.Kind == KindKqueue { // which children do not get
			if s.taken {
				n.lowest = min(n.lowest, i)
				n.open--
			}
			continue
		}
		f.Hold()
		cells[i].Store(f)
		slots[i].taken, slots[i].cloexec = true, s.cloexec
	}
	n.slots.Store(&slots)
	n.all.open.Add(int64(n.open)) // a fork is not refused: it may pass the bound once
	return n
}

// Exec closes the descriptors marked close-on-exec. A table that others share
// is theirs too: NetBSD gives the process a copy first, and so do its callers.
func (t *Table) Exec(l *proc.LWP) {
	for _, fd := range t.Open() {
		if on, err := t.Cloexec(fd); err == nil && on {
			_ = t.Close(l, fd)
		}
	}
}

// Free gives up one process's use of the table; the last closes everything.
func (t *Table) Free(l *proc.LWP) {
	if t.refs.Add(-1) > 0 {
		return
	}
	t.mu.Lock()
	t.freed = true
	t.mu.Unlock()
	for _, fd := range t.Open() {
		_ = t.Close(l, fd)
	}
}
