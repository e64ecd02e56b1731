// Contents that lie in the inode itself (inline_data): the first bytes where a
// map of blocks would be, the rest in an attribute that has no other use.
package ext2fs

import (
	"slices"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// isInline reports the attribute that holds contents.
func (x xattr) isInline() bool { return x.index == 7 && x.name == "data" }

// inlineName is the attribute's name.
const inlineName = "system.data"

func (n *node) isInline() bool { return n.raw.flags()&flInlineData != 0 }

// inlineRoom returns how many bytes the inode has room for beside its other
// attributes, 0 when it can hold none.
func (n *node) inlineRoom() int {
	p := n.xattrArea()
	inner, err := n.innerXattrs()
	if p == nil || err != nil || !n.fs.sb.has(featInlineData) {
		return 0
	}
	room := len(p) - 8 - xattr{index: 7, name: "data"}.entrySize()
	for _, x := range inner {
		if !x.isInline() {
			room -= x.entrySize() + x.valueSize()
		}
	}
	if room < 0 {
		return 0
	}
	return inBlockSize + room&^3
}

// inlineTail returns what the attribute holds, in its place: EIO when there is
// none.
func (n *node) inlineTail() ([]byte, error) {
	inner, err := n.innerXattrs()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(inner, xattr.isInline)
	if i < 0 || inner[i].inum != 0 {
		return nil, abi.EIO
	}
	at, size := inner[i].at, len(inner[i].value)
	return n.xattrArea()[at : at+size : at+size], nil
}

// inlineData returns a copy of the contents.
func (n *node) inlineData() ([]byte, error) {
	tail, err := n.inlineTail()
	if err != nil {
		return nil, err
	}
	p := slices.Concat(n.raw[inBlock:inBlock+inBlockSize], tail)
	if n.raw.size() > uint64(len(p)) {
		return nil, abi.EIO
	}
	return p[:n.raw.size()], nil
}

// putInline makes p, for which there is room, the contents, of an inode that
// has no blocks. The caller saves it.
func (n *node) putInline(p []byte) error {
	inner, err := n.innerXattrs()
	if err != nil {
		return err
	}
	head := n.raw[inBlock : inBlock+inBlockSize]
	clear(head)
	x := xattr{index: 7, name: "data", value: p[copy(head, p):]}
	n.raw.set32(inFlags, n.raw.flags()&^flExtents|flInlineData)
	n.raw.setSize(int64(len(p)))
	n.putInner(append(slices.DeleteFunc(inner, xattr.isInline), x))
	return nil
}

// dropInline makes an inode that holds its contents an empty one with blocks.
func (n *node) dropInline() error {
	inner, err := n.innerXattrs()
	if err != nil {
		return err
	}
	n.putInner(slices.DeleteFunc(inner, xattr.isInline))
	n.raw.set32(inFlags, n.raw.flags()&^flInlineData)
	n.raw.setSize(0)
	clear(n.raw[inBlock : inBlock+inBlockSize])
	n.fs.initMap(n.raw)
	return nil
}

// readInline reads at byte off, which is before the end.
func (n fileNode) readInline(p []byte, off int64) (int, error) {
	data, err := n.inlineData()
	if err != nil {
		return 0, err
	}
	n.accessed()
	return copy(p, data[off:]), nil
}

// changeInline has change edit the contents, made size bytes long, if the inode
// holds them, or is empty, and has room for so many. Otherwise it reports false,
// and the file has blocks. The caller saves it then.
func (n fileNode) changeInline(size int64, change func(p []byte)) (bool, error) {
	inline := n.isInline()
	if !inline && (n.raw.size() != 0 || n.fs.sectors(n.raw) != 0 || !n.fs.sb.has(featInlineData)) {
		return false, nil
	}
	if size > int64(n.inlineRoom()) {
		if inline {
			return false, n.leaveInline()
		}
		return false, nil
	}
	var data []byte
	if inline {
		var err error
		if data, err = n.inlineData(); err != nil {
			return false, err
		}
	} else if n.hasExtents() && n.extRoot().entries() != 0 {
		return false, nil
	}
	p := make([]byte, size)
	copy(p, data)
	change(p)
	return true, n.putInline(p)
}

// leaveInline moves the contents into a block: ENOSPC.
func (n fileNode) leaveInline() error {
	data, err := n.inlineData()
	if err != nil {
		return err
	}
	old := slices.Clone(n.raw)
	if err = n.dropInline(); err == nil && len(data) > 0 {
		_, err = n.writeBlocks(data, 0)
	}
	if err != nil {
		copy(n.raw, old)
		return err
	}
	return n.save()
}
