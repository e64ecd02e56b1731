// The table of the cache of names: a search looks at one slot, and at the entry
// that it leads to.
package vnode

import (
	"math/bits"
	"strings"
)

// nameID is a directory and a name in it, which is kept here if it is short.
type nameID struct {
	dir   *Vnode
	hash  uint32
	n     uint8 // bytes of short
	short [31]byte
	long  string
}

// makeNameID returns that of a name, without its hash.
func makeNameID(dir *Vnode, name string) nameID {
	id := nameID{dir: dir}
	if len(name) > len(id.short) {
		id.long = strings.Clone(name)
		return id
	}
	id.n = uint8(copy(id.short[:], name))
	return id
}

// is reports the name.
func (id *nameID) is(name string) bool {
	if len(name) > len(id.short) {
		return id.long == name
	}
	return string(id.short[:id.n]) == name && id.long == ""
}

// nameTable is the entries, in chains by their hashes.
type nameTable struct {
	seed  uint64
	dirs  uint64 // directories numbered so far
	slots []*nameEntry
	count int
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
	e := t.slots[int(h)&(len(t.slots)-1)]
	for e != nil && (e.hash != h || e.dir != dir || !e.is(name)) {
		e = e.chain
	}
	return e
}

// add enters the entry of a name that is not there.
func (t *nameTable) add(e *nameEntry, name string) {
	if e.dir.nameDir == 0 {
		t.dirs++
		e.dir.nameDir = t.dirs
	}
	e.hash = t.hash(e.dir.nameDir, name)
	if t.count >= len(t.slots) {
		t.grow()
	}
	t.put(e)
	t.count++
}

func (t *nameTable) put(e *nameEntry) {
	slot := &t.slots[int(e.hash)&(len(t.slots)-1)]
	e.chain, *slot = *slot, e
}

// grow doubles the number of slots.
func (t *nameTable) grow() {
	old := t.slots
	t.slots = make([]*nameEntry, max(64, 2*len(old)))
	for _, e := range old {
		for e != nil {
			next := e.chain
			t.put(e)
			e = next
		}
	}
}

// remove takes an entry out.
func (t *nameTable) remove(e *nameEntry) {
	at := &t.slots[int(e.hash)&(len(t.slots)-1)]
	for *at != e {
		at = &(*at).chain
	}
	*at, e.chain = e.chain, nil
	t.count--
}
