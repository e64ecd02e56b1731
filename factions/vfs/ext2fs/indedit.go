// Changing block maps. The caller saves the inode.
package ext2fs

import "github.com/rumpkit/rumpkit/factions/vfs/buf"

// indAlloc gives blocks to lblk and up to want of those that follow, where
// there are none: ENOSPC. It returns the run.
func (n *node) indAlloc(lblk uint32, want uint32) (extent, error) {
	path, err := n.fs.sb.indPathOf(uint64(lblk))
	if err != nil {
		return extent{}, err
	}
	var b *buf.Buf
	table, i := n.raw[inBlock:inBlock+4*directBlocks], path.slot
	if path.levels > 0 {
		slot := n.slot(path.slot)
		for level := range path.levels {
			next, err := n.indChild(b, slot)
			if err != nil {
				return extent{}, err
			}
			b, i = next, path.index[level]
			table = b.Data
			slot = table[4*i : 4*i+4]
		}
	}
	room := uint32(1)
	for int(room) < int(want) && 4*(i+int(room)) < len(table) && le.Uint32(table[4*(i+int(room)):]) == 0 {
		room++
	}
	block, got, err := n.fs.allocBlocks(n.nearby(), min(room, want))
	if err != nil {
		return extent{}, err
	}
	for k := range got {
		le.PutUint32(table[4*(i+int(k)):], uint32(block)+k)
	}
	if b != nil {
		n.fs.dirty(b)
	}
	n.fs.addBlocks(n.raw, int64(got))
	return extent{lblk: lblk, n: got, pblk: block}, nil
}

// indChild returns the block of pointers that slot, in b or the inode, points
// to, made if there is none.
func (n *node) indChild(b *buf.Buf, slot []byte) (*buf.Buf, error) {
	if at := le.Uint32(slot); at != 0 {
		return n.fs.indBlock(uint64(at))
	}
	block, err := n.allocMeta()
	if err != nil {
		return nil, err
	}
	child, err := n.fs.cache.Fresh(block)
	if err != nil {
		return nil, err
	}
	n.fs.dirty(child)
	le.PutUint32(slot, uint32(block))
	if b != nil {
		n.fs.dirty(b)
	}
	return child, nil
}

// indPunch frees the blocks of a file from from to end. The transaction may be
// committed on the way.
func (n *node) indPunch(from, end uint64) error {
	for i := range uint64(directBlocks) {
		if from <= i && i < end {
			if err := n.indFree(n.slot(int(i)), n.isDir()); err != nil {
				return err
			}
		}
	}
	base := uint64(directBlocks)
	for levels := uint(1); levels <= 3; levels++ {
		size := uint64(1) << (levels * n.fs.sb.ptrShift())
		if base < end && from < base+size {
			if err := n.indCut(nil, n.slot(directBlocks+int(levels)-1), levels, base, from, end); err != nil {
				return err
			}
		}
		base += size
	}
	return n.save()
}

// indFree frees the block a slot points to, if it does.
func (n *node) indFree(slot []byte, meta bool) error {
	block := le.Uint32(slot)
	if block == 0 {
		return nil
	}
	le.PutUint32(slot, 0)
	n.fs.addBlocks(n.raw, -1)
	return n.fs.freeBlocks(uint64(block), 1, meta)
}

// indCut frees what lies between from and end under slot, which is in up or
// the inode and stands for the blocks of the file from base on.
func (n *node) indCut(up *buf.Buf, slot []byte, levels uint, base, from, end uint64) error {
	block := le.Uint32(slot)
	if block == 0 {
		return nil
	}
	b, err := n.fs.indBlock(uint64(block))
	if err != nil {
		return err
	}
	size := uint64(1) << ((levels - 1) * n.fs.sb.ptrShift())
	used := false
	for i := 0; 4*i < len(b.Data); i++ {
		entry := b.Data[4*i : 4*i+4]
		at := base + uint64(i)*size
		if le.Uint32(entry) != 0 && at < end && from < at+size {
			if err := n.indCutOne(b, entry, levels, at, from, end); err != nil {
				return err
			}
		}
		used = used || le.Uint32(entry) != 0
	}
	if used {
		return nil
	}
	if up != nil {
		n.fs.dirty(up)
	}
	if err := n.indFree(slot, true); err != nil {
		return err
	}
	return n.savedStep()
}

// indCutOne frees one entry of a block of pointers, or what is below it.
func (n *node) indCutOne(b *buf.Buf, entry []byte, levels uint, at, from, end uint64) error {
	if levels > 1 {
		return n.indCut(b, entry, levels-1, at, from, end)
	}
	n.fs.dirty(b)
	if err := n.indFree(entry, n.isDir()); err != nil {
		return err
	}
	return n.savedStep()
}

// savedStep commits when there is reason to, the inode saved.
func (n *node) savedStep() error {
	if err := n.save(); err != nil {
		return err
	}
	return n.fs.step()
}

// punch frees the blocks of a file from from to end.
func (n *node) punch(from, end uint64) error {
	n.goal = 0
	n.fs.files.Drop(&n.pages, int64(from)<<n.fs.sb.bshift, int64(end)<<n.fs.sb.bshift)
	if n.hasExtents() {
		return n.extPunch(from, end)
	}
	return n.indPunch(from, end)
}
