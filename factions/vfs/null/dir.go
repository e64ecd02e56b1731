// Directories. As everywhere in this package, who locks a node has locked what
// it stands for.
package null

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Lookup returns what name stands for. The root is its own parent; a directory
// that was moved out of the tree below has none, nor has what the root was of a
// mount that was forced off.
func (n *dirNode) Lookup(name string) (*vnode.Vnode, error) {
	if name == ".." {
		switch {
		case &n.vp == n.fs.root:
			return n.vp.Ref(), nil
		case n.lower == n.fs.top || n.lower.IsRoot():
			return nil, abi.ENOENT
		}
	}
	if n.lower.Mount.Dead() {
		return nil, abi.EIO
	}
	lower, err := n.lower.Lookup(name)
	if err != nil {
		return nil, err
	}
	return n.fs.wrap(lower), nil
}

// ReadDir lists the directory below.
func (n *dirNode) ReadDir(cookie int64, emit func(vnode.Entry) bool) error {
	d, err := n.lower.Dir()
	if err != nil {
		return err
	}
	if n.lower.Mount.Dead() {
		return abi.EIO
	}
	return d.ReadDir(cookie, emit)
}

// editor returns what changes the directory below: EIO when that is gone.
func (n *dirNode) editor() (vnode.Editor, error) {
	if n.lower.Mount.Dead() {
		return nil, abi.EIO
	}
	return n.lower.Editor()
}

// Create makes a node below.
func (n *dirNode) Create(name string, nn vnode.NewNode) (*vnode.Vnode, error) {
	ed, err := n.editor()
	if err != nil {
		return nil, err
	}
	lower, err := ed.Create(name, nn)
	if err != nil {
		lower.Unref()
		return nil, err
	}
	return n.fs.wrap(lower), nil
}

// Link makes a name below.
func (n *dirNode) Link(name string, vp *vnode.Vnode) error {
	ed, err := n.editor()
	if err != nil {
		return err
	}
	return ed.Link(name, of(vp))
}

// Remove takes a name out below: EBUSY when something is mounted on it there.
func (n *dirNode) Remove(name string, vp *vnode.Vnode) error {
	ed, err := n.editor()
	if err != nil {
		return err
	}
	if of(vp).Covered() != nil {
		return abi.EBUSY
	}
	return ed.Remove(name, of(vp))
}

// Rename renames below: EBUSY when something is mounted there on either.
func (n *dirNode) Rename(name string, vp, to *vnode.Vnode, toName string, over *vnode.Vnode) error {
	ed, err := n.editor()
	if err != nil {
		return err
	}
	if over != nil {
		if over = of(over); over.Covered() != nil {
			return abi.EBUSY
		}
	}
	if of(vp).Covered() != nil {
		return abi.EBUSY
	}
	return ed.Rename(name, of(vp), of(to), toName, over)
}
