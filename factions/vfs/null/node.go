// Nodes: each stands for one below and passes everything on.
package null

import (
	"github.com/rumpkit/rumpkit/factions/vfs/layer"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// node stands for lower, on which it has a reference.
type node struct {
	vp    vnode.Vnode
	fs    *FS
	lower *vnode.Vnode
}

// The kinds of nodes. The last two are of file systems where a file has one
// name.
type (
	dirNode  struct{ node }
	fileNode struct{ node }
	linkNode struct{ node }
	oneDir   struct{ dirNode }
	oneFile  struct{ fileNode }
)

func (n *node) below() *vnode.Vnode { return n.lower }

// OneName is passed on.
func (n *oneDir) OneName()  {}
func (n *oneFile) OneName() {}

// newNode makes the node for lower, of its kind.
func (fs *FS) newNode(lower *vnode.Vnode) *node {
	_, one := lower.Node.(vnode.OneName)
	switch {
	case lower.IsDir() && one:
		n := new(oneDir)
		return fs.initNode(&n.node, lower, n)
	case lower.IsDir():
		n := new(dirNode)
		return fs.initNode(&n.node, lower, n)
	case lower.Type == abi.S_IFLNK:
		n := new(linkNode)
		return fs.initNode(&n.node, lower, n)
	case lower.Type == abi.S_IFREG && one:
		n := new(oneFile)
		return fs.initNode(&n.node, lower, n)
	case lower.Type == abi.S_IFREG:
		n := new(fileNode)
		return fs.initNode(&n.node, lower, n)
	}
	n := new(node)
	return fs.initNode(n, lower, n)
}

func (fs *FS) initNode(n *node, lower *vnode.Vnode, all vnode.Node) *node {
	n.fs, n.lower = fs, lower
	n.vp.Init(fs.mount, lower.Type, lower.Rdev, all)
	n.vp.Over(lower)
	return n
}

// of returns what a vnode of this file system stands for.
func of(vp *vnode.Vnode) *vnode.Vnode {
	return vp.Node.(interface{ below() *vnode.Vnode }).below()
}

// Inactive gives up what the node stands for.
func (n *node) Inactive() {
	n.fs.mu.Lock()
	gone := n.vp.Refs() == 0 && n.fs.nodes[n.lower] == n
	if gone {
		delete(n.fs.nodes, n.lower)
	}
	n.fs.mu.Unlock()
	if gone {
		n.lower.Unref()
	}
}

// Perm is that below.
func (n *node) Perm() vnode.Perm { return n.lower.Node.Perm() }

// Attr is that below.
func (n *node) Attr() (abi.Stat, error) {
	if n.lower.Mount.Dead() {
		return abi.Stat{}, abi.EIO
	}
	return n.lower.Node.Attr()
}

// SetAttr is that below.
func (n *node) SetAttr(set *vnode.SetAttr) error {
	if err := layer.Writable(n.lower); err != nil {
		return err
	}
	return n.lower.Node.SetAttr(set)
}

// Sync is that below.
func (n *node) Sync() error {
	if s, ok := n.lower.Node.(vnode.Syncer); ok {
		return s.Sync()
	}
	return nil
}

// Closed is told below.
func (n *node) Closed() {
	if c, ok := n.lower.Node.(vnode.Closer); ok {
		c.Closed()
	}
}

// Open is asked below, where somebody listens.
func (n *node) Open(fflags uint32) error {
	if o, ok := n.lower.Node.(interface{ Open(uint32) error }); ok {
		return o.Open(fflags)
	}
	return nil
}

// Readlink is that below.
func (n *linkNode) Readlink() (string, error) {
	ln, ok := n.lower.Node.(vnode.Link)
	if !ok {
		return "", abi.EINVAL
	}
	return ln.Readlink()
}
