// Changes of directories: made in the upper tree, with whiteouts for what the
// lower one has.
package union

import (
	"github.com/rumpkit/rumpkit/factions/vfs/layer"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Create makes a node in the upper tree. A directory that takes the place of
// one removed from the lower tree does not show what that has.
func (n *dirNode) Create(name string, nn vnode.NewNode) (*vnode.Vnode, error) {
	if hidden(name) {
		return nil, abi.EINVAL
	}
	fs := n.fs
	fs.lockTree()
	defer fs.tree.Unlock()
	dir, err := n.raiseLocked()
	if err != nil {
		return nil, err
	}
	u, err := layer.Create(dir, name, nn)
	if err != nil {
		u.Unref()
		return nil, err
	}
	if u.IsDir() && has(n.below(), name) {
		if err := mark(u, opaque); err != nil {
			_ = layer.Remove(dir, name, u)
			u.Unref()
			return nil, err
		}
	}
	discard(dir, whiteout+name)
	return &fs.wrap(&n.node, name, u, nil).vp, nil
}

// mark makes an empty file.
func mark(dir *vnode.Vnode, name string) error {
	vp, err := layer.Create(dir, name, vnode.NewNode{Mode: abi.S_IFREG | 0o400})
	vp.Unref()
	if err == abi.EEXIST {
		return nil
	}
	return err
}

// Link copies the file up, if need be, and enters a further name there.
func (n *dirNode) Link(name string, vp *vnode.Vnode) error {
	if hidden(name) {
		return abi.EINVAL
	}
	n.fs.lockTree()
	defer n.fs.tree.Unlock()
	dir, err := n.raiseLocked()
	if err != nil {
		return err
	}
	u, err := of(vp).raiseLocked()
	if err == nil {
		err = layer.Link(dir, name, u)
	}
	if err == nil {
		discard(dir, whiteout+name)
	}
	return err
}

// Remove takes a name out of the upper tree, and hides it in the lower.
func (n *dirNode) Remove(name string, vp *vnode.Vnode) error {
	n.fs.lockTree()
	defer n.fs.tree.Unlock()
	child := of(vp)
	if err := child.clearDir(); err != nil {
		return err
	}
	if err := n.hide(name); err != nil {
		return err
	}
	u := child.upper.Load()
	if u != nil {
		dir := n.upper.Load()
		if dir == nil {
			return abi.ENOENT
		}
		if err := layer.Remove(dir, name, u); err != nil {
			return err
		}
	}
	child.lose(&n.node)
	return nil
}

// hide makes a whiteout for name, if the lower tree has it.
func (n *node) hide(name string) error {
	if !has(n.below(), name) {
		return nil
	}
	dir, err := n.raiseLocked()
	if err != nil {
		return err
	}
	return mark(dir, whiteout+name)
}

// lose makes a directory forget where it was; a file may have other names.
func (n *node) lose(parent *node) {
	if !n.vp.IsDir() && n.upper.Load() != nil {
		return
	}
	n.fs.mu.Lock()
	old := n.parent
	if old == parent {
		n.parent, n.name = nil, ""
	}
	n.fs.mu.Unlock()
	if old == parent {
		parent.vp.Unref() // the caller has one too
	}
}

// clearDir makes a directory ready to be removed: ENOTEMPTY when it shows
// anything, else its whiteouts go.
func (n *node) clearDir() error {
	if !n.vp.IsDir() {
		return nil
	}
	u := n.upper.Load()
	var marks []string
	if u != nil {
		full := false
		err := layer.List(u, 0, func(e vnode.Entry) bool {
			switch {
			case hidden(e.Name):
				marks = append(marks, e.Name)
			case e.Name != "." && e.Name != "..":
				full = true
			}
			return !full
		})
		if err != nil || full {
			return orNotEmpty(err)
		}
	}
	if l := n.below(); l != nil {
		full := false
		err := (&dirNode{}).listLower(u, l, 0, func(e vnode.Entry) bool {
			full = e.Name != "." && e.Name != ".."
			return !full
		})
		if err != nil || full {
			return orNotEmpty(err)
		}
	}
	for _, name := range marks {
		discard(u, name)
	}
	return nil
}

func orNotEmpty(err error) error {
	if err == nil {
		return abi.ENOTEMPTY
	}
	return err
}

// Rename moves in the upper tree: a file of the lower one is copied up, a
// directory that the lower tree has is EXDEV, as from one file system to
// another.
func (n *dirNode) Rename(name string, vp, to *vnode.Vnode, toName string, over *vnode.Vnode) error {
	if hidden(toName) {
		return abi.EINVAL
	}
	fs, child, dst := n.fs, of(vp), of(to)
	fs.lockTree()
	defer fs.tree.Unlock()
	if child.vp.IsDir() && (child.upper.Load() == nil || child.below() != nil) {
		return abi.EXDEV
	}
	if over != nil {
		if err := of(over).clearDir(); err != nil {
			return err
		}
	}
	u, err := child.raiseLocked()
	if err != nil {
		return err
	}
	tdir, err := dst.raiseLocked()
	if err != nil {
		return err
	}
	if u.IsDir() && has(dst.below(), toName) {
		if err := mark(u, opaque); err != nil {
			return err
		}
	}
	if err := n.hide(name); err != nil {
		return err
	}
	if n.upper.Load() == nil {
		return abi.ENOENT
	}
	if err := fs.v.RenameIn(n.upper.Load(), name, tdir, toName); err != nil {
		return err
	}
	discard(tdir, whiteout+toName)
	if over != nil {
		of(over).lose(dst)
	}
	child.moved(dst, toName)
	return nil
}

// moved tells a node where it is now. What was above the new parent until the
// upper tree was changed by other names is not any more: a node that was moved
// below n is told so by its next lookup.
func (n *node) moved(parent *node, name string) {
	parent.vp.Ref()
	n.fs.mu.Lock()
	cut := parent
	for cut != nil && cut.parent != n {
		cut = cut.parent
	}
	if cut != nil {
		cut.parent, cut.name = nil, ""
	}
	old := n.parent
	n.parent, n.name = parent, name
	n.fs.mu.Unlock()
	if cut != nil {
		n.vp.Unref() // the caller has one too
	}
	if old != nil {
		old.vp.Unref() // the caller has one too
	}
}
