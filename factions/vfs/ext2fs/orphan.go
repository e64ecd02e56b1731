// Orphans: inodes without a name that are still in use, and files that are
// being cut. They are on a list on the device, so that whoever mounts it after
// a crash ends what was begun.
package ext2fs

import (
	"slices"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// setLastOrphan sets the head of the list.
func (fs *FS) setLastOrphan(ino uint32) error {
	b, p, err := fs.superBuf()
	if err != nil {
		return err
	}
	le.PutUint32(p[sbLastOrphan:], ino)
	fs.dirty(b)
	return nil
}

// addOrphan puts the inode on the list. The caller saves it.
func (n *node) addOrphan() error {
	fs := n.fs
	if slices.Contains(fs.orphans, n.ino) {
		return nil
	}
	next := uint32(0)
	if len(fs.orphans) > 0 {
		next = fs.orphans[0]
	}
	n.raw.set32(inDtime, next)
	fs.orphans = slices.Insert(fs.orphans, 0, n.ino)
	return fs.setLastOrphan(n.ino)
}

// dropOrphan takes the inode off the list and saves it.
func (n *node) dropOrphan() error {
	fs := n.fs
	i := slices.Index(fs.orphans, n.ino)
	if i < 0 {
		return n.save()
	}
	next := n.raw.u32(inDtime)
	var err error
	if i == 0 {
		err = fs.setLastOrphan(next)
	} else {
		err = fs.setNextOrphan(fs.orphans[i-1], next)
	}
	if err != nil {
		return err
	}
	fs.orphans = slices.Delete(fs.orphans, i, i+1)
	n.raw.set32(inDtime, 0)
	return n.save()
}

// setNextOrphan makes next follow ino in the list.
func (fs *FS) setNextOrphan(ino, next uint32) error {
	fs.nodesMu.Lock()
	n := fs.nodes[ino]
	fs.nodesMu.Unlock()
	if n != nil {
		n.raw.set32(inDtime, next)
		return n.save()
	}
	slot, err := fs.inodeSlot(ino)
	if err != nil {
		return err
	}
	slot.raw.set32(inDtime, next)
	fs.sb.setInodeCsum(ino, slot.raw)
	fs.dirty(slot.b)
	return nil
}

// reclaim frees the inode of a file that has neither a name nor a user.
func (fs *FS) reclaim(n *node) {
	if fs.begin() != nil {
		fs.nodesMu.Lock()
		defer fs.nodesMu.Unlock()
		if n.vp.Refs() <= 0 && n.known {
			fs.drop(n)
			fs.files.DropAll(&n.pages)
		}
		return
	}
	fs.nodesMu.Lock()
	gone := n.freed || n.vp.Refs() > 0
	if !gone {
		n.freed = true
	}
	fs.nodesMu.Unlock()
	var err error
	if !gone {
		err = n.destroy()
		fs.nodesMu.Lock()
		fs.drop(n)
		fs.nodesMu.Unlock()
	}
	_ = fs.end(err)
}

// destroy frees contents, attributes and inode.
func (n *node) destroy() error {
	if n.ownsBlocks() {
		n.raw.setSize(0)
		if err := n.save(); err != nil {
			return err
		}
		if err := n.punch(0, lastBlock+1); err != nil {
			return err
		}
	}
	if err := n.freeAllXattrs(); err != nil {
		return err
	}
	if err := n.dropOrphan(); err != nil {
		return err
	}
	n.raw.setSize(0)
	n.raw.set32(inDtime, uint32(n.fs.now()/1e9))
	if err := n.save(); err != nil {
		return err
	}
	return n.fs.freeInode(n.ino, n.isDir())
}

// ownsBlocks reports contents in blocks of their own.
func (n *node) ownsBlocks() bool {
	if n.isInline() {
		return false
	}
	switch n.raw.mode() & abi.S_IFMT {
	case abi.S_IFREG, abi.S_IFDIR:
		return true
	case abi.S_IFLNK:
		return !linkNode{n}.isFast()
	}
	return false
}

// recoverOrphans ends what was begun when the file system was last in use.
// What makes no sense there is left to fsck.
func (fs *FS) recoverOrphans() error {
	_, p, err := fs.superBuf()
	if err != nil {
		return err
	}
	fs.cache.Hold(true)
	defer fs.cache.Hold(false)
	for range fs.sb.inodes {
		ino := le.Uint32(p[sbLastOrphan:])
		if ino == 0 {
			return nil
		}
		if err := fs.recoverOrphan(ino); err != nil {
			fs.say(name + ": " + fs.path + ": its list of orphans is broken, fsck is advised\n")
			fs.orphans, fs.wasClean = nil, false
			if fs.tx.changed {
				return abi.EINVAL
			}
			return fs.setLastOrphan(0)
		}
		fs.tx.changed = false
	}
	return nil
}

// recoverOrphan frees the first inode of the list, or what is beyond its size.
func (fs *FS) recoverOrphan(ino uint32) error {
	slot, err := fs.inodeSlot(ino)
	if err != nil {
		return err
	}
	if ino < fs.sb.firstIno || !fs.sb.inodeCsumOK(ino, slot.raw) {
		return abi.EIO
	}
	n := fs.makeNode(ino, slot.raw)
	if err := n.check(); err != nil {
		return err
	}
	fs.orphans = []uint32{ino}
	if n.raw.links() == 0 {
		return n.destroy()
	}
	if n.raw.mode()&abi.S_IFMT == abi.S_IFREG && !n.isInline() {
		if err := n.punch(n.blocks(), lastBlock+1); err != nil {
			return err
		}
	}
	return n.dropOrphan()
}
