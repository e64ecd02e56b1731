// Taking blocks out of extent trees, and giving contents to those that have
// none.
package ext2fs

import "github.com/rumpkit/rumpkit/kernel/abi"

// extPunch frees the blocks of a file from from to end: ENOSPC when a new
// hole takes a block for the tree that is not to be had. The transaction may
// be committed on the way.
func (n *node) extPunch(from, end uint64) error {
	for from < end {
		if err := n.fs.step(); err != nil {
			return err
		}
		next, err := n.punchOne(from, end)
		if err == nil {
			err = n.save()
		}
		if err != nil {
			return err
		}
		if next <= from {
			return abi.EIO
		}
		from = next
	}
	return nil
}

// punchOne frees the blocks of the first extent after from, and returns where
// to go on.
func (n *node) punchOne(from, end uint64) (uint64, error) {
	path, after, err := n.extPath(uint32(from))
	if err != nil {
		return 0, err
	}
	leaf := &path[len(path)-1]
	if leaf.pos < 0 || leaf.extent(leaf.pos).end() <= from {
		if leaf.pos++; leaf.pos >= leaf.entries() {
			return after, nil
		}
	}
	x := leaf.extent(leaf.pos)
	if uint64(x.lblk) >= end {
		return end, nil
	}
	a, b := max(from, uint64(x.lblk)), min(end, x.end())
	if err := n.cut(path, x, uint32(a), uint32(b)); err != nil {
		return 0, err
	}
	return b, n.giveBlocks(a, b, x.pblk+a-uint64(x.lblk))
}

// cut takes blocks a to b out of extent x, at the end of a path.
func (n *node) cut(path []extNode, x extent, a, b uint32) error {
	leaf := path[len(path)-1]
	right := x.from(b)
	switch {
	case a == x.lblk && right.n == 0:
		return n.extDelete(path)
	case a == x.lblk:
		leaf.put(leaf.pos, right)
		if leaf.pos == 0 {
			n.fixKeys(path)
		}
	default:
		left := x
		left.n = a - x.lblk
		leaf.put(leaf.pos, left)
		if right.n > 0 {
			n.sealExt(leaf)
			if err := n.extInsert(right); err != nil {
				n.extRestore(x)
				return err
			}
			return nil
		}
	}
	n.sealExt(leaf)
	return nil
}

// from returns what of an extent lies at or after a block, which is not before
// it.
func (x extent) from(lblk uint32) extent {
	d := lblk - x.lblk
	return extent{lblk: lblk, n: x.n - d, pblk: x.pblk + uint64(d), unwritten: x.unwritten}
}

// extRestore puts an extent back that was made shorter: the step after that
// had no room.
func (n *node) extRestore(x extent) {
	if path, _, err := n.extPath(x.lblk); err == nil {
		leaf := path[len(path)-1]
		if leaf.pos >= 0 && leaf.key(leaf.pos) == x.lblk {
			leaf.put(leaf.pos, x)
			n.sealExt(leaf)
		}
	}
}

// extConvert gives contents to blocks a to b of x, an extent without: ENOSPC.
func (n *node) extConvert(x extent, a, b uint32) error {
	if a > x.lblk {
		if err := n.extDivide(x, a); err != nil {
			return err
		}
		x = x.from(a)
	}
	if uint64(b) < x.end() {
		if err := n.extDivide(x, b); err != nil {
			return err
		}
		x.n = b - a
	}
	path, _, err := n.extPath(a)
	if err != nil {
		return err
	}
	leaf := &path[len(path)-1]
	if leaf.pos < 0 || leaf.key(leaf.pos) != a {
		return abi.EIO
	}
	x.unwritten = false
	if leaf.pos > 0 {
		if l := leaf.extent(leaf.pos - 1); l.joins(x) {
			l.n += x.n
			leaf.put(leaf.pos-1, l)
			return n.extDelete(path)
		}
	}
	leaf.put(leaf.pos, x)
	n.sealExt(*leaf)
	return nil
}

// extDivide makes two extents of x, the second from lblk on: ENOSPC.
func (n *node) extDivide(x extent, lblk uint32) error {
	path, _, err := n.extPath(x.lblk)
	if err != nil {
		return err
	}
	leaf := path[len(path)-1]
	if leaf.pos < 0 || leaf.key(leaf.pos) != x.lblk {
		return abi.EIO
	}
	for leaf.entries() >= leaf.capacity() {
		if err := n.extSplit(path, x.lblk, false); err != nil {
			return err
		}
		if path, _, err = n.extPath(x.lblk); err != nil {
			return err
		}
		leaf = path[len(path)-1]
	}
	left := x
	left.n = lblk - x.lblk
	leaf.put(leaf.pos, left)
	leaf.open(leaf.pos + 1)
	leaf.put(leaf.pos+1, x.from(lblk))
	n.sealExt(leaf)
	return nil
}
