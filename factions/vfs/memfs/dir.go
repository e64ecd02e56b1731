// Directories: names by hash for lookups, entries in order of their cookies
// for listings.
package memfs

import (
	"sort"
	"strings"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// dir is what a directory holds. A cookie is used for one entry only, so that
// a listing goes on where it was, whatever came or went meanwhile.
type dir struct {
	parent *node // nil once the directory is removed
	names  map[string]*entry
	order  []*entry // by cookie; those taken out have no node
	gaps   int      // how many those are
	last   int64    // the highest cookie used
	size   int64    // what st_size says
}

// entry is one name.
type entry struct {
	name   string
	child  *node
	cookie int64
}

// The cookies 0 and 1 are "." and ".."; the entries come after.
const (
	cookieSelf = iota
	cookieParent
	cookieFirst
)

const (
	entrySize = 32 // counted in st_size
	entryCost = 96 // charged, the name aside
)

// find returns the entry of a name, nil if there is none.
func (d *dir) find(name string) *entry { return d.names[name] }

// enter adds a name. Preconditions: it is not there, and paid for.
func (d *dir) enter(name string, child *node) {
	if d.names == nil {
		d.names = map[string]*entry{}
		d.last = cookieFirst - 1
	}
	d.last++
	e := &entry{name: strings.Clone(name), child: child, cookie: d.last}
	d.names[e.name] = e
	d.order = append(d.order, e)
	d.size += entrySize
}

// take removes an entry.
func (d *dir) take(e *entry) {
	delete(d.names, e.name)
	e.child, e.name = nil, ""
	d.size -= entrySize
	if n := len(d.order); d.order[n-1] == e {
		d.order[n-1] = nil
		d.order = d.order[:n-1]
		return
	}
	if d.gaps++; d.gaps > 16 && d.gaps > len(d.order)/2 {
		d.compact()
	}
}

func (d *dir) compact() {
	kept := d.order[:0]
	for _, e := range d.order {
		if e.child != nil {
			kept = append(kept, e)
		}
	}
	clear(d.order[len(kept):])
	d.order, d.gaps = kept, 0
}

// Lookup returns what name stands for.
func (n *dirNode) Lookup(name string) (*vnode.Vnode, error) {
	if name == ".." {
		if n.dir.parent == nil {
			return nil, abi.ENOENT
		}
		return n.dir.parent.vp.Ref(), nil
	}
	if e := n.dir.find(name); e != nil {
		return e.child.vp.Ref(), nil
	}
	return nil, abi.ENOENT
}

// ReadDir lists the directory from cookie on.
func (n *dirNode) ReadDir(cookie int64, emit func(vnode.Entry) bool) error {
	d := n.dir
	if d.parent == nil {
		return nil
	}
	n.accessed()
	if cookie <= cookieSelf && !emit(vnode.Entry{Name: ".", Ino: n.ino, Type: abi.S_IFDIR, Next: cookieParent}) {
		return nil
	}
	if cookie <= cookieParent && !emit(vnode.Entry{Name: "..", Ino: d.parent.ino, Type: abi.S_IFDIR, Next: cookieFirst}) {
		return nil
	}
	i := sort.Search(len(d.order), func(i int) bool { return d.order[i].cookie >= cookie })
	for _, e := range d.order[i:] {
		if e.child == nil {
			continue
		}
		if !emit(vnode.Entry{Name: e.name, Ino: e.child.ino, Type: e.child.vp.Type, Next: e.cookie + 1}) {
			return nil
		}
	}
	return nil
}
