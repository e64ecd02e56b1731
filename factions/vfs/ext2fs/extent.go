// Extent trees: the form of their nodes, and finding where a block is.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	extMagic    = 0xf30a
	extEntry    = 12 // bytes of the header, and of an entry
	extMaxLen   = 32768
	extMaxDepth = 5
	// lastBlock is the last block a file may have.
	lastBlock = 1<<32 - 2
)

// extNode is one node of an extent tree: its bytes, and its buffer, nil for
// the root.
type extNode struct {
	b   *buf.Buf
	p   []byte
	pos int // the entry chosen on the way down
}

func (e extNode) entries() int { return min(int(le.Uint16(e.p[2:])), e.capacity()) }
func (e extNode) depth() int   { return int(le.Uint16(e.p[6:])) }

// capacity returns how many entries there is room for.
func (e extNode) capacity() int { return min(int(le.Uint16(e.p[4:])), len(e.p)/extEntry-1) }

// at returns the bytes of entry i.
func (e extNode) at(i int) []byte { return e.p[extEntry*(i+1) : extEntry*(i+2)] }

// key returns the first block of the file that entry i is about.
func (e extNode) key(i int) uint32 { return le.Uint32(e.at(i)) }

// child returns the block of the node below entry i.
func (e extNode) child(i int) uint64 {
	p := e.at(i)
	return uint64(le.Uint32(p[4:])) | uint64(le.Uint16(p[8:]))<<32
}

// extent is a run of blocks of a file.
type extent struct {
	lblk      uint32
	n         uint32
	pblk      uint64
	unwritten bool // space without contents: it reads as zeros
}

// end returns the block of the file after the extent.
func (x extent) end() uint64 { return uint64(x.lblk) + uint64(x.n) }

// extent returns entry i of a leaf.
func (e extNode) extent(i int) extent {
	p := e.at(i)
	x := extent{lblk: le.Uint32(p), n: uint32(le.Uint16(p[4:]))}
	x.pblk = uint64(le.Uint32(p[8:])) | uint64(le.Uint16(p[6:]))<<32
	if x.n > extMaxLen {
		x.n, x.unwritten = x.n-extMaxLen, true
	}
	return x
}

// put stores an extent as entry i.
func (e extNode) put(i int, x extent) {
	p := e.at(i)
	n := x.n
	if x.unwritten {
		n += extMaxLen
	}
	le.PutUint32(p, x.lblk)
	le.PutUint16(p[4:], uint16(n))
	le.PutUint16(p[6:], uint16(x.pblk>>32))
	le.PutUint32(p[8:], uint32(x.pblk))
}

// validate checks a node of the given depth: EIO.
func (e extNode) validate(s *super, depth int) error {
	if le.Uint16(e.p) != extMagic || e.depth() != depth || depth > extMaxDepth ||
		int(le.Uint16(e.p[4:])) > len(e.p)/extEntry-1 || le.Uint16(e.p[2:]) > le.Uint16(e.p[4:]) {
		return abi.EIO
	}
	next := uint64(0)
	for i := range e.entries() {
		if uint64(e.key(i)) < next {
			return abi.EIO
		}
		if depth > 0 {
			if !s.inRange(e.child(i), 1) {
				return abi.EIO
			}
			next = uint64(e.key(i)) + 1
			continue
		}
		x := e.extent(i)
		if x.n == 0 || x.end() > lastBlock+1 || !s.inRange(x.pblk, uint64(x.n)) {
			return abi.EIO
		}
		next = x.end()
	}
	return nil
}

// search returns the last entry whose key is not beyond lblk, -1 if there is
// none.
func (e extNode) search(lblk uint32) int {
	lo, hi := 0, e.entries()
	for lo < hi {
		if mid := (lo + hi) / 2; e.key(mid) <= lblk {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo - 1
}

// extRoot returns the root of the tree in the inode.
func (n *node) extRoot() extNode { return extNode{p: n.raw[inBlock : inBlock+inBlockSize]} }

// extBlock returns the node in a block, checked: EIO.
func (n *node) extBlock(block uint64, depth int) (extNode, error) {
	b, err := n.fs.cache.Get(block)
	if err != nil {
		return extNode{}, err
	}
	e := extNode{b: b, p: b.Data}
	tag := checkTag(kindExtent+uint64(depth), n.ino)
	if b.Checked.Load() == tag {
		return e, nil
	}
	if err := e.validate(n.fs.sb, depth); err != nil {
		return e, err
	}
	if n.fs.sb.metaCsum() {
		end := extEntry * (1 + int(le.Uint16(e.p[4:])))
		if end+4 > len(e.p) || crc32c(n.seed, e.p[:end]) != le.Uint32(e.p[end:]) {
			return e, abi.EIO
		}
	}
	b.Checked.Store(tag)
	return e, nil
}

// Kinds of checked blocks, and the tag of one that belongs to an inode.
const (
	kindDir = 1 + iota
	kindIndex
	kindBitmap
	kindXattr
	kindExtent // plus the depth
)

func checkTag(kind uint64, owner uint32) uint64 { return kind<<32 | uint64(owner) }

// extPath returns the nodes from the root to the leaf for lblk. An index whose
// entries all lie beyond lblk is left by the first. after is the first key
// beyond what the leaf covers.
func (n *node) extPath(lblk uint32) (path []extNode, after uint64, err error) {
	e := n.extRoot()
	depth := e.depth()
	if err := e.validate(n.fs.sb, depth); err != nil {
		return nil, 0, err
	}
	after = lastBlock + 1
	for {
		e.pos = e.search(lblk)
		if depth == 0 {
			return append(path, e), after, nil
		}
		if e.entries() == 0 {
			return nil, 0, abi.EIO
		}
		e.pos = max(e.pos, 0)
		if e.pos+1 < e.entries() {
			after = uint64(e.key(e.pos + 1))
		}
		path = append(path, e)
		depth--
		if e, err = n.extBlock(e.child(e.pos), depth); err != nil {
			return nil, 0, err
		}
	}
}

// extMap returns the extent that holds lblk, or a hole: one without a block,
// up to the next extent.
func (n *node) extMap(lblk uint32) (extent, error) {
	path, after, err := n.extPath(lblk)
	if err != nil {
		return extent{}, err
	}
	leaf := path[len(path)-1]
	if leaf.pos >= 0 {
		if x := leaf.extent(leaf.pos); uint64(lblk) < x.end() {
			return x, nil
		}
	}
	if leaf.pos+1 < leaf.entries() {
		after = uint64(leaf.key(leaf.pos + 1))
	}
	if after <= uint64(lblk) {
		return extent{}, abi.EIO
	}
	return extent{lblk: lblk, n: uint32(after - uint64(lblk))}, nil
}
