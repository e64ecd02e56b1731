// What a fresh table starts with.
package file

import "sync/atomic"

// Preset puts files on descriptors 0, 1, … of a table that nobody uses yet. It
// consumes one reference of each distinct file and takes those it needs more.
func (t *Table) Preset(files ...*File) {
	slots := make([]slot, max(8, len(files)))
	cells := make([]atomic.Pointer[File], len(slots))
	for i := range slots {
		slots[i].file = &cells[i]
	}
	for i, f := range files {
		if i > 0 && files[i-1] == f {
			f.Hold()
		}
		cells[i].Store(f)
		slots[i].taken = true
	}
	t.lowest, t.open = len(files), len(files)
	t.all.open.Add(int64(len(files)))
	t.slots.Store(&slots)
}
