// Nodes: attributes, life and death. What a directory or a file holds is in
// dir.go and data.go.
package memfs

import (
	"strings"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// node is one file. Its fields are protected by the vnode's lock, where they
// are not atomic.
type node struct {
	vp vnode.Vnode
	fs *FS

	ino                   uint64
	nlink                 atomic.Int32
	mode, uid, gid, flags uint32

	atime               atomic.Int64
	mtime, ctime, btime int64
	// read is set by reads; who looks at the times next turns it into one.
	read atomic.Bool

	target string // of a symbolic link
	dir    *dir   // of a directory
	attrs  []attr // extended attributes

	freed atomic.Bool
}

// fileNode is a node with contents.
type fileNode struct {
	node
	data data
}

// dirNode is a directory.
type dirNode struct{ node }

// linkNode is a symbolic link.
type linkNode struct{ node }

// nodeCost is charged for each node, names and tables aside.
const nodeCost = 512

// newNode makes a node that has no name yet: ENOSPC when there are too many.
func (fs *FS) newNode(nn vnode.NewNode) (*node, error) {
	if n, limit := fs.nodes.Add(1), fs.maxNodes.Load(); limit != 0 && n > limit {
		fs.nodes.Add(-1)
		return nil, abi.ENOSPC
	}
	if err := fs.charge(nodeCost + int64(len(nn.Target))); err != nil {
		fs.nodes.Add(-1)
		return nil, err
	}
	n := fs.allocNode(nn)
	n.fs, n.ino, n.target = fs, fs.lastIno.Add(1), strings.Clone(nn.Target)
	n.mode, n.uid, n.gid = nn.Mode&abi.ALLPERMS, nn.Uid, nn.Gid
	now := fs.now()
	n.mtime, n.ctime, n.btime = now, now, now
	n.atime.Store(now)
	return n, nil
}

// allocNode returns memory for a node of the type, its vnode set up.
func (fs *FS) allocNode(nn vnode.NewNode) *node {
	typ := nn.Mode & abi.S_IFMT
	switch typ {
	case abi.S_IFREG:
		n := new(fileNode)
		n.vp.Init(fs.mount, typ, 0, n)
		return &n.node
	case abi.S_IFDIR:
		n := new(dirNode)
		n.dir = new(dir)
		n.vp.Init(fs.mount, typ, 0, n)
		return &n.node
	case abi.S_IFLNK:
		n := new(linkNode)
		n.vp.Init(fs.mount, typ, 0, n)
		return &n.node
	}
	n := new(node)
	n.vp.Init(fs.mount, typ, nn.Rdev, n)
	return n
}

// of returns the node behind a vnode of this file system.
func of(vp *vnode.Vnode) *node {
	switch n := vp.Node.(type) {
	case *fileNode:
		return &n.node
	case *dirNode:
		return &n.node
	case *linkNode:
		return &n.node
	case *node:
		return n
	}
	return nil
}

// Inactive frees a node that has neither a name nor a user left.
func (n *node) Inactive() {
	if n.nlink.Load() <= 0 {
		n.free()
	}
}

// Inactive frees the contents too.
func (n *fileNode) Inactive() {
	if n.nlink.Load() <= 0 {
		n.vp.Lock()
		n.data.truncate(n.fs, 0)
		n.vp.Unlock()
		n.free()
	}
}

// free uncounts the node, once.
func (n *node) free() {
	if n.freed.CompareAndSwap(false, true) {
		n.fs.nodes.Add(-1)
		n.fs.credit(nodeCost + int64(len(n.target)) + n.attrBytes())
	}
}

// Readlink returns the target.
func (n *linkNode) Readlink() (string, error) {
	n.accessed()
	return n.target, nil
}
