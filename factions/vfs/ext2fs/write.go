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
	return n.writeRun(p, x.pblk, at, fresh)
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
	block, got, err := n.fs.allocBlocks(n.nearby(), want)
	if err != nil {
		return extent{}, err
	}
	x := extent{lblk: lblk, n: got, pblk: block, unwritten: unwritten}
	if err := n.extInsert(x); err != nil {
		if ferr := n.fs.freeBlocks(block, uint64(got), false); ferr != nil {
			err = ferr
		}
		return extent{}, err
	}
	n.fs.addBlocks(n.raw, int64(got))
	return x, nil
}

// writeRun writes to blocks in a row, from byte at of the first on. It may
// stop at the end of any block.
func (n fileNode) writeRun(p []byte, block uint64, at int, fresh bool) (int, error) {
	fs, bs := n.fs, n.fs.sb.bsize
	whole := len(p) / bs
	if at == 0 && whole > 0 {
		fs.forget(block, uint64(whole))
		if err := fs.writeBlocks(block, p[:whole*bs]); err != nil || whole*bs == len(p) {
			return whole * bs, err
		}
		c, err := n.writePart(p[whole*bs:], block+uint64(whole), 0, fresh)
		return whole*bs + c, err
	}
	c, err := n.writePart(p[:min(len(p), bs-at)], block, at, fresh)
	if err != nil || c == len(p) {
		return c, err
	}
	d, err := n.writeRun(p[c:], block+1, 0, fresh)
	return c + d, err
}

// writePart writes a part of one block, kept in memory until the commit.
func (n fileNode) writePart(p []byte, block uint64, at int, fresh bool) (int, error) {
	get := n.fs.cache.Get
	if fresh {
		get = n.fs.cache.Fresh
	}
	b, err := get(block)
	if err != nil {
		return 0, err
	}
	copy(b.Data[at:], p)
	n.fs.dirtyData(b)
	return len(p), nil
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
	b, err := n.fs.cache.Get(x.from(uint32(lblk)).pblk)
	if err != nil {
		return err
	}
	start := int64(lblk) << n.fs.sb.bshift
	clear(b.Data[from-start : end-start])
	n.fs.dirtyData(b)
	return nil
}
