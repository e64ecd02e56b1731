// Files in memory: one node for each inode that is in use, or was of late.
package ext2fs

import (
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// inodeSlot is an inode within the buffer of its block.
type inodeSlot struct {
	b   *buf.Buf
	raw rawInode
}

// node is one file. raw is changed under FS.mu, and what permissions are made
// of under the vnode's lock too. What stat needs comes first, with what vp begins
// with, and raw lies before it (nodeMem), each at the start of a line: who looks
// at many files waits for memory more than for anything else.
type node struct {
	fs    *FS
	raw   rawInode
	atime atomic.Int64 // of reads not yet in raw; 0 for none
	links atomic.Int32
	ino   uint32
	vp    vnode.Vnode
	// Under nodesMu:
	freed bool // its inode is free
	known bool // it is in FS.nodes
	idle  bool // it is in FS.idle, between idlePrev and idleNext
	again bool // it was used since it went there

	seed  uint32        // of the checksums of its blocks
	above atomic.Uint32 // of a directory: the one it is in, 0 if not known yet
	goal  uint64        // block after the last one that was allocated
	pages buf.File      // of a file
	// Of a directory without an index: the block of the last name found, and
	// how many blocks at its start have no room for an entry of fullFor bytes.
	lookAt  atomic.Uint64
	fullTo  uint64
	fullFor int

	idlePrev, idleNext *node
}

// nodeMem is a node with room for an inode of the usual size.
type nodeMem struct {
	inode [256]byte
	node
}

// The kinds of nodes, by what the vnode layer may do with them.
type (
	fileNode struct{ *node }
	dirNode  struct{ *node }
	linkNode struct{ *node }
)

// get returns the node of an inode, with a reference: EIO for an inode that is
// not there or is broken. Preconditions: fs.mu is held.
func (fs *FS) get(ino uint32) (*node, error) {
	fs.nodesMu.Lock()
	if n := fs.nodes[ino]; n != nil {
		n.vp.Ref()
		fs.nodesMu.Unlock()
		return n, nil
	}
	fs.nodesMu.Unlock()
	slot, err := fs.inodeSlot(ino)
	if err != nil {
		return nil, err
	}
	if slot.raw.links() == 0 || slot.raw.flags()&flEAInode != 0 || !fs.sb.inodeCsumOK(ino, slot.raw) {
		return nil, abi.EIO
	}
	return fs.enter(ino, slot.raw)
}

// Revive takes a node that nobody uses back into use.
func (fs *FS) Revive(vp *vnode.Vnode) bool {
	n := of(vp)
	fs.nodesMu.Lock()
	defer fs.nodesMu.Unlock()
	if n.freed || !n.known {
		return false
	}
	vp.Ref()
	return true
}

// enter makes the node of an inode whose bytes are raw, unless somebody else
// has.
func (fs *FS) enter(ino uint32, raw rawInode) (*node, error) {
	n := fs.makeNode(ino, raw)
	if err := n.check(); err != nil {
		return nil, err
	}
	n.initVnode()
	fs.nodesMu.Lock()
	defer fs.nodesMu.Unlock()
	if old := fs.nodes[ino]; old != nil {
		old.vp.Ref()
		return old, nil
	}
	fs.nodes[ino], n.known = n, true
	n.vp.Ref()
	return n, nil
}

// makeNode returns a node that nobody else knows, with a copy of raw.
func (fs *FS) makeNode(ino uint32, raw rawInode) *node {
	m := new(nodeMem)
	n := &m.node
	n.fs, n.ino, n.raw = fs, ino, append(m.inode[:0], raw...)
	n.seed = fs.sb.inodeSeed(ino, n.raw)
	n.links.Store(int32(raw.links()))
	n.pages.IO = n
	return n
}

// publish enters a new node among those in use, with a reference.
func (n *node) publish() {
	n.initVnode()
	n.fs.nodesMu.Lock()
	defer n.fs.nodesMu.Unlock()
	if old := n.fs.nodes[n.ino]; old != nil {
		n.fs.drop(old)
	}
	n.fs.nodes[n.ino], n.known = n, true
	n.vp.Ref()
}

// check refuses an inode that makes no sense.
func (n *node) check() error {
	if n.raw.size() > 1<<62 || n.isInline() && (!n.fs.sb.has(featInlineData) || n.raw.size() > uint64(len(n.raw))) {
		return abi.EIO
	}
	if n.fs.sb.cshift > 0 && n.ownsBlocks() && !n.hasExtents() {
		return abi.EIO // there are no clusters in block maps
	}
	switch n.raw.mode() & abi.S_IFMT {
	case abi.S_IFREG, abi.S_IFCHR, abi.S_IFBLK, abi.S_IFIFO, abi.S_IFSOCK:
		return nil
	case abi.S_IFLNK:
		if n.raw.size() <= uint64(n.fs.sb.bsize) {
			return nil
		}
	case abi.S_IFDIR:
		size := n.raw.size()
		if n.isInline() && size >= inBlockSize && n.raw.flags()&flIndex == 0 {
			return nil
		}
		if !n.isInline() && size&uint64(n.fs.sb.bsize-1) == 0 && size>>n.fs.sb.bshift <= n.fs.sb.blocks {
			return nil
		}
	}
	return abi.EIO
}

func (n *node) initVnode() {
	typ := n.raw.mode() & abi.S_IFMT
	switch typ {
	case abi.S_IFREG:
		n.vp.Init(n.fs.mount, typ, 0, fileNode{n})
	case abi.S_IFDIR:
		n.vp.Init(n.fs.mount, typ, 0, dirNode{n})
	case abi.S_IFLNK:
		n.vp.Init(n.fs.mount, typ, 0, linkNode{n})
	default:
		n.vp.Init(n.fs.mount, typ, n.rdev(), n)
	}
}

// of returns the node behind a vnode of this file system.
func of(vp *vnode.Vnode) *node {
	switch n := vp.Node.(type) {
	case fileNode:
		return n.node
	case dirNode:
		return n.node
	case linkNode:
		return n.node
	case *node:
		return n
	}
	return nil
}

func (n *node) isDir() bool      { return n.raw.mode()&abi.S_IFMT == abi.S_IFDIR }
func (n *node) hasExtents() bool { return n.raw.flags()&flExtents != 0 }

// blocks returns how many blocks the size takes.
func (n *node) blocks() uint64 {
	return (n.raw.size() + uint64(n.fs.sb.bsize) - 1) >> n.fs.sb.bshift
}

// Inactive keeps the node for a while, or frees the inode when it has no name.
func (n *node) Inactive() {
	if n.links.Load() <= 0 {
		n.fs.reclaim(n)
		return
	}
	n.flushAtime()
	fs := n.fs
	fs.nodesMu.Lock()
	defer fs.nodesMu.Unlock()
	if n.freed || n.vp.Refs() > 0 {
		return
	}
	if n.idle {
		n.again = true
		return
	}
	fs.idle.add(n)
	fs.trimIdle()
}

// rdev returns the number of a device node, in NetBSD's form.
func (n *node) rdev() uint64 {
	if v := n.raw.u32(inBlock); v != 0 {
		return abi.Makedev(v>>8&0xff, v&0xff)
	}
	v := n.raw.u32(inBlock + 4)
	return abi.Makedev(v>>8&0xfff, v&0xff|v>>12&0xfff00)
}

// setRdev stores the number of a device node.
func (r rawInode) setRdev(dev uint64) {
	major, minor := abi.Major(dev), abi.Minor(dev)
	if major < 256 && minor < 256 {
		r.set32(inBlock, major<<8|minor)
		return
	}
	r.set32(inBlock+4, minor&0xff|major<<8|minor&^0xff<<12)
}
