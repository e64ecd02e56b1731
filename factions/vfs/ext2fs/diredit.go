// Entering names into directories and taking them out.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// enterName adds an entry for ino: ENOSPC. The caller saves the directory.
func (n *node) enterName(name string, ino uint32, typ byte) error {
	if n.isInline() {
		ok, err := n.enterInline(name, ino, typ)
		if ok || err != nil {
			return err
		}
		if err := n.leaveInlineDir(); err != nil {
			return err
		}
	}
	if n.isIndexed() {
		return n.dxEnter(name, ino, typ)
	}
	if n.raw.flags()&flIndex != 0 { // an index nobody keeps any more
		n.raw.set32(inFlags, n.raw.flags()&^flIndex)
	}
	lblk, need := uint64(0), entrySize(len(name))
	if need >= n.fullFor {
		lblk = min(n.fullTo, n.blocks())
	}
	for ; lblk < n.blocks(); lblk++ {
		b, err := n.dirBlock(lblk)
		if err != nil {
			return err
		}
		n.fullTo, n.fullFor = lblk, need
		ok, err := n.place(b, name, ino, typ)
		if ok || err != nil {
			return err
		}
	}
	if n.blocks() == 1 && n.canIndex() {
		if err := n.dxMake(); err != nil {
			return err
		}
		return n.dxEnter(name, ino, typ)
	}
	b, _, err := n.addDirBlock()
	if err != nil {
		return err
	}
	_, err = n.place(b, name, ino, typ)
	return err
}

// place puts an entry into a block of entries, if there is room.
func (n *node) place(b *buf.Buf, name string, ino uint32, typ byte) (bool, error) {
	s := n.fs.sb
	if p := b.Data; s.metaCsum() && !isTail(p[len(p)-tailSize:]) {
		return false, nil // an index block
	}
	ok, err := s.place(b.Data, s.dirRoom(), name, ino, typ)
	if ok {
		n.sealDirBlock(b)
	}
	return ok, err
}

// place puts an entry into the first room bytes of p, if they have a gap.
func (s *super) place(p []byte, room int, name string, ino uint32, typ byte) (bool, error) {
	need := entrySize(len(name))
	for off := 0; off < room; {
		d, err := s.entryAt(p, off)
		if err != nil || off+d.size > room {
			return false, abi.EIO
		}
		used := 0
		if d.ino != 0 {
			used = entrySize(len(d.name))
		}
		if d.size-used >= need {
			if used > 0 {
				s.setEntrySize(p, off, used)
			}
			s.putEntry(p, off+used, d.size-used, ino, typ, name)
			return true, nil
		}
		off += d.size
	}
	return false, nil
}

// addDirBlock makes the directory a block longer, without entries: ENOSPC. It
// returns the block and its number in the directory.
func (n *node) addDirBlock() (*buf.Buf, uint64, error) {
	s := n.fs.sb
	lblk := n.blocks()
	if lblk >= lastBlock || int64(lblk+1)<<s.bshift > n.maxDirSize() {
		return nil, 0, abi.ENOSPC
	}
	x, _, err := n.ensure(uint32(lblk), 1)
	if err != nil {
		return nil, 0, err
	}
	b, err := n.fs.cache.Fresh(x.pblk)
	if err != nil {
		return nil, 0, err
	}
	s.setEntrySize(b.Data, 0, s.dirRoom())
	s.putTail(b.Data)
	n.raw.setSize(int64(lblk+1) << s.bshift)
	n.sealDirBlock(b)
	return b, lblk, nil
}

// maxDirSize returns the largest size of a directory in bytes.
func (n *node) maxDirSize() int64 {
	if n.fs.sb.has(featLargedir) {
		return n.maxSize()
	}
	return min(n.maxSize(), 1<<31-1)
}

// removeEntry takes an entry out: its space goes to the one before it.
func (n *node) removeEntry(f found) error {
	s, p := n.fs.sb, f.p
	if f.prev < 0 {
		le.PutUint32(p[f.d.off:], 0)
	} else {
		prev, err := s.entryAt(p, f.prev)
		if err != nil || f.prev+prev.size != f.d.off {
			return abi.EIO
		}
		s.setEntrySize(p, f.prev, prev.size+f.d.size)
	}
	n.fullTo = min(n.fullTo, f.lblk)
	n.sealFound(f)
	return nil
}

// sealFound makes a changed entry part of the transaction. What lies in the
// inode is saved by the caller.
func (n *node) sealFound(f found) {
	if f.b != nil {
		n.sealDirBlock(f.b)
	}
}

// setEntry makes an entry stand for another inode. The caller saves the
// directory.
func (n *node) setEntry(f found, ino uint32, typ byte) {
	p := f.p
	le.PutUint32(p[f.d.off:], ino)
	if n.fs.sb.has(featFiletype) {
		p[f.d.off+7] = typ
	}
	n.sealFound(f)
}

// isEmpty reports a directory with no entries but "." and "..".
func (n *node) isEmpty() (bool, error) {
	for lblk := range n.blocks() {
		p, err := n.dirData(lblk)
		if err != nil {
			return false, err
		}
		for off := 0; off < len(p); {
			d, err := n.fs.sb.entryAt(p, off)
			if err != nil {
				return false, err
			}
			if d.ino != 0 && !isDotName(d.name) {
				return false, nil
			}
			off += d.size
		}
	}
	return true, nil
}

// makeDirBlock makes the first block of a new directory.
func (n *node) makeDirBlock(parent uint32) error {
	s := n.fs.sb
	if ok, err := n.makeInlineDir(parent); ok || err != nil {
		n.above.Store(parent)
		return err
	}
	b, _, err := n.addDirBlock()
	if err != nil {
		return err
	}
	s.putDots(b.Data, n.ino, parent, s.dirRoom()-12)
	n.sealDirBlock(b)
	n.above.Store(parent)
	return nil
}

// setParent makes ".." of a directory stand for another one.
func (n *node) setParent(parent uint32) error {
	if n.isInline() {
		le.PutUint32(n.raw[inBlock:], parent)
		n.above.Store(parent)
		return nil
	}
	b, err := n.dirBlock(0)
	if err != nil {
		return err
	}
	d, prev, ok, err := n.fs.sb.find(b.Data, "..")
	if err != nil || !ok {
		return abi.EIO
	}
	n.setEntry(found{b: b, p: b.Data, d: d, prev: prev}, parent, entryType(abi.S_IFDIR))
	if n.raw.flags()&flIndex != 0 && !isTail(b.Data[len(b.Data)-tailSize:]) {
		n.sealIndex(dxNode{b: b, base: dxRootBase})
	}
	n.above.Store(parent)
	return nil
}
