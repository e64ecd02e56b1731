// Directories: finding names, listing.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// found is an entry, the block it is in, and the offset of the one before it
// there, -1 for the first. lblk is the number of the block in a directory
// without an index.
type found struct {
	b    *buf.Buf // nil in a directory in its inode
	p    []byte   // the bytes of the block
	d    dirent
	prev int
	lblk uint64
}

// find returns the entry of a name: ENOENT. Preconditions: fs.mu is held.
func (n *node) find(name string) (found, error) {
	if n.isInline() {
		return n.findInline(name)
	}
	if n.isIndexed() && name != "." && name != ".." {
		return n.dxFind(name)
	}
	end := n.blocks()
	lblk := min(n.lookAt.Load(), end) // who asks for many names does so in their order
	for range end {
		if lblk++; lblk > end {
			lblk = 1
		}
		b, err := n.dirBlock(lblk - 1)
		if err != nil {
			return found{}, err
		}
		d, prev, ok, err := n.fs.sb.find(b.Data, name)
		if ok {
			n.lookAt.Store(lblk - 1)
		}
		if ok || err != nil {
			return found{b, b.Data, d, prev, lblk - 1}, err
		}
	}
	return found{}, abi.ENOENT
}

// parent returns the number of the directory n is in, as n says.
func (n *node) parent() (uint32, error) {
	if up := n.above.Load(); up != 0 {
		return up, nil
	}
	p, err := n.dirData(0)
	if err != nil {
		return 0, err
	}
	d, _, ok, err := n.fs.sb.find(p, "..")
	if err != nil {
		return 0, err
	}
	if !ok || d.ino == n.ino != (n.ino == rootIno) {
		return 0, abi.EIO
	}
	n.above.Store(d.ino)
	return d.ino, nil
}

// Lookup returns what name stands for.
func (n dirNode) Lookup(name string) (*vnode.Vnode, error) {
	c, err := n.lookup(name)
	if err != nil {
		return nil, err
	}
	if err := n.checkChild(name, c); err != nil {
		c.vp.Unref()
		return nil, err
	}
	return &c.vp, nil
}

func (n dirNode) lookup(name string) (*node, error) {
	n.fs.mu.RLock()
	defer n.fs.mu.RUnlock()
	if n.fs.closed {
		return nil, abi.EIO
	}
	if n.links.Load() <= 0 {
		return nil, abi.ENOENT
	}
	if name == ".." {
		up, err := n.parent()
		if err != nil {
			return nil, err
		}
		return n.fs.get(up)
	}
	f, err := n.find(name)
	if err != nil {
		return nil, err
	}
	return n.fs.get(f.d.ino)
}

// checkChild refuses a directory that says it is in another one, so that all
// that can be reached is a tree: EIO.
func (n dirNode) checkChild(name string, c *node) error {
	if name == ".." {
		if !c.vp.IsDir() {
			return abi.EIO
		}
		return nil
	}
	if !c.vp.IsDir() {
		return nil
	}
	n.fs.mu.RLock()
	defer n.fs.mu.RUnlock()
	if up, err := c.parent(); err != nil || up != n.ino || c.ino == n.ino || c.ino == rootIno {
		return abi.EIO
	}
	return nil
}

// The cookies 0 and 1 are "." and "..". Others are the place of an entry plus
// cookieFirst: its offset, or its hashes where entries may move.
const (
	cookieSelf = iota
	cookieParent
	cookieFirst
)

// ReadDir lists the directory from cookie on.
func (n dirNode) ReadDir(cookie int64, emit func(vnode.Entry) bool) error {
	n.fs.mu.RLock()
	defer n.fs.mu.RUnlock()
	if n.fs.closed {
		return abi.EIO
	}
	if n.links.Load() <= 0 || cookie < 0 {
		return nil
	}
	up, err := n.parent()
	if err != nil {
		return err
	}
	n.accessed()
	if cookie <= cookieSelf && !emit(vnode.Entry{Name: ".", Ino: uint64(n.ino), Type: abi.S_IFDIR, Next: cookieParent}) {
		return nil
	}
	if cookie <= cookieParent && !emit(vnode.Entry{Name: "..", Ino: uint64(up), Type: abi.S_IFDIR, Next: cookieFirst}) {
		return nil
	}
	if n.byHash() {
		return n.listHashed(max(cookie, cookieFirst), emit)
	}
	return n.listLinear(max(cookie, cookieFirst), emit)
}

// byHash reports a directory whose entries may move between blocks: it has an
// index, or will have one when it grows.
func (n *node) byHash() bool {
	return n.isIndexed() || n.fs.sb.hasCompat(featDirIndex) && n.blocks() == 1
}

// listLinear lists in the order of the blocks.
func (n dirNode) listLinear(cookie int64, emit func(vnode.Entry) bool) error {
	s := n.fs.sb
	from := uint64(cookie - cookieFirst)
	for lblk := from >> s.bshift; lblk < n.blocks(); lblk++ {
		p, err := n.dirData(lblk)
		if err != nil {
			return err
		}
		for off := 0; off < len(p); {
			d, err := s.entryAt(p, off)
			if err != nil {
				return err
			}
			at := lblk<<s.bshift + uint64(off)
			off += d.size
			if at < from || !d.listed() {
				continue
			}
			if !emit(n.entry(d, int64(at)+cookieFirst+1)) {
				return nil
			}
		}
	}
	return nil
}

// listed reports an entry that listings show.
func (d dirent) listed() bool {
	if d.ino == 0 || len(d.name) == 0 || isDotName(d.name) {
		return false
	}
	for _, c := range d.name {
		if c == 0 || c == '/' {
			return false
		}
	}
	return true
}

// entry returns what a listing shows.
func (n dirNode) entry(d dirent, next int64) vnode.Entry {
	e := vnode.Entry{Name: string(d.name), Ino: uint64(d.ino), Next: next}
	if int(d.typ) < len(entryTypes) {
		e.Type = entryTypes[d.typ]
	}
	if e.Type == 0 {
		if slot, err := n.fs.inodeSlot(d.ino); err == nil {
			e.Type = slot.raw.mode() & abi.S_IFMT
		}
	}
	return e
}
