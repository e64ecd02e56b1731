// Directory blocks: chains of entries, each with the space up to the next.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	entryHead = 8  // bytes before the name
	tailSize  = 12 // bytes of the checksum at a block's end
	tailType  = 0xde
)

// dirent is one entry of a directory block.
type dirent struct {
	off, size int // where it is, and its space
	ino       uint32
	typ       byte
	name      []byte // within the block
}

// entrySize returns the least space of an entry.
func entrySize(nameLen int) int { return (entryHead + nameLen + 3) &^ 3 }

// entryAt returns the entry at byte off of a block: EIO for one that makes no
// sense.
func (s *super) entryAt(p []byte, off int) (dirent, error) {
	if off < 0 || off+entryHead > len(p) {
		return dirent{}, abi.EIO
	}
	d := dirent{off: off, ino: le.Uint32(p[off:]), size: int(le.Uint16(p[off+4:]))}
	if d.size == 0 || d.size == 65535 {
		d.size = 65536
	}
	n := int(p[off+6])
	if s.has(featFiletype) {
		d.typ = p[off+7]
	} else {
		n |= int(p[off+7]) << 8
	}
	if d.size%4 != 0 || d.size < entrySize(n) || off+d.size > len(p) || n > 255 || d.ino > s.inodes {
		return dirent{}, abi.EIO
	}
	d.name = p[off+entryHead : off+entryHead+n]
	return d, nil
}

// putEntry writes an entry; its name's length is in bounds.
func (s *super) putEntry(p []byte, off, size int, ino uint32, typ byte, name string) {
	le.PutUint32(p[off:], ino)
	s.setEntrySize(p, off, size)
	p[off+6] = byte(len(name))
	p[off+7] = 0
	if s.has(featFiletype) {
		p[off+7] = typ
	}
	copy(p[off+entryHead:], name)
}

func (s *super) setEntrySize(p []byte, off, size int) {
	if size == 65536 {
		size = 65535
	}
	le.PutUint16(p[off+4:], uint16(size))
}

// isDotName reports "." and "..".
func isDotName(name []byte) bool { return string(name) == "." || string(name) == ".." }

// find returns the entry of a name in a block; ok is false if it is not there.
// prev is the offset of the entry before it, -1 if it is the first.
func (s *super) find(p []byte, name string) (d dirent, prev int, ok bool, err error) {
	off, prev := skipOthers(p, name)
	for ; off < len(p); off += d.size {
		if d, err = s.entryAt(p, off); err != nil {
			return d, prev, false, err
		}
		if d.ino != 0 && string(d.name) == name {
			return d, prev, true, nil
		}
		prev = off
	}
	return d, prev, false, nil
}

// skipOthers goes over entries that plainly have another name, and returns the
// offset of the first that may not, or makes no sense, and of the one before
// it. It looks at no more than it must: lookups spend their time here.
func skipOthers(p []byte, name string) (off, prev int) {
	prev = -1
	for off+entryHead <= len(p) {
		e := p[off:]
		size := int(e[4]) | int(e[5])<<8
		n := int(e[6])
		if size < entryHead+n || size%4 != 0 || size > len(e) || size == 65535 {
			return off, prev
		}
		if n == len(name) && string(e[entryHead:entryHead+n]) == name {
			return off, prev
		}
		prev, off = off, off+size
	}
	return off, prev
}

// dirBlock returns a block of a directory, checked: EIO, also for a hole.
func (n *node) dirBlock(lblk uint64) (*buf.Buf, error) {
	if lblk >= n.blocks() {
		return nil, abi.EIO
	}
	x, err := n.mapBlock(lblk)
	if err != nil {
		return nil, err
	}
	if x.pblk == 0 || x.unwritten {
		return nil, abi.EIO
	}
	b, err := n.fs.cache.Get(x.pblk + lblk - uint64(x.lblk))
	if err != nil {
		return nil, err
	}
	tag := checkTag(kindDir, n.ino)
	if b.Checked.Load() == tag {
		return b, nil
	}
	if err := n.checkDirBlock(b.Data, lblk); err != nil {
		return nil, err
	}
	b.Checked.Store(tag)
	return b, nil
}

// checkDirBlock verifies a block as it comes from the device.
func (n *node) checkDirBlock(p []byte, lblk uint64) error {
	s := n.fs.sb
	for off := 0; off < len(p); {
		d, err := s.entryAt(p, off)
		if err != nil {
			return err
		}
		off += d.size
	}
	if !s.metaCsum() {
		return nil
	}
	if t := len(p) - tailSize; isTail(p[t:]) {
		if crc32c(n.seed, p[:t]) != le.Uint32(p[t+8:]) {
			return abi.EIO
		}
		return nil
	}
	base := dxNodeBase
	if lblk == 0 {
		base = dxRootBase
	}
	if off := dxTail(p, base); off < 0 || n.dxCsum(p, base) != le.Uint32(p[off+4:]) {
		return abi.EIO
	}
	return nil
}

// isTail reports the bytes of a checksum at a block's end.
func isTail(t []byte) bool {
	return le.Uint32(t) == 0 && le.Uint16(t[4:]) == tailSize && t[6] == 0 && t[7] == tailType
}

// room returns how much of a block entries may take.
func (s *super) dirRoom() int {
	if s.metaCsum() {
		return s.bsize - tailSize
	}
	return s.bsize
}

// sealDirBlock stores the checksum of a changed block of entries and makes it
// part of the transaction.
func (n *node) sealDirBlock(b *buf.Buf) {
	if n.fs.sb.metaCsum() {
		t := b.Data[len(b.Data)-tailSize:]
		if isTail(t) {
			le.PutUint32(t[8:], crc32c(n.seed, b.Data[:len(b.Data)-tailSize]))
		}
	}
	b.Checked.Store(checkTag(kindDir, n.ino))
	n.fs.dirty(b)
}

// putTail makes the end of a block of entries.
func (s *super) putTail(p []byte) {
	if s.metaCsum() {
		t := p[len(p)-tailSize:]
		clear(t)
		le.PutUint16(t[4:], tailSize)
		t[7] = tailType
	}
}

// The types of entries, and what stat calls them.
var entryTypes = [8]uint32{0, abi.S_IFREG, abi.S_IFDIR, abi.S_IFCHR, abi.S_IFBLK, abi.S_IFIFO, abi.S_IFSOCK, abi.S_IFLNK}

func entryType(mode uint32) byte {
	for i, t := range entryTypes {
		if t == mode&abi.S_IFMT {
			return byte(i)
		}
	}
	return 0
}
