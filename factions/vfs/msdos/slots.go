// Writing entries: finding room for them, storing them, taking them out.
package msdos

import "github.com/rumpkit/rumpkit/kernel/abi"

// room returns the first of n free slots that lie together, growing the
// directory when there are none: ENOSPC when it cannot grow.
func (fs *FS) room(n *node, want int32) (int32, error) {
	ix := n.index
	for {
		if first, ok := ix.freeSlots(want); ok {
			return first, nil
		}
		if err := fs.grow(n); err != nil {
			return 0, err
		}
	}
}

// freeSlots finds want free slots.
func (ix *index) freeSlots(want int32) (int32, bool) {
	for ix.hint < int32(len(ix.slots)) && ix.slots[ix.hint] != nil {
		ix.hint++
	}
	run := int32(0)
	for s := ix.hint; s < int32(len(ix.slots)); s++ {
		if run++; ix.slots[s] != nil {
			run = 0
		}
		if run == want {
			return s - want + 1, true
		}
	}
	return 0, false
}

// grow adds a cluster of zeros to a directory.
func (fs *FS) grow(n *node) error {
	ix := n.index
	more := fs.cluster / dirEntSize
	if ix.clusters == nil || int64(len(ix.slots))+more > maxSlots {
		return abi.ENOSPC
	}
	last := ix.clusters[len(ix.clusters)-1]
	c, err := fs.takeBlank(last + 1)
	if err != nil {
		return err
	}
	if err := fs.setNext(last, c); err != nil {
		_ = fs.releaseChain(c)
		return err
	}
	n.chain.forget()
	ix.clusters = append(ix.clusters, c)
	ix.slots = append(ix.slots, make([]*entry, more)...)
	return nil
}

// insert stores an entry for name with what raw has beside the name, and
// returns it. raw gets the short name.
func (fs *FS) insert(dir *node, name string, raw *[dirEntSize]byte) (*entry, error) {
	ix := dir.index
	short, flags, exact := exactShort(name)
	var long [][dirEntSize]byte
	if !exact || ix.taken(short) {
		var ok bool
		if short, ok = alias(name, ix.taken); !ok {
			return nil, abi.ENOSPC
		}
		flags = 0
		long = encodeLong(name, short.sum())
	}
	copy(raw[:], short[:])
	raw[caseByte] = flags
	n := int32(len(long)) + 1
	first, err := fs.room(dir, n)
	if err != nil {
		return nil, err
	}
	e := &entry{name: name, first: first, slot: first + n - 1, dir: raw[attrByte]&attrDir != 0}
	if a := fold(short.decode(flags)); a != fold(name) {
		e.alias = a
	}
	if e.dir {
		e.start = startOf(raw[:], fs.kind)
	}
	if err := fs.storeSlots(ix, first, append(long, *raw)); err != nil {
		return nil, err
	}
	ix.add(e)
	fs.entries++
	return e, nil
}

// storeSlots writes slots from first on. What follows the end of all that was
// ever stored is marked as the end again.
func (fs *FS) storeSlots(ix *index, first int32, list [][dirEntSize]byte) error {
	after := first + int32(len(list))
	if after > ix.end && after < int32(len(ix.slots)) {
		if err := fs.dev.WriteAt([]byte{0}, fs.slotAt(ix, after)); err != nil {
			return err
		}
	}
	for i := range list {
		if err := fs.dev.WriteAt(list[i][:], fs.slotAt(ix, first+int32(i))); err != nil {
			return err
		}
	}
	ix.end = max(ix.end, after)
	return nil
}

// erase marks the slots of an entry as deleted.
func (fs *FS) erase(dir *node, e *entry) error {
	for s := e.first; s <= e.slot; s++ {
		if err := fs.dev.WriteAt([]byte{deleted}, fs.slotAt(dir.index, s)); err != nil {
			return err
		}
	}
	dir.index.drop(e)
	fs.entries--
	return nil
}
