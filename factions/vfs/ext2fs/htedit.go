// Keeping the index of a directory: entering names, splitting what is full.
package ext2fs

import (
	"cmp"
	"slices"

	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// canIndex reports a directory of one block that can be given an index.
func (n *node) canIndex() bool {
	s := n.fs.sb
	if !s.hasCompat(featDirIndex) || s.hashVersion > hashTea {
		return false
	}
	b, err := n.dirBlock(0)
	if err != nil {
		return false
	}
	dot, err := s.entryAt(b.Data, 0)
	if err != nil || string(dot.name) != "." || dot.size != 12 {
		return false
	}
	up, err := s.entryAt(b.Data, 12)
	return err == nil && string(up.name) == ".."
}

// dxMake gives a directory of one block an index: its entries move to a second
// one. ENOSPC.
func (n *node) dxMake() error {
	s := n.fs.sb
	root, err := n.dirBlock(0)
	if err != nil {
		return err
	}
	list, err := n.dxEntries(root, s.hashVersion)
	if err != nil {
		return err
	}
	leaf, lblk, err := n.addDirBlock()
	if err != nil {
		return err
	}
	n.fill(leaf, list)
	p := root.Data
	clear(p[24:])
	s.setEntrySize(p, 12, s.bsize-12)
	p[28], p[29] = s.hashVersion, 8
	x := dxNode{b: root, base: dxRootBase}
	le.PutUint16(p[dxRootBase:], uint16(s.dxLimit(dxRootBase)))
	x.setCount(1)
	le.PutUint32(p[dxRootBase+4:], uint32(lblk))
	n.raw.set32(inFlags, n.raw.flags()|flIndex)
	n.sealIndex(x)
	return nil
}

// dxItem is an entry that moves between blocks.
type dxItem struct {
	hash uint32
	ino  uint32
	typ  byte
	name string
}

// dxEntries returns the entries of a block but "." and "..", sorted by hash.
func (n *node) dxEntries(b *buf.Buf, version uint8) ([]dxItem, error) {
	s := n.fs.sb
	var list []dxItem
	for off := 0; off < len(b.Data); {
		d, err := s.entryAt(b.Data, off)
		if err != nil {
			return nil, err
		}
		off += d.size
		if d.ino == 0 || isDotName(d.name) {
			continue
		}
		hash, _, ok := s.nameHash(version, string(d.name))
		if !ok {
			return nil, abi.EIO
		}
		list = append(list, dxItem{hash, d.ino, d.typ, string(d.name)})
	}
	slices.SortStableFunc(list, func(a, b dxItem) int { return cmp.Compare(a.hash, b.hash) })
	return list, nil
}

// fill makes list the entries of a block; they fit.
func (n *node) fill(b *buf.Buf, list []dxItem) {
	s := n.fs.sb
	clear(b.Data)
	off, last := 0, 0
	for _, e := range list {
		size := entrySize(len(e.name))
		s.putEntry(b.Data, off, size, e.ino, e.typ, e.name)
		last, off = off, off+size
	}
	s.setEntrySize(b.Data, last, s.dirRoom()-last)
	s.putTail(b.Data)
	n.sealDirBlock(b)
}

// dxEnter adds an entry to an indexed directory: ENOSPC also when the index
// can hold no more.
func (n *node) dxEnter(name string, ino uint32, typ byte) error {
	_, _, version, err := n.dxRoot()
	if err != nil {
		return err
	}
	hash, _, _ := n.fs.sb.nameHash(version, name)
	for range 4 * dxMaxLevels {
		path, err := n.dxPath(hash)
		if err != nil {
			return err
		}
		leaf, err := n.dxLeaf(path)
		if err != nil {
			return err
		}
		ok, err := n.place(leaf, name, ino, typ)
		if ok || err != nil {
			return err
		}
		if err := n.dxSplit(path, leaf, version); err != nil {
			return err
		}
	}
	return abi.ENOSPC
}

// dxSplit makes room for entries of the leaf at the end of a path: in the
// index first, if that is full.
func (n *node) dxSplit(path []dxNode, leaf *buf.Buf, version uint8) error {
	i := len(path) - 1
	for i >= 0 && path[i].count() >= path[i].limit() {
		i--
	}
	switch {
	case i == len(path)-1:
		return n.dxSplitLeaf(path[i], leaf, version)
	case i < 0:
		return n.dxGrow(path)
	}
	return n.dxSplitNode(path[i], path[i+1])
}

// insert enters a block with its least hash behind the chosen entry.
func (x dxNode) insert(hash uint32, lblk uint64) {
	p, n := x.p(), x.count()
	at := x.base + dxEntry*(x.pos+1)
	copy(p[at+dxEntry:x.base+dxEntry*(n+1)], p[at:x.base+dxEntry*n])
	le.PutUint32(p[at:], hash)
	le.PutUint32(p[at+4:], uint32(lblk))
	x.setCount(n + 1)
}

// dxSplitLeaf moves the upper half of a leaf's hashes to a new block.
func (n *node) dxSplitLeaf(x dxNode, leaf *buf.Buf, version uint8) error {
	list, err := n.dxEntries(leaf, version)
	if err != nil {
		return err
	}
	if len(list) < 2 {
		return abi.EIO
	}
	at, size := 1, entrySize(len(list[0].name))
	for at < len(list)-1 && size < n.fs.sb.bsize/2 {
		size += entrySize(len(list[at].name))
		at++
	}
	right, lblk, err := n.addDirBlock()
	if err != nil {
		return err
	}
	hash := list[at].hash
	if list[at-1].hash == hash {
		hash |= 1 // it goes on with the hash of the block before
	}
	n.fill(right, list[at:])
	n.fill(leaf, list[:at])
	x.insert(hash, lblk)
	n.sealIndex(x)
	return nil
}

// dxBlock makes a further block of the index, with the entries of from from at
// on.
func (n *node) dxBlock(from dxNode, at int) (dxNode, error) {
	b, lblk, err := n.addDirBlock()
	if err != nil {
		return dxNode{}, err
	}
	s := n.fs.sb
	p := b.Data
	clear(p)
	s.setEntrySize(p, 0, s.bsize)
	x := dxNode{b: b, lblk: lblk, base: dxNodeBase}
	copy(p[dxNodeBase:], from.p()[from.base+dxEntry*at:from.base+dxEntry*from.count()])
	le.PutUint16(p[dxNodeBase:], uint16(s.dxLimit(dxNodeBase)))
	x.setCount(from.count() - at)
	n.sealIndex(x)
	return x, nil
}

// dxSplitNode moves the upper half of an index block to a new one, entered in
// up, the one above.
func (n *node) dxSplitNode(up, x dxNode) error {
	at := x.count() / 2
	hash := x.hash(at)
	right, err := n.dxBlock(x, at)
	if err != nil {
		return err
	}
	x.setCount(at)
	n.sealIndex(x)
	up.insert(hash, right.lblk)
	n.sealIndex(up)
	return nil
}

// dxGrow moves the entries of the root one level down: ENOSPC when there are
// no more levels.
func (n *node) dxGrow(path []dxNode) error {
	root, levels, _, err := n.dxRoot()
	if err != nil {
		return err
	}
	most := 1
	if n.fs.sb.has(featLargedir) {
		most = dxMaxLevels - 1
	}
	if levels >= most {
		return abi.ENOSPC
	}
	x, err := n.dxBlock(root, 0)
	if err != nil {
		return err
	}
	p := root.p()
	clear(p[dxRootBase+dxEntry : dxRootBase+dxEntry*root.limit()])
	root.setCount(1)
	le.PutUint32(p[dxRootBase+4:], uint32(x.lblk))
	p[30] = byte(levels + 1)
	n.sealIndex(root)
	return nil
}
