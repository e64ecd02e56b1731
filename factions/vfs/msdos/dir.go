// Directories: looking names up, listing.
package msdos

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Lookup returns what name stands for.
func (n *dirNode) Lookup(name string) (*vnode.Vnode, error) {
	fs := n.fs
	if err := fs.enter(); err != nil {
		return nil, err
	}
	defer fs.mu.Unlock()
	if name == ".." {
		return n.up()
	}
	child, _, err := fs.lookup(&n.node, name)
	if err != nil {
		return nil, err
	}
	return child.vp.Ref(), nil
}

// up returns the parent: the root is its own.
func (n *node) up() (*vnode.Vnode, error) {
	switch {
	case n == n.fs.root:
		return n.vp.Ref(), nil
	case n.parent == nil:
		return nil, abi.ENOENT
	}
	return n.parent.vp.Ref(), nil
}

// lookup returns the node and the entry of a name in dir.
func (fs *FS) lookup(dir *node, name string) (*node, *entry, error) {
	if err := fs.needIndex(dir); err != nil {
		return nil, nil, err
	}
	e := dir.index.find(name)
	if e == nil {
		return nil, nil, abi.ENOENT
	}
	n, err := fs.load(dir, e)
	return n, e, err
}

// The cookies 0 and 1 are "." and "..", those of slots come after.
const (
	cookieSelf = iota
	cookieParent
	cookieFirst
)

// ReadDir lists the directory from cookie on.
func (n *dirNode) ReadDir(cookie int64, emit func(vnode.Entry) bool) error {
	fs := n.fs
	if err := fs.enter(); err != nil {
		return err
	}
	defer fs.mu.Unlock()
	if n.lost {
		return nil
	}
	if err := fs.needIndex(&n.node); err != nil {
		return err
	}
	parent := n.parent
	if parent == nil {
		parent = &n.node
	}
	if cookie <= cookieSelf && !emit(vnode.Entry{Name: ".", Ino: n.ino(), Type: abi.S_IFDIR, Next: cookieParent}) {
		return nil
	}
	if cookie <= cookieParent && !emit(vnode.Entry{Name: "..", Ino: parent.ino(), Type: abi.S_IFDIR, Next: cookieFirst}) {
		return nil
	}
	fs.list(&n.node, max(cookie-cookieFirst, 0), emit)
	return nil
}

// list tells the entries from a slot on.
func (fs *FS) list(n *node, from int64, emit func(vnode.Entry) bool) {
	ix := n.index
	for s := from; s < int64(ix.end); s++ {
		e := ix.slots[s]
		if e == nil || int64(e.slot) != s {
			continue
		}
		out := vnode.Entry{Name: e.name, Type: abi.S_IFREG, Next: s + 1 + cookieFirst}
		_, key, err := fs.keyOf(n, e)
		if err != nil {
			key = fs.slotAt(ix, e.slot)
		}
		if out.Ino = fs.numberAt(key); e.dir {
			out.Type = abi.S_IFDIR
		}
		if !emit(out) {
			return
		}
	}
}
