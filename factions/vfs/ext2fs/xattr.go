// Extended attributes: in the inode while there is room, else in a block that
// files with the same ones may share.
package ext2fs

import (
	"slices"

	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	xattrMagic = 0xea020000
	xattrRefs  = 4  // offset of the count of files
	xattrCsum  = 16 // offset of the checksum
	xattrFirst = 32 // of a block: where entries begin
)

// xattrBlockCsum returns the checksum of a block of attributes.
func (s *super) xattrBlockCsum(block uint64, p []byte) uint32 {
	var num [8]byte
	le.PutUint64(num[:], block)
	return crcHole(crc32c(s.seed, num[:]), p, xattrCsum, 4)
}

// Xattr returns the value of an attribute.
func (n *node) Xattr(ns int32, name string) ([]byte, error) {
	index, name, err := xattrIndex(ns, name)
	if err != nil {
		return nil, err
	}
	n.fs.mu.RLock()
	defer n.fs.mu.RUnlock()
	inner, outer, err := n.xattrs()
	if err != nil {
		return nil, err
	}
	for _, list := range [...][]xattr{inner, outer} {
		if i := findXattr(list, index, name); i >= 0 {
			return n.fs.value(list[i])
		}
	}
	return nil, abi.ENODATA
}

// ListXattr calls emit with the names of a namespace.
func (n *node) ListXattr(ns int32, emit func(name string)) error {
	n.fs.mu.RLock()
	inner, outer, err := n.xattrs()
	n.fs.mu.RUnlock()
	if err != nil {
		return err
	}
	for _, x := range slices.Concat(inner, outer) {
		name := xattrName(x)
		if name != "" && (x.index == 1) == (ns == abi.EXTATTR_NAMESPACE_USER) {
			emit(name)
		}
	}
	return nil
}

// SetXattr sets an attribute: ENOSPC when inode and block have no room for it.
func (n *node) SetXattr(ns int32, name string, value []byte) error {
	index, name, err := xattrIndex(ns, name)
	if err != nil {
		return err
	}
	if len(value) > n.fs.sb.bsize && (len(value) > maxValue || !n.fs.sb.has(featEAInode)) {
		return abi.ENOSPC
	}
	return n.changeXattrs(index, name, &xattr{index: index, name: name, value: slices.Clone(value)})
}

// RemoveXattr removes an attribute.
func (n *node) RemoveXattr(ns int32, name string) error {
	index, name, err := xattrIndex(ns, name)
	if err != nil {
		return err
	}
	return n.changeXattrs(index, name, nil)
}

func findXattr(list []xattr, index byte, name string) int {
	return slices.IndexFunc(list, func(x xattr) bool { return x.index == index && x.name == name })
}

// changeXattrs replaces the attribute of a name by x, nil for none.
func (n *node) changeXattrs(index byte, name string, x *xattr) error {
	if err := n.fs.begin(); err != nil {
		return err
	}
	return n.fs.end(n.replaceXattr(index, name, x))
}

func (n *node) replaceXattr(index byte, name string, x *xattr) error {
	if !n.fs.sb.hasCompat(featExtAttr) {
		return abi.EOPNOTSUPP
	}
	e, err := n.takeXattr(index, name)
	if err != nil {
		return err
	}
	if x == nil && !e.found {
		return abi.ENODATA
	}
	inside := false
	if x != nil {
		if inside, err = n.roomFor(e.inner, e.outer, x); err != nil {
			return err
		}
		if inside {
			e.inner = append(e.inner, *x)
		} else {
			e.outer, e.changed = append(e.outer, *x), true
		}
		e.blocks += n.fs.ownBlocks(*x)
	}
	if e.changed {
		if err := n.putOuter(e, x); err != nil {
			return n.undoValue(x, err)
		}
	}
	inos, err := n.fs.unlinkValues(e.old)
	if err != nil {
		return err
	}
	n.fs.addBlocks(n.raw, e.blocks)
	n.putInner(e.inner)
	n.changed()
	if err := n.save(); err != nil {
		return err
	}
	return n.fs.dropValues(inos)
}

// xattrEdit is the attributes of a file while one of them is replaced.
type xattrEdit struct {
	inner, outer []xattr
	old          []xattr // what goes, and is in no other file's block
	found        bool
	changed      bool  // the outer ones are others now
	shared       bool  // the block is that of other files too
	blocks       int64 // counted more among the file's
}

// takeXattr returns the attributes but one.
func (n *node) takeXattr(index byte, name string) (e xattrEdit, err error) {
	if e.inner, e.outer, err = n.xattrs(); err != nil {
		return e, err
	}
	if e.shared, err = n.sharesXattrs(); err != nil {
		return e, err
	}
	if i := findXattr(e.inner, index, name); i >= 0 {
		e.found, e.old, e.blocks = true, append(e.old, e.inner[i]), -n.fs.ownBlocks(e.inner[i])
		e.inner = slices.Delete(e.inner, i, i+1)
	}
	if i := findXattr(e.outer, index, name); i >= 0 {
		if !e.shared {
			e.old = append(e.old, e.outer[i])
		}
		e.found, e.changed, e.blocks = true, true, e.blocks-n.fs.ownBlocks(e.outer[i])
		e.outer = slices.Delete(e.outer, i, i+1)
	}
	return e, nil
}

// putOuter stores the attributes of the block, among them x if it is there. In
// a block of the file's own they stand for values of inodes once more.
func (n *node) putOuter(e xattrEdit, x *xattr) error {
	if err := n.putXattrBlock(e.outer); err != nil || !e.shared {
		return err
	}
	for _, y := range e.outer {
		if y.inum != 0 && (x == nil || y.inum != x.inum) {
			if err := n.fs.countValue(y.inum, 1); err != nil {
				return err
			}
		}
	}
	return nil
}

