// The table of the cache of names: a search looks at slots beside each other,
// and at the one entry that they lead to.
package vnode

import (
	"math/bits"
	"strings"
	"sync/atomic"
)

// nameEntry is one name in a directory. In a directory of many names each line
// of memory costs as much as all the rest: what a search looks at is in the
// first one, and the size is a multiple of it.
type nameEntry struct {
	dir   *Vnode
	vp    *Vnode // nil for a name that is not there
	hash  uint32
	used  atomic.Bool
	n     uint8 // bytes of short
	short [39]byte

	long       string     // the name, if it is too long for short
	prev, next *nameEntry // in the ring
	back, on   *nameEntry // in the list of the directory
	_          [2]uint64
}

// newNameEntry returns the entry of a name, without its hash.
func newNameEntry(dir *Vnode, name string, vp *Vnode) *nameEntry {
	e := &nameEntry{dir: dir, vp: vp}
	if len(name) > len(e.short) {
		e.long = strings.Clone(name)
	} else {
		e.n = uint8(copy(e.short[:], name))
	}
	return e
}

// is reports the name.
func (e *nameEntry) is(name string) bool {
	if len(name) > len(e.short) {
		return e.long == name
	}
	return string(e.short[:e.n]) == name && (e.n > 0 || e.long == "")
}

// nameTable is the entries by their hashes: each is in the slot of its hash, or
// in one behind that, without a free one between.
type nameTable struct {
	seed  uint64
	dirs  uint64 // directories numbered so far
	slots []nameSlot
	count int
}

// nameSlot is a place of the table. It has the hash too, so that no other entry
// is looked at than the one that is wanted.
type nameSlot struct {
	e    *nameEntry // nil for a free one
	hash uint32
}

// hash returns the hash of a name in the directory of a number.
func (t *nameTable) hash(dir uint64, name string) uint32 {
	h := t.seed ^ dir*0x9e3779b97f4a7c15
	for len(name) > 0 {
		var w uint64
		k := min(len(name), 8)
		for i := range k {
			w = w<<8 | uint64(name[i])
		}
		hi, lo := bits.Mul64(h^w, t.seed^0xa0761d6478bd642f+uint64(k))
		h, name = hi^lo, name[k:]
	}
	hi, lo := bits.Mul64(h^0xe7037ed1a0b428db, 0x8ebc6af09c88c6e3)
	return uint32(hi ^ lo)
}

// find returns the entry of a name, nil if there is none.
func (t *nameTable) find(dir *Vnode, name string) *nameEntry {
	if t.count == 0 || dir.nameDir == 0 {
		return nil
	}
	h := t.hash(dir.nameDir, name)
	mask := len(t.slots) - 1
	for i := int(h) & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.e == nil || s.hash == h && s.e.dir == dir && s.e.is(name) {
			return s.e
		}
	}
}

// add enters the entry of a name that is not there.
func (t *nameTable) add(e *nameEntry, name string) {
	if e.dir.nameDir == 0 {
		t.dirs++
		e.dir.nameDir = t.dirs
	}
	e.hash = t.hash(e.dir.nameDir, name)
	if t.count >= len(t.slots)/8*7 {
		t.grow()
	}
	t.put(nameSlot{e, e.hash})
	t.count++
}

func (t *nameTable) put(s nameSlot) {
	mask := len(t.slots) - 1
	i := int(s.hash) & mask
	for t.slots[i].e != nil {
		i = (i + 1) & mask
	}
	t.slots[i] = s
}

// grow doubles the number of slots.
func (t *nameTable) grow() {
	old := t.slots
	t.slots = make([]nameSlot, max(64, 2*len(old)))
	for _, s := range old {
		if s.e != nil {
			t.put(s)
		}
	}
}

// remove takes an entry out. Those behind it that its slot is nearer to than
// their own move up.
func (t *nameTable) remove(e *nameEntry) {
	mask := len(t.slots) - 1
	i := int(e.hash) & mask
	for t.slots[i].e != e {
		i = (i + 1) & mask
	}
	for j := (i + 1) & mask; t.slots[j].e != nil; j = (j + 1) & mask {
		// How far slot j's entry is from home, and from the free slot.
		if home := int(t.slots[j].hash) & mask; (j-home)&mask >= (j-i)&mask {
			t.slots[i], i = t.slots[j], j
		}
	}
	t.slots[i] = nameSlot{}
	t.count--
}
