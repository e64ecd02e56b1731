// Values of extended attributes that are too large for the place of the others:
// each has an inode of its own, which counts the attributes that stand for it
// (ea_inode).
package ext2fs

import (
	"slices"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	maxValue  = 64 << 10 // bytes of a value
	inVersion = 36       // where such an inode has the low half of its count
)

// value returns the value of an attribute: EIO for one that is not what its
// inode says.
func (fs *FS) value(x xattr) ([]byte, error) {
	if x.inum == 0 {
		return x.value, nil
	}
	e, err := fs.valueNode(x.inum)
	if err != nil {
		return nil, err
	}
	if e.raw.size() != uint64(x.size) {
		return nil, abi.EIO
	}
	p := make([]byte, e.blocks()<<fs.sb.bshift)
	if err := e.ReadBlocks(p, 0); err != nil {
		return nil, err
	}
	p = p[:x.size]
	if crc32c(fs.sb.seed, p) != e.raw.u32(inAtime) {
		return nil, abi.EIO
	}
	return p, nil
}

// ownBlocks returns how many blocks a value counts among those of the file,
// whoever else has it too.
func (fs *FS) ownBlocks(x xattr) int64 {
	if x.inum == 0 {
		return 0
	}
	return int64(fs.sb.clusters((uint64(x.size)+uint64(fs.sb.bsize)-1)>>fs.sb.bshift) << fs.sb.cshift)
}

// valueNode returns the inode of a value, which no name leads to: EIO for any
// other.
func (fs *FS) valueNode(ino uint32) (*node, error) {
	slot, err := fs.inodeSlot(ino)
	if err != nil {
		return nil, err
	}
	r := slot.raw
	if ino < fs.sb.firstIno || !fs.sb.inodeCsumOK(ino, r) || r.flags()&flEAInode == 0 ||
		r.flags()&flInlineData != 0 || r.mode()&abi.S_IFMT != abi.S_IFREG || r.size() > maxValue {
		return nil, abi.EIO
	}
	return fs.makeNode(ino, r), nil
}

// keepValue moves the value of x into an inode of its own: ENOSPC.
func (n *node) keepValue(x *xattr) error {
	fs := n.fs
	e, err := fs.newNode(n.ino, vnode.NewNode{Mode: abi.S_IFREG | 0o600, Uid: n.raw.uid(), Gid: n.raw.gid()})
	if err != nil {
		return err
	}
	r, sum := e.raw, crc32c(fs.sb.seed, x.value)
	r.set32(inFlags, r.flags()|flEAInode)
	r.set16(inLinks, 1)
	r.setTime(inAtime, inAtimeExtra, 0)
	r.setTime(inCtime, inCtimeExtra, 0)
	r.set32(inAtime, sum)
	r.set32(inVersion, 1)
	if err := e.fillValue(x.value); err != nil {
		r.set16(inLinks, 0)
		if derr := e.destroy(); derr != nil {
			err = derr
		}
		return err
	}
	x.inum, x.size = e.ino, uint32(len(x.value))
	x.value = le.AppendUint32(nil, sum)
	x.sum, x.value = x.hash(), nil
	return nil
}

// fillValue writes the contents of a new inode, before the commit as those of
// all files.
func (n *node) fillValue(value []byte) error {
	bs := n.fs.sb.bsize
	p := make([]byte, (len(value)+bs-1)&^(bs-1))
	copy(p, value)
	n.raw.setSize(int64(len(value)))
	for lblk := 0; len(p) > 0; {
		x, _, err := n.ensure(uint32(lblk), uint32(len(p)/bs))
		if err != nil {
			return err
		}
		c := int(x.n) * bs
		if err := n.fs.writeBlocks(x.pblk, p[:c]); err != nil {
			return err
		}
		lblk, p = lblk+int(x.n), p[c:]
	}
	return n.save()
}

// countValue counts d attributes more for a value. One with none left is among
// the orphans then, and dropValues must follow.
func (fs *FS) countValue(ino uint32, d int64) error {
	e, err := fs.valueNode(ino)
	if err != nil {
		return err
	}
	refs := int64(uint64(e.raw.u32(inCtime))<<32|uint64(e.raw.u32(inVersion))) + d
	if refs < 0 || e.raw.links() != 1 {
		return abi.EIO
	}
	e.raw.set32(inCtime, uint32(refs>>32))
	e.raw.set32(inVersion, uint32(refs))
	if refs == 0 {
		e.raw.set16(inLinks, 0)
		if err := e.addOrphan(); err != nil {
			return err
		}
	}
	return e.save()
}

// unlinkValues counts down the values that a list has in inodes, and returns
// their numbers.
func (fs *FS) unlinkValues(list []xattr) (inos []uint32, err error) {
	for _, x := range list {
		if x.inum == 0 {
			continue
		}
		if err := fs.countValue(x.inum, -1); err != nil {
			return nil, err
		}
		inos = append(inos, x.inum)
	}
	return inos, nil
}

// dropValues frees those of the inodes that nothing stands for any more. The
// transaction may be committed on the way.
func (fs *FS) dropValues(inos []uint32) error {
	for _, ino := range inos {
		if !slices.Contains(fs.orphans, ino) {
			continue
		}
		e, err := fs.valueNode(ino)
		if err == nil {
			err = e.destroy()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// freeAllXattrs gives up the attributes of a file that goes.
func (n *node) freeAllXattrs() error {
	if !n.fs.sb.has(featEAInode) {
		return n.freeXattrs()
	}
	inner, outer, err := n.xattrs()
	if err != nil {
		return err
	}
	if shared, err := n.sharesXattrs(); err != nil {
		return err
	} else if !shared {
		inner = append(inner, outer...)
	}
	inos, err := n.fs.unlinkValues(inner)
	if err != nil {
		return err
	}
	n.putInner(nil)
	if err := n.freeXattrs(); err != nil {
		return err
	}
	if err := n.save(); err != nil {
		return err
	}
	return n.fs.dropValues(inos)
}

// sharesXattrs reports a block of attributes that other files have too.
func (n *node) sharesXattrs() (bool, error) {
	if n.raw.acl() == 0 {
		return false, nil
	}
	b, err := n.xattrBlock()
	return err == nil && le.Uint32(b.Data[xattrRefs:]) > 1, err
}
