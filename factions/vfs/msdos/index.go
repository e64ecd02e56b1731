// Directories in memory: every entry by name and by place. An index is only a
// copy of what the disk has, and can be dropped at any time.
package msdos

import "github.com/rumpkit/rumpkit/kernel/abi"

// entry is a file's entry with the long name before it.
type entry struct {
	name  string // as it is shown
	alias string // the short name, folded, when name is another
	first int32  // slot in which the long name begins
	slot  int32  // slot of the entry itself
	dir   bool
	start uint32 // first cluster, of a directory
}

// index is what is known of a directory. A slot is a place for an entry.
type index struct {
	clusters []uint32 // nil for a root that is no chain
	slots    []*entry // by place: nil for a free one
	names    map[string]*entry
	end      int32 // from here on nothing was ever stored
	hint     int32 // no slot before is free
	count    int
	junk     *entry // stands in slots that are in use and no file's
}

const (
	maxSlots   = 65536   // 2 MiB, more a directory must not have
	maxEntries = 1 << 18 // in all indexes that are kept
	deleted    = 0xe5
)

// slotAt returns where a slot is on the disk. Preconditions: it exists.
func (fs *FS) slotAt(ix *index, slot int32) int64 {
	off := int64(slot) * dirEntSize
	if ix.clusters == nil {
		return fs.rootOff + off
	}
	return fs.at(ix.clusters[off/fs.cluster]) + off%fs.cluster
}

// needIndex reads the directory n, if it is not in memory: EIO for one that is
// too long, as one is that runs in a circle.
func (fs *FS) needIndex(n *node) error {
	if n.index != nil {
		return nil
	}
	if n.lost {
		return abi.ENOENT
	}
	ix := &index{names: map[string]*entry{}, junk: &entry{slot: -1}}
	if err := fs.readClusters(n, ix); err != nil {
		return err
	}
	if err := fs.readEntries(ix); err != nil {
		return err
	}
	n.index = ix
	fs.entries += ix.count
	fs.indexed = append(fs.indexed, n)
	fs.trimIndexes(n)
	return nil
}

// readClusters finds where the directory is and makes its slots.
func (fs *FS) readClusters(n *node, ix *index) error {
	if n == fs.root && fs.kind != fat32 {
		ix.slots = make([]*entry, fs.rootSize/dirEntSize)
		return nil
	}
	limit := uint32(maxSlots * dirEntSize / fs.cluster)
	count, err := fs.walk(&n.chain, limit)
	if err != nil {
		return err
	}
	if count > limit {
		return abi.EIO
	}
	ix.clusters = make([]uint32, 0, count)
	for _, r := range n.chain.runs {
		for i := range r.n {
			ix.clusters = append(ix.clusters, r.start+i)
		}
	}
	n.chain.forget()
	ix.slots = make([]*entry, int64(count)*fs.cluster/dirEntSize)
	return nil
}

// readEntries reads the slots up to the end mark.
func (fs *FS) readEntries(ix *index) error {
	var long longName
	buf := make([]byte, min(fs.cluster, int64(len(ix.slots))*dirEntSize))
	ix.end = int32(len(ix.slots))
	for slot := int32(0); slot < ix.end; {
		b := buf[:min(len(buf), (len(ix.slots)-int(slot))*dirEntSize)]
		if err := fs.dev.ReadAt(b, fs.slotAt(ix, slot)); err != nil {
			return err
		}
		for ; len(b) > 0 && slot < ix.end; b = b[dirEntSize:] {
			if b[0] == 0 {
				ix.end = slot
				break
			}
			ix.read(slot, b[:dirEntSize], &long, fs.kind)
			slot++
		}
	}
	return nil
}

// read takes one slot in.
func (ix *index) read(slot int32, b []byte, long *longName, k fatKind) {
	if b[0] == deleted {
		long.ok = false
		return
	}
	ix.slots[slot] = ix.junk
	attr := b[attrByte]
	if attr&0x3f == longAttr {
		long.add(b)
		return
	}
	e := newEntry(slot, b, long, k)
	long.ok = false
	if e != nil {
		ix.add(e)
	}
}

// newEntry returns the entry of a short name and what was collected of a long
// one; nil for a label, "." and "..", and what has no name.
func newEntry(slot int32, b []byte, long *longName, k fatKind) *entry {
	short := shortName(b[:11])
	shown := short.decode(b[caseByte])
	if b[attrByte]&attrLabel != 0 || shown == "" || short[0] == '.' {
		return nil
	}
	e := &entry{name: shown, first: slot, slot: slot, dir: b[attrByte]&attrDir != 0}
	if name, ok := long.name(short); ok {
		e.name, e.first = name, slot-int32(long.parts)
		if a := fold(shown); a != fold(name) {
			e.alias = a
		}
	}
	if e.dir {
		e.start = startOf(b, k)
	}
	return e
}

// add enters an entry. Of two that have one name the first is found.
func (ix *index) add(e *entry) {
	for s := e.first; s <= e.slot; s++ {
		ix.slots[s] = e
	}
	ix.count++
	for _, key := range [...]string{fold(e.name), e.alias} {
		if key != "" && ix.names[key] == nil {
			ix.names[key] = e
		}
	}
}

// drop takes an entry out; its slots become free.
func (ix *index) drop(e *entry) {
	for s := e.first; s <= e.slot; s++ {
		ix.slots[s] = nil
	}
	ix.count--
	ix.hint = min(ix.hint, e.first)
	for _, key := range [...]string{fold(e.name), e.alias} {
		if ix.names[key] == e {
			delete(ix.names, key)
		}
	}
}

// find returns the entry of a name, nil when there is none.
func (ix *index) find(name string) *entry { return ix.names[fold(name)] }

// taken reports a short name that cannot be given to another file.
func (ix *index) taken(s shortName) bool { return ix.names[fold(s.decode(0))] != nil }

// dropIndex forgets the index of a directory.
func (fs *FS) dropIndex(n *node) {
	if n.index != nil {
		fs.entries -= n.index.count
		n.index = nil
	}
}

// trimIndexes drops the oldest indexes when there are too many entries in all,
// but not that of keep.
func (fs *FS) trimIndexes(keep *node) {
	kept := fs.indexed[:0]
	for _, n := range fs.indexed {
		if n.index != nil && n != keep && fs.entries > maxEntries {
			fs.dropIndex(n)
		}
		if n.index != nil {
			kept = append(kept, n)
		}
	}
	clear(fs.indexed[len(kept):])
	fs.indexed = kept
}
