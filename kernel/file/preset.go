// What a fresh table starts with.
package file

// Preset puts files on descriptors 0, 1, … of a table that nobody uses yet. It
// consumes one reference of each distinct file and takes those it needs more.
func (t *Table) Preset(files ...*File) {
	slots := make([]slot, max(minTable, len(files)))
	fresh(slots)
	for i, f := range files {
		if i > 0 && files[i-1] == f {
			f.Hold()
		}
		slots[i].file.Store(f)
		t.used.add(i)
	}
	t.open = len(files)
	t.all.open.Add(int64(len(files)))
	t.slots.Store(&slots)
}
