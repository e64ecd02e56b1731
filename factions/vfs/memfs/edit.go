// Changes of directories: create, link, remove, rename.
package memfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// add enters a name and charges for it.
func (n *dirNode) add(name string, child *node) error {
	if n.dir.parent == nil {
		return abi.ENOENT
	}
	if err := n.fs.charge(entryCost + int64(len(name))); err != nil {
		return err
	}
	n.dir.enter(name, child)
	n.changed()
	return nil
}

// drop takes a name out.
func (n *dirNode) drop(e *entry) {
	n.fs.credit(entryCost + int64(len(e.name)))
	n.dir.take(e)
	n.changed()
}

// Create makes a node and enters it as name.
func (n *dirNode) Create(name string, nn vnode.NewNode) (*vnode.Vnode, error) {
	isDir := nn.Mode&abi.S_IFMT == abi.S_IFDIR
	if isDir && n.nlink.Load() >= abi.LINK_MAX {
		return nil, abi.EMLINK
	}
	child, err := n.fs.newNode(nn)
	if err != nil {
		return nil, err
	}
	if err := n.add(name, child); err != nil {
		child.free()
		return nil, err
	}
	child.nlink.Store(1)
	if isDir {
		child.nlink.Store(2)
		child.dir.parent, child.dir.size = &n.node, 2*entrySize
		n.nlink.Add(1)
	}
	return child.vp.Ref(), nil
}

// Link enters a further name of vp.
func (n *dirNode) Link(name string, vp *vnode.Vnode) error {
	child := of(vp)
	switch {
	case child.nlink.Load() >= abi.LINK_MAX:
		return abi.EMLINK
	case child.nlink.Load() <= 0:
		return abi.ENOENT
	}
	if err := n.add(name, child); err != nil {
		return err
	}
	child.nlink.Add(1)
	child.ctime = n.mtime
	return nil
}

// Remove takes out name, which is vp.
func (n *dirNode) Remove(name string, vp *vnode.Vnode) error {
	e := n.dir.find(name)
	if e == nil || &e.child.vp != vp {
		return abi.ENOENT
	}
	if err := n.unlink(e.child); err != nil {
		return err
	}
	n.drop(e)
	return nil
}

// unlink counts down the links of child, whose name in n goes: ENOTEMPTY for a
// directory that is not empty.
func (n *dirNode) unlink(child *node) error {
	child.ctime = n.fs.now()
	if child.dir == nil {
		child.nlink.Add(-1)
		return nil
	}
	if len(child.dir.names) > 0 {
		return abi.ENOTEMPTY
	}
	child.nlink.Store(0)
	child.dir.parent = nil
	n.nlink.Add(-1)
	return nil
}

// Rename moves vp from name to toName in to, in the place of over.
func (n *dirNode) Rename(name string, vp, to *vnode.Vnode, toName string, over *vnode.Vnode) error {
	dst := to.Node.(*dirNode)
	e := n.dir.find(name)
	if e == nil || &e.child.vp != vp || dst.dir.parent == nil {
		return abi.ENOENT
	}
	child := e.child
	moved := child.dir != nil && dst != n
	if moved && over == nil && dst.nlink.Load() >= abi.LINK_MAX {
		return abi.EMLINK
	}
	if err := dst.place(toName, child, over); err != nil {
		return err
	}
	n.drop(e)
	if moved {
		child.dir.parent = &dst.node
		n.nlink.Add(-1)
		dst.nlink.Add(1)
	}
	child.ctime = n.mtime
	return nil
}

// place makes name stand for child: a new entry, or that of over, which keeps
// its place in listings.
func (n *dirNode) place(name string, child *node, over *vnode.Vnode) error {
	if over == nil {
		return n.add(name, child)
	}
	e := n.dir.find(name)
	if e == nil || &e.child.vp != over {
		return abi.ENOENT
	}
	if err := n.unlink(e.child); err != nil {
		return err
	}
	e.child = child
	n.changed()
	return nil
}
