// Changing attributes, and writing inodes back.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// SetAttr changes attributes.
func (n *node) SetAttr(set *vnode.SetAttr) error {
	if err := n.fs.begin(); err != nil {
		return err
	}
	r := n.raw
	n.settle()
	if set.What&vnode.SetMode != 0 {
		r.set16(inMode, uint16(r.mode()&abi.S_IFMT|set.Mode&abi.ALLPERMS))
	}
	if set.What&vnode.SetUid != 0 {
		r.setUid(set.Uid)
	}
	if set.What&vnode.SetGid != 0 {
		r.setGid(set.Gid)
	}
	if set.What&vnode.SetFlags != 0 {
		r.setFlags(set.Flags)
	}
	if set.What&vnode.SetAtime != 0 {
		r.setTime(inAtime, inAtimeExtra, set.Atime)
	}
	if set.What&vnode.SetMtime != 0 {
		r.setTime(inMtime, inMtimeExtra, set.Mtime)
	}
	if set.What&vnode.SetBtime != 0 && r.fits(inCrtime, 4) {
		r.setTime(inCrtime, inCrtimeExtra, set.Btime)
	}
	n.changed()
	return n.fs.end(n.save())
}

// changed sets the time of the last change of the inode, modified that of the
// contents too.
func (n *node) changed() { n.raw.setTime(inCtime, inCtimeExtra, n.fs.now()) }

func (n *node) modified() {
	now := n.fs.now()
	n.raw.setTime(inCtime, inCtimeExtra, now)
	n.raw.setTime(inMtime, inMtimeExtra, now)
}

// settle moves a noted read into the inode.
func (n *node) settle() {
	if t := n.atime.Swap(0); t != 0 {
		n.raw.setTime(inAtime, inAtimeExtra, t)
	}
}

// save makes the inode part of the transaction. Preconditions: between begin
// and end.
func (n *node) save() error {
	slot, err := n.fs.inodeSlot(n.ino)
	if err != nil {
		return err
	}
	n.fs.sb.setInodeCsum(n.ino, n.raw)
	copy(slot.raw, n.raw)
	n.fs.dirty(slot.b)
	return nil
}

// flushAtime writes a noted read down.
func (n *node) flushAtime() {
	if n.atime.Load() == 0 || n.links.Load() <= 0 || n.fs.begin() != nil {
		return
	}
	n.settle()
	_ = n.fs.end(n.save())
}
