// Allocating and freeing blocks.
package ext2fs

import "github.com/rumpkit/rumpkit/kernel/abi"

// nearGroups is how many groups are searched for a run of the full length
// before a shorter one will do.
const nearGroups = 8

// allocBlocks takes up to want free blocks in a row, near goal, and with them
// the rest of the last one's cluster: ENOSPC.
func (fs *FS) allocBlocks(goal uint64, want uint32) (block uint64, n uint32, err error) {
	s := fs.sb
	if fs.tx.freeBlocks <= fs.tx.pendingBlocks {
		return 0, 0, abi.ENOSPC
	}
	want = uint32(s.clusters(uint64(want)))
	if goal += s.cluster() - 1; !s.inRange(goal, 1) {
		goal = s.firstData + 1
	}
	first, from := s.groupOf(goal)
	for _, least := range [...]uint32{want, 1} {
		for i := range s.groups {
			if least > 1 && i >= nearGroups {
				break
			}
			g := uint32((uint64(first) + uint64(i)) % uint64(s.groups))
			if i > 0 {
				from = 0
			}
			block, n, err := fs.allocIn(g, from, want, least)
			if n > 0 || err != nil {
				return block, n, err
			}
		}
		_, from = s.groupOf(goal)
		if want == 1 {
			break
		}
	}
	return 0, 0, abi.ENOSPC
}

// allocIn takes clusters of one group, least of them at least unless they are
// right at bit from, and returns the first block and how many blocks these are. A group whose bitmap is broken has none.
func (fs *FS) allocIn(g, from, want, least uint32) (uint64, uint32, error) {
	d, err := fs.group(g)
	if err != nil {
		return 0, 0, err
	}
	if d.freeBlocks() == 0 {
		return 0, 0, nil
	}
	b, err := fs.blockBitmap(d)
	if err == abi.EIO {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	at, n := findRun(fs.usable(g, b.Data), from, fs.sb.groupClusters(g), want)
	if n == 0 || n < least && at != from {
		return 0, 0, nil
	}
	setBits(b.Data, at, at+n)
	d.setFreeBlocks(d.freeBlocks() - n)
	fs.tx.freeBlocks -= uint64(n) << fs.sb.cshift
	fs.sealBlockBitmap(d, b)
	return fs.sb.groupStart(g) + uint64(at)<<fs.sb.cshift, n << fs.sb.cshift, nil
}

// usable returns a bitmap in which what was freed in this transaction is set
// too.
func (fs *FS) usable(g uint32, p []byte) []byte {
	pending := fs.tx.pending[g]
	if pending == nil {
		return p
	}
	both := make([]byte, len(p))
	for i := range both {
		both[i] = p[i] | pending[i]
	}
	return both
}

// findRun returns the run of clear bits at from if there is one, else the
// first of want bits, else the longest.
func findRun(p []byte, from, end, want uint32) (at, n uint32) {
	try := func(from, end uint32, first bool) bool {
		for from < end {
			start := nextBit(p, from, end, false)
			if start == end {
				return false
			}
			stop := nextBit(p, start, min(end, start+want), true)
			if stop-start > n {
				at, n = start, stop-start
			}
			if n == want || first && start == from {
				return true
			}
			from, first = stop+1, false
		}
		return false
	}
	if !try(from, end, true) {
		try(0, min(from, end), false)
	}
	return at, n
}

// freeBlocks gives n blocks back, whole clusters; meta says that the journal may hold older
// contents of them. They are used again after the next commit. EIO for blocks
// that are not in use.
func (fs *FS) freeBlocks(block, n uint64, meta bool) error {
	s := fs.sb
	if !s.inRange(block, 1) || s.clusters(n) > s.clusters(s.blocks-block) || s.cshift > 0 && (block|n)%s.cluster() != 0 {
		return abi.EIO
	}
	fs.forget(block, n)
	if meta && fs.log.present {
		for i := range n {
			fs.tx.revoked[block+i] = true
		}
	}
	for n > 0 {
		g, from := fs.sb.groupOf(block)
		part := min(n>>fs.sb.cshift, uint64(fs.sb.groupClusters(g)-from))
		if err := fs.freeIn(g, from, uint32(part)); err != nil {
			return err
		}
		part <<= fs.sb.cshift
		block, n = block+part, n-part
	}
	return nil
}

// freeIn frees n clusters of one group.
func (fs *FS) freeIn(g, from, n uint32) error {
	d, err := fs.group(g)
	if err != nil {
		return err
	}
	b, err := fs.blockBitmap(d)
	if err != nil {
		return err
	}
	if nextBit(b.Data, from, from+n, false) != from+n {
		return abi.EIO
	}
	clearBits(b.Data, from, from+n)
	if fs.tx.pending[g] == nil {
		fs.tx.pending[g] = make([]byte, fs.sb.bsize)
	}
	setBits(fs.tx.pending[g], from, from+n)
	fs.tx.pendingBlocks += uint64(n) << fs.sb.cshift
	fs.tx.freeBlocks += uint64(n) << fs.sb.cshift
	d.setFreeBlocks(d.freeBlocks() + n)
	fs.sealBlockBitmap(d, b)
	return nil
}

// allocMeta takes a block for the file's own metadata, counted as its.
func (n *node) allocMeta() (uint64, error) {
	block, got, err := n.fs.allocBlocks(n.nearby(), 1)
	if err == nil {
		n.fs.addBlocks(n.raw, int64(got))
	}
	return block, err
}

// freeMeta gives back what allocMeta took.
func (n *node) freeMeta(block uint64) error {
	n.fs.addBlocks(n.raw, -int64(n.fs.sb.cluster()))
	return n.fs.freeBlocks(block, n.fs.sb.cluster(), true)
}

// nearby returns where blocks of the file are best taken: after the last ones,
// or in the group of its inode.
func (n *node) nearby() uint64 {
	if n.goal != 0 {
		return n.goal
	}
	return n.fs.sb.groupStart((n.ino - 1) / n.fs.sb.ipg)
}
