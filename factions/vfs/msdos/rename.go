// rename(2).
package msdos

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Rename moves vp from name to toName in to, in the place of over. The new
// entry is there before the old one goes.
func (n *dirNode) Rename(name string, vp, to *vnode.Vnode, toName string, over *vnode.Vnode) (err error) {
	fs, dst, child := n.fs, of(to), of(vp)
	if toName, err = cleanName(toName); err != nil {
		return err
	}
	if err := fs.change(); err != nil {
		return err
	}
	defer fs.leave(&err)
	if over != nil {
		if err := fs.checkEmpty(of(over)); err != nil {
			return err
		}
	}
	if err := fs.needBoth(&n.node, dst); err != nil {
		return err
	}
	e, err := fs.entryOf(&n.node, name, child)
	if err != nil {
		return err
	}
	if over != nil {
		err = fs.replace(&n.node, e, child, dst, toName, of(over))
	} else {
		err = fs.move(&n.node, e, child, dst, toName)
	}
	if err != nil {
		return err
	}
	if err := fs.adopt(child, dst); err != nil {
		return err
	}
	if err := n.modified(); err != nil {
		return err
	}
	return dst.modified()
}

// needBoth reads two directories; the second must not push the first out.
func (fs *FS) needBoth(a, b *node) error {
	for range 2 {
		if err := fs.needIndex(a); err != nil {
			return err
		}
		if err := fs.needIndex(b); err != nil {
			return err
		}
	}
	if a.index == nil {
		return abi.ENOMEM
	}
	return nil
}

// move gives child a new entry: EEXIST when another has that name.
func (fs *FS) move(src *node, e *entry, child, dst *node, name string) error {
	if old := dst.index.find(name); old != nil && (dst != src || old != e) {
		return abi.EEXIST
	}
	raw := child.raw
	putStart(raw[:], fs.kind, child.chain.start)
	src.index.drop(e) // so that its names are free; its slots are not yet
	for s := e.first; s <= e.slot; s++ {
		src.index.slots[s] = src.index.junk
	}
	ne, err := fs.insert(dst, name, &raw)
	src.index.add(e)
	if err != nil {
		return err
	}
	if dst != src {
		if err := fs.dev.Sync(); err != nil { // so that one of them is there
			return err
		}
	}
	if err := fs.erase(src, e); err != nil {
		return err
	}
	child.raw = raw
	return fs.place(child, dst, ne)
}

// replace makes the entry of over that of child, with the name it has.
func (fs *FS) replace(src *node, e *entry, child, dst *node, name string, over *node) error {
	oe, err := fs.entryOf(dst, name, over)
	if err != nil {
		return err
	}
	raw := child.raw
	copy(raw[:attrByte], over.raw[:attrByte])
	raw[caseByte] = over.raw[caseByte]
	putStart(raw[:], fs.kind, child.chain.start)
	if err := fs.dev.WriteAt(raw[:], over.pos); err != nil {
		return err
	}
	fs.orphan(over)
	if dst != src {
		if err := fs.dev.Sync(); err != nil { // so that one of them is there
			return err
		}
	}
	if err := fs.erase(src, e); err != nil {
		return err
	}
	oe.start = child.chain.start
	child.raw = raw
	return fs.place(child, dst, oe)
}

// place tells child where its entry is now.
func (fs *FS) place(child, dst *node, e *entry) error {
	pos, key, err := fs.keyOf(dst, e)
	if err != nil {
		return err
	}
	child.pos = pos
	if key != child.key {
		delete(fs.nodes, child.key)
		child.key = key
		fs.nodes[key] = child
	}
	return nil
}

// adopt makes dst the parent of child; the ".." of a directory follows.
func (fs *FS) adopt(child, dst *node) error {
	old := child.parent
	if old == dst {
		return nil
	}
	dst.kids++
	child.parent = dst
	old.kids--
	if !child.vp.IsDir() {
		return nil
	}
	var up [dirEntSize]byte
	at := fs.at(child.chain.start) + dirEntSize
	if err := fs.dev.ReadAt(up[:], at); err != nil {
		return err
	}
	if up[0] != '.' || up[1] != '.' {
		return nil
	}
	putStart(up[:], fs.kind, fs.upStart(dst))
	return fs.dev.WriteAt(up[:], at)
}
