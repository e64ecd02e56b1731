// Block maps of ext2 and ext3: twelve blocks, then trees of one to three
// levels.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const directBlocks = 12

// indPath says how a block is reached: the slot in the inode, and at each
// level of the tree below it the index.
type indPath struct {
	slot   int
	index  [3]int
	levels int
}

// ptrShift is the log of how many pointers a block holds.
func (s *super) ptrShift() uint { return s.bshift - 2 }

// indPathOf returns the way to lblk: EFBIG beyond what there can be.
func (s *super) indPathOf(lblk uint64) (indPath, error) {
	if lblk < directBlocks {
		return indPath{slot: int(lblk)}, nil
	}
	lblk -= directBlocks
	sh := s.ptrShift()
	for levels := 1; levels <= 3; levels++ {
		n := uint64(1) << (uint(levels) * sh)
		if lblk >= n {
			lblk -= n
			continue
		}
		p := indPath{slot: directBlocks + levels - 1, levels: levels}
		for i := range levels {
			p.index[i] = int(lblk >> (uint(levels-1-i) * sh) & (1<<sh - 1))
		}
		return p, nil
	}
	return indPath{}, abi.EFBIG
}

// maxIndBlocks returns how many blocks a file of block maps may have.
func (s *super) maxIndBlocks() uint64 {
	sh := s.ptrShift()
	n := uint64(directBlocks) + 1<<sh + 1<<(2*sh) + 1<<(3*sh)
	return min(n, lastBlock)
}

func (n *node) slot(i int) []byte { return n.raw[inBlock+4*i : inBlock+4*i+4] }

// indBlock returns a block of pointers.
func (fs *FS) indBlock(block uint64) (*buf.Buf, error) {
	if !fs.sb.inRange(block, 1) {
		return nil, abi.EIO
	}
	return fs.cache.Get(block)
}

// indMap returns the run of blocks that holds lblk, or a hole.
func (n *node) indMap(lblk uint32) (extent, error) {
	s := n.fs.sb
	path, err := s.indPathOf(uint64(lblk))
	if err != nil {
		return extent{lblk: lblk, n: 1}, nil
	}
	table, i := n.raw[inBlock:inBlock+4*directBlocks], path.slot
	if path.levels > 0 {
		at := uint64(le.Uint32(n.slot(path.slot)))
		for level := range path.levels {
			if at == 0 {
				return extent{lblk: lblk, n: s.holeBelow(path, level)}, nil
			}
			b, err := n.fs.indBlock(at)
			if err != nil {
				return extent{}, err
			}
			table, i = b.Data, path.index[level]
			at = uint64(le.Uint32(table[4*i:]))
		}
	}
	return s.indRun(table, i, lblk)
}

// holeBelow returns how many blocks from the path's on lie under the pointer
// to a level that is missing.
func (s *super) holeBelow(p indPath, level int) uint32 {
	total, at := uint64(1), uint64(0)
	for i := level; i < p.levels; i++ {
		total <<= s.ptrShift()
		at = at<<s.ptrShift() | uint64(p.index[i])
	}
	return uint32(min(total-at, 1<<31))
}

// indRun returns the longest run from entry i of a table on: of blocks in a
// row, or of none.
func (s *super) indRun(table []byte, i int, lblk uint32) (extent, error) {
	x := extent{lblk: lblk, n: 1, pblk: uint64(le.Uint32(table[4*i:]))}
	if x.pblk != 0 && !s.inRange(x.pblk, 1) {
		return x, abi.EIO
	}
	for i++; 4*i < len(table); i++ {
		next := uint64(le.Uint32(table[4*i:]))
		if x.pblk == 0 && next != 0 || x.pblk != 0 && (next != x.pblk+uint64(x.n) || next >= s.blocks) {
			break
		}
		x.n++
	}
	return x, nil
}

// mapBlock returns the run of blocks that holds lblk, a hole for one without a
// block. Preconditions: fs.mu is held.
func (n *node) mapBlock(lblk uint64) (extent, error) {
	if lblk > lastBlock || n.isInline() {
		return extent{}, abi.EIO
	}
	if n.hasExtents() {
		return n.extMap(uint32(lblk))
	}
	return n.indMap(uint32(lblk))
}
