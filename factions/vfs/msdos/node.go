// Nodes: the files and directories in memory.
package msdos

import (
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// node is one file or directory. fs.mu protects its fields.
//
// A node in memory keeps its parent there: so ".." needs no disk, and the
// directories in memory are a tree whatever the disk says.
type node struct {
	vp     vnode.Vnode
	fs     *FS
	key    int64  // in fs.nodes: where the entry is, of a directory its first cluster, 0 of the root
	pos    int64  // where the entry is, 0 for the root
	num    uint64 // in fs.numbers
	parent *node  // nil for the root, and without a name
	kids   int    // nodes in memory whose parent it is
	queued bool   // in fs.idle
	lost   bool   // it has no name any more

	raw   [dirEntSize]byte // the entry, without meaning for the root
	chain chain
	size  int64  // of a file
	index *index // of a directory, nil when it is not in memory

	read atomic.Bool // the access time is to be set
}

// fileNode is a regular file, dirNode a directory.
type (
	fileNode struct{ node }
	dirNode  struct{ node }
)

// rootIno is the number of the root. Others are where they are on the disk when
// they come into memory. They keep their number there, whatever becomes of their
// entry: one whose number another has taken along has one from firstSpare on.
const (
	rootIno    = 1
	firstSpare = 1 << 40
)

// OneName: there are no links.
func (n *node) OneName() {}

// of returns the node behind a vnode of this file system.
func of(vp *vnode.Vnode) *node {
	switch n := vp.Node.(type) {
	case *fileNode:
		return &n.node
	case *dirNode:
		return &n.node
	}
	return nil
}

// newNode returns a node of a type, which is not in the table yet.
func (fs *FS) newNode(dir bool) *node {
	if dir {
		n := new(dirNode)
		n.fs = fs
		n.vp.Init(fs.mount, abi.S_IFDIR, 0, n)
		return &n.node
	}
	n := new(fileNode)
	n.fs = fs
	n.vp.Init(fs.mount, abi.S_IFREG, 0, n)
	return &n.node
}

// makeRoot makes the node of the root.
func (fs *FS) makeRoot() {
	n := fs.newNode(true)
	if fs.kind == fat32 {
		n.chain.start = fs.rootClus
	}
	n.raw[attrByte] = attrDir
	fs.root, fs.nodes[n.key] = n, n
}

// ino returns the node's number.
func (n *node) ino() uint64 {
	if n == n.fs.root {
		return rootIno
	}
	return n.num
}

// number gives a node its number.
func (fs *FS) number(n *node) {
	n.num = uint64(n.key) / dirEntSize
	for fs.numbers[n.num] != nil {
		n.num = firstSpare + fs.spares
		fs.spares++
	}
	fs.numbers[n.num] = n
}

// numberAt is the number of what has that key.
func (fs *FS) numberAt(key int64) uint64 {
	if n := fs.nodes[key]; n != nil {
		return n.ino()
	}
	return uint64(key) / dirEntSize
}

// load returns the node of an entry of dir: EIO when the disk has what cannot
// be, such as a directory in two places.
func (fs *FS) load(dir *node, e *entry) (*node, error) {
	pos, key, err := fs.keyOf(dir, e)
	if err != nil {
		return nil, err
	}
	if n := fs.nodes[key]; n != nil {
		if n.parent != dir || n.pos != pos || n.vp.IsDir() != e.dir {
			return nil, abi.EIO
		}
		return n, nil
	}
	n := fs.newNode(e.dir)
	if err := fs.dev.ReadAt(n.raw[:], pos); err != nil {
		return nil, err
	}
	n.pos = pos
	n.chain.start = startOf(n.raw[:], fs.kind)
	if n.size = int64(le.Uint32(n.raw[sizeField:])); e.dir {
		n.chain.start = e.start
	}
	fs.enterNode(n, dir, key)
	return n, nil
}

// keyOf returns where an entry of dir is, and the key of its node.
func (fs *FS) keyOf(dir *node, e *entry) (pos, key int64, err error) {
	pos = fs.slotAt(dir.index, e.slot)
	if !e.dir {
		return pos, pos, nil
	}
	if !fs.valid(e.start) || e.start == fs.rootClus {
		return 0, 0, abi.EIO
	}
	return pos, fs.at(e.start), nil
}

// enterNode puts a node into the table.
func (fs *FS) enterNode(n, parent *node, key int64) {
	n.parent, n.key = parent, key
	parent.kids++
	fs.nodes[key] = n
	fs.number(n)
}

// takeOut takes a node out of the table; its parent may become idle.
func (fs *FS) takeOut(n *node) {
	if fs.nodes[n.key] == n {
		delete(fs.nodes, n.key)
	}
	if p := n.parent; p != nil {
		p.kids--
		n.parent = nil
		fs.rest(p)
	}
}

// maxIdle is how many nodes are kept that nobody uses.
const maxIdle = 4096

// rest queues a node that nobody uses, and drops those at the queue's head
// when there are too many.
func (fs *FS) rest(n *node) {
	if n.queued || n == fs.root || n.lost || n.kids > 0 || n.vp.Refs() > 0 {
		return
	}
	n.queued = true
	fs.idle = append(fs.idle, n)
	for len(fs.idle) > maxIdle {
		old := fs.idle[0]
		fs.idle[0] = nil
		fs.idle = fs.idle[1:]
		old.queued = false
		if !old.lost && old.kids == 0 && old.vp.Refs() == 0 {
			fs.dropIndex(old)
			fs.takeOut(old)
			delete(fs.numbers, old.num)
		}
	}
}

// Inactive frees what a node without a name has, and lets others rest.
func (n *node) Inactive() {
	fs := n.fs
	if fs.enter() != nil {
		return
	}
	defer fs.mu.Unlock()
	if n.vp.Refs() > 0 {
		return
	}
	if !n.lost {
		n.settle()
		n.chain.forget()
		fs.rest(n)
		return
	}
	delete(fs.numbers, n.num)
	if fs.orphans[n] {
		delete(fs.orphans, n)
		_ = fs.cut(&n.chain, 0)
	}
}
