// Changing extent trees. Each step leaves a tree that is whole; the caller
// saves the inode.
package ext2fs

import "github.com/rumpkit/rumpkit/kernel/abi"

func (e extNode) setEntries(n int) { le.PutUint16(e.p[2:], uint16(n)) }

// putIndex stores entry i of an index.
func (e extNode) putIndex(i int, key uint32, child uint64) {
	p := e.at(i)
	le.PutUint32(p, key)
	le.PutUint32(p[4:], uint32(child))
	le.PutUint32(p[8:], uint32(child>>32))
}

// open makes room for an entry at i, close takes entry i out.
func (e extNode) open(i int) {
	n := e.entries()
	copy(e.p[extEntry*(i+2):extEntry*(n+2)], e.p[extEntry*(i+1):extEntry*(n+1)])
	e.setEntries(n + 1)
}

func (e extNode) close(i int) {
	n := e.entries()
	copy(e.p[extEntry*(i+1):], e.p[extEntry*(i+2):extEntry*(n+1)])
	e.setEntries(n - 1)
}

// seal makes a changed node part of the transaction; the root is in the inode.
func (n *node) sealExt(e extNode) {
	if e.b == nil {
		return
	}
	if n.fs.sb.metaCsum() {
		end := extEntry * (1 + e.capacity())
		le.PutUint32(e.p[end:], crc32c(n.seed, e.p[:end]))
	}
	e.b.Checked.Store(checkTag(kindExtent+uint64(e.depth()), n.ino))
	n.fs.dirty(e.b)
}

// fixKeys makes the entries above a changed first entry of the node at the end
// of the path agree with it.
func (n *node) fixKeys(path []extNode) {
	for i := len(path) - 1; i > 0; i-- {
		up, key := path[i-1], path[i].key(0)
		if up.key(up.pos) == key {
			return
		}
		le.PutUint32(up.at(up.pos), key)
		n.sealExt(up)
		if up.pos != 0 {
			return
		}
	}
}

// extInsert adds an extent where there is a hole: ENOSPC.
func (n *node) extInsert(x extent) error {
	for range 3 * extMaxDepth {
		path, _, err := n.extPath(x.lblk)
		if err != nil {
			return err
		}
		leaf := path[len(path)-1]
		if n.extMerge(path, x) {
			return nil
		}
		if leaf.entries() < leaf.capacity() {
			leaf.open(leaf.pos + 1)
			leaf.put(leaf.pos+1, x)
			n.sealExt(leaf)
			if leaf.pos+1 == 0 {
				n.fixKeys(path)
			}
			return nil
		}
		if err := n.extSplit(path, x.lblk, leaf.pos == leaf.entries()-1); err != nil {
			return err
		}
	}
	return abi.EIO
}

// extMerge makes an extent part of its neighbour in the leaf, if it can be.
func (n *node) extMerge(path []extNode, x extent) bool {
	leaf := path[len(path)-1]
	if leaf.pos >= 0 {
		if l := leaf.extent(leaf.pos); l.joins(x) {
			l.n += x.n
			leaf.put(leaf.pos, l)
			n.sealExt(leaf)
			return true
		}
	}
	if i := leaf.pos + 1; i < leaf.entries() {
		if r := leaf.extent(i); x.joins(r) {
			x.n += r.n
			leaf.put(i, x)
			n.sealExt(leaf)
			if i == 0 {
				n.fixKeys(path)
			}
			return true
		}
	}
	return false
}

// joins reports that r continues x, and that both fit in one extent.
func (x extent) joins(r extent) bool {
	most := uint32(extMaxLen)
	if x.unwritten {
		most--
	}
	return x.end() == uint64(r.lblk) && x.pblk+uint64(x.n) == r.pblk && x.unwritten == r.unwritten && x.n+r.n <= most
}

// extSplit makes room in the leaf at the end of a path, or above it. grows
// says that what is to be entered there comes after all it has.
func (n *node) extSplit(path []extNode, lblk uint32, grows bool) error {
	i := len(path) - 1
	for i > 0 && path[i-1].entries() >= path[i-1].capacity() {
		i--
	}
	if i == 0 {
		return n.extGrow(path[0])
	}
	block, err := n.allocMeta()
	if err != nil {
		return err
	}
	b, err := n.fs.cache.Fresh(block)
	if err != nil {
		return err
	}
	e, up := path[i], path[i-1]
	right := extNode{b: b, p: b.Data}
	right.init(e.depth())
	at, key := e.entries()/2, lblk
	switch {
	case e.depth() > 0 && e.pos == e.entries()-1:
		at = e.entries() - 1
	case e.depth() == 0 && grows:
		at = e.entries()
	}
	if at < e.entries() {
		key = e.key(at)
		copy(right.p[extEntry:], e.p[extEntry*(at+1):extEntry*(e.entries()+1)])
		right.setEntries(e.entries() - at)
		e.setEntries(at)
		n.sealExt(e)
	}
	n.sealExt(right)
	up.open(up.pos + 1)
	up.putIndex(up.pos+1, key, block)
	n.sealExt(up)
	return nil
}

// init makes an empty node in a block of zeros.
func (e extNode) init(depth int) {
	le.PutUint16(e.p, extMagic)
	le.PutUint16(e.p[4:], uint16(len(e.p)/extEntry-1))
	le.PutUint16(e.p[6:], uint16(depth))
}

// extGrow moves the root into a block of its own, one level down.
func (n *node) extGrow(root extNode) error {
	if root.depth() >= extMaxDepth || root.entries() == 0 {
		return abi.EFBIG
	}
	block, err := n.allocMeta()
	if err != nil {
		return err
	}
	b, err := n.fs.cache.Fresh(block)
	if err != nil {
		return err
	}
	e := extNode{b: b, p: b.Data}
	e.init(root.depth())
	e.setEntries(root.entries())
	copy(e.p[extEntry:], root.p[extEntry:extEntry*(root.entries()+1)])
	n.sealExt(e)
	key := root.key(0)
	clear(root.p[extEntry:])
	root.setEntries(1)
	le.PutUint16(root.p[6:], uint16(root.depth()+1))
	root.putIndex(0, key, block)
	return nil
}

// extDelete takes out the entry at the end of a path, and nodes that become
// empty.
func (n *node) extDelete(path []extNode) error {
	for i := len(path) - 1; ; i-- {
		e := path[i]
		e.close(e.pos)
		if i == 0 {
			if e.entries() == 0 {
				le.PutUint16(e.p[6:], 0)
			}
			return nil
		}
		if e.entries() > 0 {
			n.sealExt(e)
			if e.pos == 0 {
				n.fixKeys(path[:i+1])
			}
			return nil
		}
		if err := n.freeMeta(e.b.Block); err != nil {
			return err
		}
	}
}
