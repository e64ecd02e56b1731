// Directories.
package null

import (
	"github.com/rumpkit/rumpkit/factions/vfs/layer"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Lookup returns what name stands for. The root is its own parent; a directory
// that was moved out of the tree below has none.
func (n *dirNode) Lookup(name string) (*vnode.Vnode, error) {
	if name == ".." {
		switch {
		case n.lower == n.fs.top:
			return n.vp.Ref(), nil
		case n.lower.IsRoot():
			return nil, abi.ENOENT
		}
	}
	lower, err := layer.Look(n.lower, name)
	if err != nil {
		return nil, err
	}
	return n.fs.wrap(lower), nil
}

// ReadDir lists the directory below.
func (n *dirNode) ReadDir(cookie int64, emit func(vnode.Entry) bool) error {
	return layer.List(n.lower, cookie, emit)
}

// Create makes a node below.
func (n *dirNode) Create(name string, nn vnode.NewNode) (*vnode.Vnode, error) {
	lower, err := layer.Create(n.lower, name, nn)
	if err != nil {
		lower.Unref()
		return nil, err
	}
	return n.fs.wrap(lower), nil
}

// Link makes a name below.
func (n *dirNode) Link(name string, vp *vnode.Vnode) error {
	return layer.Link(n.lower, name, of(vp))
}

// Remove takes a name out below.
func (n *dirNode) Remove(name string, vp *vnode.Vnode) error {
	return layer.Remove(n.lower, name, of(vp))
}

// Rename renames below. The tree may have changed there in the meantime: it is
// what the names stand for then that is moved.
func (n *dirNode) Rename(name string, _, to *vnode.Vnode, toName string, _ *vnode.Vnode) error {
	return n.fs.v.RenameIn(n.lower, name, of(to), toName)
}
