// Descriptor tables across fork, exec and exit.
package file

import (
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Fork returns a child's table: the same one, a copy, or a fresh one. ENOMEM
// when there is no memory for the copy of a large one.
func (t *Table) Fork(mode proc.FDMode) (proc.Files, error) {
	switch mode {
	case proc.FDShare:
		t.refs.Add(1)
		return t, nil
	case proc.FDCopy:
		return t.copy()
	}
	n := newTable(t.fresh, t.all)
	if t.fresh != nil {
		t.fresh(n)
	}
	return n, nil
}

// copy returns a table with the same files, but for those that children do not
// get: kqueues, and what is just being opened.
func (t *Table) copy() (proc.Files, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old := *t.slots.Load()
	old = old[:min(len(old), t.used.last+1)]
	slots := make([]slot, max(minTable, len(old)))
	if err := t.all.mem.Reserve(tableCost(len(slots))); err != nil {
		return nil, err
	}
	fresh(slots)
	n := newTable(t.fresh, t.all)
	for i, s := range old {
		f := s.file.Load()
		if f == nil || f.Kind == KindKqueue {
			continue
		}
		f.Hold()
		slots[i].file.Store(f)
		slots[i].cloexec = s.cloexec
		n.used.add(i)
		n.open++
	}
	n.slots.Store(&slots)
	n.all.open.Add(int64(n.open)) // a fork is not refused: it may pass the bound once
	return n, nil
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
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all.mem.Release(tableCost(len(*t.slots.Load())))
	t.slots.Store(new([]slot))
}
