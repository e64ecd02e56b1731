// Nodes: each stands for one of the upper tree, one of the lower, or two
// directories.
package union

import (
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/vfs/layer"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// node has a reference on what it stands for, and on its parent.
type node struct {
	vp     vnode.Vnode
	fs     *FS
	upper  atomic.Pointer[vnode.Vnode] // nil until something is written
	lower  *vnode.Vnode
	parent *node // nil for the root
	name   string
}

// The kinds of nodes.
type (
	dirNode  struct{ node }
	fileNode struct{ node }
	linkNode struct{ node }
)

// now returns what the node shows: that of the upper tree, if there is one.
func (n *node) now() *vnode.Vnode {
	if u := n.upper.Load(); u != nil {
		return u
	}
	return n.lower
}

// Below returns what the node shows.
func (n *node) Below() *vnode.Vnode { return n.now() }

func of(vp *vnode.Vnode) *node {
	switch n := vp.Node.(type) {
	case *dirNode:
		return &n.node
	case *fileNode:
		return &n.node
	case *linkNode:
		return &n.node
	case *node:
		return n
	}
	return nil
}

// wrap returns the node for what name in parent is, with a reference. It takes
// the references on upper and lower over; either may be nil.
func (fs *FS) wrap(parent *node, name string, upper, lower *vnode.Vnode) *node {
	fs.mu.Lock()
	if n := fs.known(parent, name, upper, lower); n != nil {
		fs.mu.Unlock()
		upper.Unref()
		lower.Unref()
		return n
	}
	defer fs.mu.Unlock()
	like := upper
	if like == nil {
		like = lower
	}
	n := fs.newNode(like)
	n.lower, n.parent, n.name = lower, parent, name
	n.upper.Store(upper)
	if upper != nil {
		fs.uppers[upper] = n
	}
	if lower != nil {
		fs.lowers[lower] = n
	}
	if parent != nil {
		parent.vp.Ref()
	}
	n.vp.Ref()
	return n
}

// known returns the node that there is already, with a reference, nil if there
// is none. It learns a name when it had lost its own, and what the upper tree
// has by now. Preconditions: fs.mu is held.
func (fs *FS) known(parent *node, name string, upper, lower *vnode.Vnode) *node {
	n := fs.uppers[upper]
	if n == nil {
		n = fs.lowers[lower]
	}
	if n == nil || upper != nil && n.upper.Load() != nil && n.upper.Load() != upper {
		return nil
	}
	n.vp.Ref()
	if n.parent == nil && parent != nil && n != fs.root && !parent.within(n) {
		n.parent, n.name = parent, name
		parent.vp.Ref()
	}
	if upper != nil && n.upper.Load() == nil {
		n.upper.Store(upper.Ref())
		fs.uppers[upper] = n
	}
	return n
}

// within reports n or one of the directories it is in. Preconditions: fs.mu is
// held.
func (n *node) within(outer *node) bool {
	for ; n != nil; n = n.parent {
		if n == outer {
			return true
		}
	}
	return false
}

func (fs *FS) newNode(like *vnode.Vnode) *node {
	switch like.Type {
	case abi.S_IFDIR:
		n := new(dirNode)
		return fs.initNode(&n.node, like, n)
	case abi.S_IFREG:
		n := new(fileNode)
		return fs.initNode(&n.node, like, n)
	case abi.S_IFLNK:
		n := new(linkNode)
		return fs.initNode(&n.node, like, n)
	}
	n := new(node)
	return fs.initNode(n, like, n)
}

func (fs *FS) initNode(n *node, like *vnode.Vnode, all vnode.Node) *node {
	n.fs = fs
	n.vp.Init(fs.mount, like.Type, like.Rdev, all)
	return n
}

// Inactive gives up what the node stands for, and its parent.
func (n *node) Inactive() {
	fs := n.fs
	fs.mu.Lock()
	if n.vp.Refs() > 0 || !n.forget() {
		fs.mu.Unlock()
		return
	}
	u, parent := n.upper.Load(), n.parent
	fs.mu.Unlock()
	u.Unref()
	n.lower.Unref()
	if parent != nil {
		parent.vp.Unref()
	}
}

// forget takes n out of the tables, and reports whether it was there. One in the
// upper tree may not have been the only one of what is below. Preconditions:
// fs.mu is held.
func (n *node) forget() bool {
	fs, u := n.fs, n.upper.Load()
	if u != nil && fs.uppers[u] != n || u == nil && fs.lowers[n.lower] != n {
		return false
	}
	delete(fs.uppers, u)
	if fs.lowers[n.lower] == n {
		delete(fs.lowers, n.lower)
	}
	return true
}

// lowerIno tells numbers of the lower tree from those of the upper.
const lowerIno = 1 << 62

// Perm is that of what is shown.
func (n *node) Perm() vnode.Perm { return layer.Perm(n.now()) }

// Attr is that of what is shown.
func (n *node) Attr() (abi.Stat, error) {
	vp := n.now()
	st, err := layer.Attr(vp)
	if vp == n.lower {
		st.Ino |= lowerIno
	}
	return st, err
}

// SetAttr changes attributes in the upper tree.
func (n *node) SetAttr(set *vnode.SetAttr) error {
	u, err := n.raise()
	if err != nil {
		return err
	}
	return layer.SetAttr(u, set)
}

// Sync writes what is shown back.
func (n *node) Sync() error { return layer.Sync(n.now()) }

// Readlink is that of what is shown.
func (n *linkNode) Readlink() (string, error) { return layer.Readlink(n.now()) }

// ReadAt reads what is shown.
func (n *fileNode) ReadAt(p []byte, off int64) (int, error) { return layer.ReadAt(n.now(), p, off) }

// Size is that of what is shown.
func (n *fileNode) Size() int64 { return layer.Size(n.now()) }

// Uncache has what is shown kept in no cache, where there is one.
func (n *fileNode) Uncache(off, k int64) error { return layer.Uncache(n.now(), off, k) }

// WriteAt writes to the file in the upper tree.
func (n *fileNode) WriteAt(p []byte, off int64) (int, error) {
	u, err := n.raise()
	if err != nil {
		return 0, err
	}
	return layer.WriteAt(u, p, off)
}

// Truncate sets the size in the upper tree.
func (n *fileNode) Truncate(size int64) error {
	u, err := n.raise()
	if err != nil {
		return err
	}
	return layer.Truncate(u, size)
}
