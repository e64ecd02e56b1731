// Allocating and freeing inodes.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// allocInode takes a free inode, in the group of the directory it will be in
// if there is one there; new directories spread: ENOSPC.
func (fs *FS) allocInode(parent uint32, isDir bool) (uint32, error) {
	s := fs.sb
	first := (parent - 1) / s.ipg
	if isDir && parent == rootIno {
		first = fs.roomyGroup()
	}
	for i := range s.groups {
		g := uint32((uint64(first) + uint64(i)) % uint64(s.groups))
		ino, err := fs.allocInodeIn(g, isDir)
		if ino != 0 || err != nil {
			return ino, err
		}
	}
	return 0, abi.ENOSPC
}

// roomyGroup returns the group with the fewest directories of those that have
// an average of free inodes at least.
func (fs *FS) roomyGroup() (best uint32) {
	average, least := uint32(fs.tx.freeInodes/uint64(fs.sb.groups)), ^uint32(0)
	for g := range fs.sb.groups {
		d, err := fs.group(g)
		if err == nil && d.freeInodes() >= average && d.freeBlocks() > 0 && d.usedDirs() < least {
			best, least = g, d.usedDirs()
		}
	}
	return best
}

// allocInodeIn takes an inode of one group, 0 if there is none. A group whose
// bitmap is broken has none.
func (fs *FS) allocInodeIn(g uint32, isDir bool) (uint32, error) {
	s := fs.sb
	d, err := fs.group(g)
	if err != nil {
		return 0, err
	}
	if d.freeInodes() == 0 {
		return 0, nil
	}
	b, err := fs.inodeBitmap(d)
	if err == abi.EIO {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	from := uint32(0)
	if g == 0 {
		from = s.firstIno - 1
	}
	i := nextBit(b.Data, from, s.ipg, false)
	if i == s.ipg {
		return 0, nil
	}
	setBits(b.Data, i, i+1)
	d.setFreeInodes(d.freeInodes() - 1)
	if isDir {
		d.setUsedDirs(d.usedDirs() + 1)
	}
	if s.hasRo(featGdtCsum | featMetadataCsum) {
		d.setUnused(min(d.unused(), s.ipg-i-1))
	}
	fs.tx.freeInodes--
	fs.sealInodeBitmap(d, b)
	return g*s.ipg + i + 1, nil
}

// freeInode gives an inode back: EIO for one that is not in use.
func (fs *FS) freeInode(ino uint32, isDir bool) error {
	if ino < fs.sb.firstIno || ino > fs.sb.inodes {
		return abi.EIO
	}
	d, err := fs.group((ino - 1) / fs.sb.ipg)
	if err != nil {
		return err
	}
	b, err := fs.inodeBitmap(d)
	if err != nil {
		return err
	}
	i := (ino - 1) % fs.sb.ipg
	if !bit(b.Data, i) {
		return abi.EIO
	}
	clearBits(b.Data, i, i+1)
	d.setFreeInodes(d.freeInodes() + 1)
	if isDir {
		d.setUsedDirs(max(d.usedDirs(), 1) - 1)
	}
	fs.tx.freeInodes++
	fs.sealInodeBitmap(d, b)
	return nil
}

// newNode takes an inode and fills it in: no links yet, no contents.
func (fs *FS) newNode(parent uint32, nn vnode.NewNode) (*node, error) {
	isDir := nn.Mode&abi.S_IFMT == abi.S_IFDIR
	ino, err := fs.allocInode(parent, isDir)
	if err != nil {
		return nil, err
	}
	r := make(rawInode, fs.sb.isize)
	r.set16(inMode, uint16(nn.Mode&(abi.S_IFMT|abi.ALLPERMS)))
	r.setUid(nn.Uid)
	r.setGid(nn.Gid)
	if fs.sb.isize > goodOldSize {
		r.set16(inExtra, uint16(fs.sb.wantExtra))
	}
	now := fs.now()
	r.setTime(inAtime, inAtimeExtra, now)
	r.setTime(inMtime, inMtimeExtra, now)
	r.setTime(inCtime, inCtimeExtra, now)
	if r.fits(inCrtime, 4) {
		r.setTime(inCrtime, inCrtimeExtra, now)
	}
	r.set32(inGeneration, crcU32(uint32(now), ino^uint32(now>>32)))
	switch nn.Mode & abi.S_IFMT {
	case abi.S_IFREG, abi.S_IFDIR:
		fs.initMap(r)
	case abi.S_IFCHR, abi.S_IFBLK:
		r.setRdev(nn.Rdev)
	}
	return fs.makeNode(ino, r), nil
}

// initMap begins an empty extent tree where the file system has them.
func (fs *FS) initMap(r rawInode) {
	if !fs.sb.has(featExtents) {
		return
	}
	clear(r[inBlock : inBlock+inBlockSize])
	r.set32(inFlags, r.flags()|flExtents)
	r.set16(inBlock, extMagic)
	r.set16(inBlock+4, inBlockSize/extEntry-1)
}