// roomFor says whether there is room for x in the inode, and else in the block,
// with its value or with one in an inode of its own: ENOSPC.
func (n *node) roomFor(inner, outer []xattr, x *xattr) (inside bool, err error) {
	fits := func(x xattr) bool {
		inside = xattrsFit(append(slices.Clip(inner), x), len(n.xattrArea())-4)
		return inside || xattrsFit(append(slices.Clip(outer), x), n.fs.sb.bsize-xattrFirst)
	}
	if fits(*x) {
		return inside, nil
	}
	if !n.fs.sb.has(featEAInode) || !fits(xattr{index: x.index, name: x.name, inum: 1}) {
		return false, abi.ENOSPC
	}
	return inside, n.keepValue(x)
}

// undoValue frees the inode of a value that could not be entered for err.
func (n *node) undoValue(x *xattr, err error) error {
	if x != nil && x.inum != 0 {
		e, derr := n.fs.valueNode(x.inum)
		if derr == nil {
			e.raw.set16(inLinks, 0)
			derr = e.destroy()
		}
		if derr != nil {
			return derr
		}
	}
	return err
}

// xattrArea returns the part of the inode that may hold attributes.
func (n *node) xattrArea() []byte {
	if n.raw.extra() == 0 {
		return nil
	}
	p := n.raw[goodOldSize+n.raw.extra():]
	if len(p) < 8 {
		return nil
	}
	return p
}

// xattrs returns the attributes in the inode and those in the block.
func (n *node) xattrs() (inner, outer []xattr, err error) {
	if inner, err = n.innerXattrs(); err != nil || n.raw.acl() == 0 {
		return inner, nil, err
	}
	b, err := n.xattrBlock()
	if err != nil {
		return nil, nil, err
	}
	outer, err = parseXattrs(b.Data, xattrFirst, 0)
	return inner, outer, err
}

func (n *node) innerXattrs() ([]xattr, error) {
	p := n.xattrArea()
	if p == nil || le.Uint32(p) != xattrMagic {
		return nil, nil
	}
	return parseXattrs(p, 4, 4)
}

// xattrBlock returns the file's block of attributes, checked: EIO.
func (n *node) xattrBlock() (*buf.Buf, error) {
	s, block := n.fs.sb, n.raw.acl()
	if !s.inRange(block, 1) {
		return nil, abi.EIO
	}
	b, err := n.fs.cache.Get(block)
	if err != nil {
		return nil, err
	}
	if le.Uint32(b.Data) != xattrMagic || le.Uint32(b.Data[8:]) != 1 || le.Uint32(b.Data[xattrRefs:]) == 0 {
		return nil, abi.EIO
	}
	if s.metaCsum() && s.xattrBlockCsum(block, b.Data) != le.Uint32(b.Data[xattrCsum:]) {
		return nil, abi.EIO
	}
	return b, nil
}

// putInner makes list the attributes in the inode.
func (n *node) putInner(list []xattr) {
	p := n.xattrArea()
	if p == nil || len(list) == 0 && le.Uint32(p) != xattrMagic {
		return
	}
	clear(p)
	le.PutUint32(p, xattrMagic)
	putXattrs(p, 4, 4, list)
}

// putXattrBlock makes list the attributes in the block: none is no block, and
// one that others share is left to them.
func (n *node) putXattrBlock(list []xattr) error {
	if len(list) == 0 {
		return n.freeXattrs()
	}
	fs := n.fs
	var b *buf.Buf
	var err error
	if n.raw.acl() != 0 {
		if b, err = n.xattrBlock(); err != nil {
			return err
		}
		if le.Uint32(b.Data[xattrRefs:]) > 1 {
			b = nil
		}
	}
	if b == nil {
		block, got, err := fs.allocBlocks(n.nearby(), 1)
		if err != nil {
			return err
		}
		if err := n.freeXattrs(); err != nil {
			return err
		}
		if b, err = fs.cache.Fresh(block); err != nil {
			return err
		}
		n.raw.setACL(block)
		fs.addBlocks(n.raw, int64(got))
	}
	clear(b.Data)
	le.PutUint32(b.Data, xattrMagic)
	le.PutUint32(b.Data[xattrRefs:], 1)
	le.PutUint32(b.Data[8:], 1)
	putXattrs(b.Data, xattrFirst, 0, list)
	le.PutUint32(b.Data[12:], xattrsHash(list))
	fs.sealXattrs(b)
	return nil
}

// sealXattrs makes a changed block of attributes part of the transaction.
func (fs *FS) sealXattrs(b *buf.Buf) {
	if fs.sb.metaCsum() {
		le.PutUint32(b.Data[xattrCsum:], fs.sb.xattrBlockCsum(b.Block, b.Data))
	}
	fs.dirty(b)
}

// freeXattrs gives up the file's block of attributes: EIO for one that makes
// no sense.
func (n *node) freeXattrs() error {
	if n.raw.acl() == 0 {
		return nil
	}
	b, err := n.xattrBlock()
	if err != nil {
		return err
	}
	n.raw.setACL(0)
	n.fs.addBlocks(n.raw, -int64(n.fs.sb.cluster()))
	if refs := le.Uint32(b.Data[xattrRefs:]); refs > 1 {
		le.PutUint32(b.Data[xattrRefs:], refs-1)
		n.fs.sealXattrs(b)
		return nil
	}
	return n.fs.freeBlocks(b.Block, n.fs.sb.cluster(), true)
}
