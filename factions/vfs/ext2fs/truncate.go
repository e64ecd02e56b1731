// Sizes: truncating, reserving space, making holes.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Truncate sets the size.
func (n fileNode) Truncate(size int64) error {
	if size > n.maxSize() {
		return abi.EFBIG
	}
	if err := n.fs.begin(); err != nil {
		return err
	}
	return n.fs.end(n.truncate(size))
}

func (n fileNode) truncate(size int64) error {
	if n.isInline() {
		ok, err := n.changeInline(size, func([]byte) {})
		if ok && err == nil {
			n.modified()
			return n.save()
		}
		if err != nil {
			return err
		}
	}
	old := int64(n.raw.size())
	if size > old {
		if err := n.zeroGap(size); err != nil {
			return err
		}
	} else {
		if err := n.zeroRange(size, (size+int64(n.fs.sb.bsize)-1)&^int64(n.fs.sb.bsize-1)); err != nil {
			return err
		}
	}
	n.raw.setSize(size)
	n.modified()
	if size >= old {
		return n.save()
	}
	return n.shrink()
}

// bigFile is from how many sectors on the blocks of a file may be freed in
// more than one transaction.
const bigFile = 4096

// shrink frees the blocks beyond the size. While that takes several
// transactions the inode is among the orphans, so that a crash ends it.
func (n *node) shrink() error {
	big := n.fs.sectors(n.raw) > bigFile
	if big {
		if err := n.addOrphan(); err != nil {
			return err
		}
	}
	if err := n.save(); err != nil {
		return err
	}
	if err := n.punch(n.blocks(), lastBlock+1); err != nil {
		return err
	}
	if big {
		return n.dropOrphan()
	}
	return nil
}

// Allocate reserves space for bytes off to off+size, and extends the file.
func (n fileNode) Allocate(off, size int64) error {
	if off > n.maxSize()-size {
		return abi.EFBIG
	}
	if err := n.fs.begin(); err != nil {
		return err
	}
	return n.fs.end(n.reserve(off, off+size))
}

func (n fileNode) reserve(off, end int64) error {
	s := n.fs.sb
	if n.isInline() {
		if err := n.leaveInline(); err != nil {
			return err
		}
	}
	last := uint64(end+int64(s.bsize)-1) >> s.bshift
	for lblk := uint64(off) >> s.bshift; lblk < last; {
		x, err := n.mapBlock(lblk)
		if err != nil {
			return err
		}
		if x.pblk == 0 {
			if x, err = n.reserveRun(uint32(lblk), uint32(min(last-lblk, uint64(x.n)))); err != nil {
				return err
			}
		}
		lblk = x.end()
		if err := n.savedStep(); err != nil {
			return err
		}
	}
	if end > int64(n.raw.size()) {
		if err := n.zeroGap(end); err != nil {
			return err
		}
		n.raw.setSize(end)
	}
	n.modified()
	return n.save()
}

// reserveRun gives blocks to a hole: an extent without contents, or, in a
// block map, zeros.
func (n fileNode) reserveRun(lblk, want uint32) (extent, error) {
	if n.hasExtents() {
		x, err := n.extAlloc(lblk, min(want, extMaxLen-1), true)
		n.goal = x.pblk + uint64(x.n)
		return x, err
	}
	x, err := n.indAlloc(lblk, min(want, 64))
	if err != nil {
		return x, err
	}
	n.goal = x.pblk + uint64(x.n)
	return x, n.writeRun(make([]byte, int(x.n)<<n.fs.sb.bshift), int64(lblk)<<n.fs.sb.bshift, true)
}

// Discard makes bytes off to off+size read as zeros, and frees the blocks that
// lie within.
func (n fileNode) Discard(off, size int64) error {
	end := int64(n.raw.size())
	if off >= end {
		return nil
	}
	if size < end-off {
		end = off + size
	}
	if err := n.fs.begin(); err != nil {
		return err
	}
	return n.fs.end(n.discard(off, end))
}

func (n fileNode) discard(off, end int64) error {
	if n.isInline() {
		ok, err := n.changeInline(int64(n.raw.size()), func(p []byte) { clear(p[off:end]) })
		if ok && err == nil {
			n.modified()
			return n.save()
		}
		if err != nil {
			return err
		}
	}
	bs := int64(n.fs.sb.bsize)
	first, last := (off+bs-1)/bs, end/bs
	n.modified()
	if err := n.save(); err != nil {
		return err
	}
	if first > last {
		return n.zeroRange(off, end)
	}
	if err := n.zeroRange(off, first*bs); err != nil {
		return err
	}
	if err := n.zeroRange(last*bs, end); err != nil {
		return err
	}
	if end == int64(n.raw.size()) {
		last = (end + bs - 1) / bs
	}
	if first < last {
		if err := n.fs.files.Flush(&n.pages); err != nil {
			return err // it may be that nothing is punched
		}
		return n.punch(uint64(first), uint64(last))
	}
	return nil
}
