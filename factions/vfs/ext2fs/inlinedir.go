// Small directories that lie in their inodes (inline_data): the number of the
// directory above, then entries in two parts, each a chain of its own.
package ext2fs

import (
	"slices"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	inlineParent = 4  // bytes before the entries
	dotsSize     = 24 // bytes of "." and ".." in a block
)

// dirParts returns the entries of such a directory, in their places.
func (n *node) dirParts() ([2][]byte, error) {
	tail, err := n.inlineTail()
	end := inBlock + inBlockSize
	return [2][]byte{n.raw[inBlock+inlineParent : end : end], tail}, err
}

// dirData returns a block of entries to look at: of a directory in its inode,
// what the first block would be.
func (n *node) dirData(lblk uint64) ([]byte, error) {
	if !n.isInline() {
		b, err := n.dirBlock(lblk)
		if err != nil {
			return nil, err
		}
		return b.Data, nil
	}
	parts, err := n.dirParts()
	if err != nil || lblk > 0 {
		return nil, abi.EIO
	}
	p := make([]byte, dotsSize, n.fs.sb.bsize)
	n.fs.sb.putDots(p, n.ino, le.Uint32(n.raw[inBlock:]), 12)
	return slices.Concat(p, parts[0], parts[1]), nil
}

// putDots makes the entries of a directory and of the one above, which takes
// size bytes.
func (s *super) putDots(p []byte, ino, parent uint32, size int) {
	s.putEntry(p, 0, 12, ino, entryType(abi.S_IFDIR), ".")
	s.putEntry(p, 12, size, parent, entryType(abi.S_IFDIR), "..")
}

// findInline is find in a directory in its inode.
func (n *node) findInline(name string) (found, error) {
	parts, err := n.dirParts()
	for i := 0; i < len(parts) && err == nil; i++ {
		d, prev, ok, ferr := n.fs.sb.find(parts[i], name)
		if ok {
			return found{p: parts[i], d: d, prev: prev}, nil
		}
		err = ferr
	}
	if err == nil {
		err = abi.ENOENT
	}
	return found{}, err
}

// enterInline adds an entry and reports whether there was room.
func (n *node) enterInline(name string, ino uint32, typ byte) (bool, error) {
	parts, err := n.dirParts()
	for i := 0; i < len(parts) && err == nil; i++ {
		var ok bool
		if ok, err = n.fs.sb.place(parts[i], len(parts[i]), name, ino, typ); ok {
			return true, nil
		}
	}
	return false, err
}

// makeInlineDir makes a new directory an empty one in its inode, if there is
// room.
func (n *node) makeInlineDir(parent uint32) (bool, error) {
	if n.inlineRoom() < inBlockSize {
		return false, nil
	}
	p := make([]byte, inBlockSize)
	le.PutUint32(p, parent)
	n.fs.sb.setEntrySize(p, inlineParent, inBlockSize-inlineParent)
	return true, n.putInline(p)
}

// leaveInlineDir moves the entries to the first block, in their order and
// places, so that listings go on where they were: ENOSPC.
func (n *node) leaveInlineDir() error {
	s := n.fs.sb
	p, err := n.dirData(0)
	if err != nil {
		return err
	}
	old := slices.Clone(n.raw)
	if err := n.dropInline(); err != nil {
		return err
	}
	b, _, err := n.addDirBlock()
	if err != nil {
		copy(n.raw, old)
		return err
	}
	last := 0
	for off := 0; off < len(p); {
		d, err := s.entryAt(p, off)
		if err != nil {
			return err
		}
		last, off = off, off+d.size
	}
	copy(b.Data, p)
	s.setEntrySize(b.Data, last, s.dirRoom()-last)
	n.sealDirBlock(b)
	return nil
}
