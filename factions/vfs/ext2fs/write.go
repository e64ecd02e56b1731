// Writing files.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// maxRunBlocks is how many blocks are allocated at once.
const maxRunBlocks = 2048

// maxSize returns the largest size of a file in bytes.
func (n *node) maxSize() int64 {
	s := n.fs.sb
	blocks := uint64(lastBlock)
	if !n.hasExtents() {
		blocks = s.maxIndBlocks()
	}
	size := int64(blocks << s.bshift)
	if !s.hasRo(featHugeFile) {
		size = min(size, 1<<41-1<<20)
	}
	if !s.hasRo(featLargeFile) {
		size = min(size, 1<<31-1)
	}
	return size
}

// WriteAt writes at byte off.
func (n fileNode) WriteAt(p []byte, off int64) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if off >= n.maxSize() {
		return 0, abi.EFBIG
	}
	p = p[:min(int64(len(p)), n.maxSize()-off)]
	if err := n.fs.begin(); err != nil {
		return 0, err
	}
	done, err := n.write(p, off)
	return done, n.fs.end(err)
}

// write writes at byte off. Preconditions: between begin and end.
func (n fileNode) write(p []byte, off int64) (done int, err error) {
	size := max(off+int64(len(p)), int64(n.raw.size()))
	ok, err := n.changeInline(size, func(all []byte) { copy(all[off:], p) })
	if ok && err == nil {
		n.modified()
		return len(p), n.save()
	}
	if err != nil {
		return 0, err
	}
	return n.writeBlocks(p, off)
}

// writeBlocks writes to a file that has blocks.
func (n fileNode) writeBlocks(p []byte, off int64) (done int, err error) {
	if err := n.zeroGap(off); err != nil {
		return 0, err
	}
	for done < len(p) {
		if done > 0 {
			if err := n.fs.step(); err != nil {
				return done, err
			}
		}
		c, err := n.writeSome(p[done:], off+int64(done))
		if err == abi.ENOSPC && n.fs.tx.pendingBlocks > 0 {
			if err = n.savedCommit(); err == nil {
				continue // there may be blocks that were freed before
			}
		}
		if err != nil {
			return done, err
		}
		if done += c; off+int64(done) > int64(n.raw.size()) {
			n.raw.setSize(off + int64(done))
		}
		n.modified()
		if err := n.save(); err != nil {
			return done, err
		}
	}
	return done, nil
}

// savedCommit commits, the inode saved.
func (n *node) savedCommit() error {
	if err := n.save(); err != nil {
		return err
	}
	return n.fs.commit()
}

// writeSome writes to one run of blocks.
func (n fileNode) writeSome(p []byte, off int64) (int, error) {
	s := n.fs.sb
	lblk, at := uint64(off)>>s.bshift, int(off)&(s.bsize-1)
	want := (at + len(p) + s.bsize - 1) >> s.bshift
	x, fresh, err := n.ensure(uint32(lblk), uint32(min(want, maxRunBlocks)))
	if err != nil {
		return 0, err
	}
	end := int64(x.end()) << s.bshift
	p = p[:min(int64(len(p)), end-off)]
	return len(p), n.writeRun(p, off, fresh)
}

// ensure returns the run of blocks that begins with lblk, want at most, and
// allocates them if there are none: ENOSPC. fresh says that they hold nothing
// yet.
func (n *node) ensure(lblk, want uint32) (x extent, fresh bool, err error) {
	if x, err = n.mapBlock(uint64(lblk)); err != nil {
		return x, false, err
	}
	if x.pblk != 0 {
		whole := x
		x = x.from(lblk)
		x.n = min(x.n, want)
		n.goal = x.pblk + uint64(x.n)
		if whole.unwritten {
			err = n.extConvert(whole, lblk, lblk+x.n)
		}
		return x, whole.unwritten, err
	}
	want = min(want, x.n)
	if !n.hasExtents() {
		x, err = n.indAlloc(lblk, want)
	} else {
		x, err = n.extAlloc(lblk, want, false)
	}
	n.goal = x.pblk + uint64(x.n)
	return x, true, err
}

// extAlloc gives blocks to lblk and those that follow: a new extent of want
// blocks at most.
func (n *node) extAlloc(lblk, want uint32, unwritten bool) (extent, error) {
	block, got, taken, err := n.takeBlocks(lblk, want)
	if err != nil {
		return extent{}, err
	}
	x := extent{lblk: lblk, n: got, pblk: block, unwritten: unwritten}
	if err := n.extInsert(x); err != nil {
		if taken > 0 {
			if ferr := n.fs.freeBlocks(block&^(n.fs.sb.cluster()-1), uint64(taken), false); ferr != nil {
				err = ferr
			}
		}
		return extent{}, err
	}
	n.fs.addBlocks(n.raw, int64(taken))
	return x, nil
}

// writeRun writes at byte off, where the file has blocks in a row: whole pages
// at once, the rest in memory, until the flusher or a commit comes. fresh says
// that the blocks hold nothing yet.
func (n *node) writeRun(p []byte, off int64, fresh bool) error {
	n.fs.begun()
	for len(p) > 0 {
		c, err := n.fs.files.Whole(off, len(p)), error(nil)
		if c > 0 {
			n.fs.files.Drop(&n.pages, off, off+int64(c))
			err = n.WriteBlocks(p[:c], off)
		} else {
			c, err = n.fs.files.Write(&n.pages, p, off, fresh)
		}
		if err != nil {
			return err
		}
		p, off = p[c:], off+int64(c)
	}
	return nil
}

// WriteBlocks writes p, whole blocks, to byte off of the contents: buf.IO.
func (n *node) WriteBlocks(p []byte, off int64) error {
	s := n.fs.sb
	for len(p) > 0 {
		x, err := n.mapBlock(uint64(off) >> s.bshift)
		if err == nil && (x.pblk == 0 || x.unwritten) {
			err = abi.EIO
		}
		if err != nil {
			return err
		}
		c := int(min(int64(len(p)), int64(x.end())<<s.bshift-off))
		if err := n.fs.writeBlocks(x.from(uint32(off>>s.bshift)).pblk, p[:c]); err != nil {
			return err
		}
		p, off = p[c:], off+int64(c)
	}
	return nil
}

// zeroGap makes what lies between the end of the file and off, in the last
// block, read as zeros.
func (n *node) zeroGap(off int64) error {
	size := int64(n.raw.size())
	if off <= size {
		return nil
	}
	return n.zeroRange(size, min(off, (size+int64(n.fs.sb.bsize)-1)&^int64(n.fs.sb.bsize-1)))
}

// zeroRange zeroes bytes from to end, which lie in one block. A block that
// reads as zeros is left alone.
func (n *node) zeroRange(from, end int64) error {
	if from >= end {
		return nil
	}
	lblk := uint64(from) >> n.fs.sb.bshift
	x, err := n.mapBlock(lblk)
	if err != nil || x.pblk == 0 || x.unwritten {
		return err
	}
	return n.writeRun(make([]byte, end-from), from, false)
}
