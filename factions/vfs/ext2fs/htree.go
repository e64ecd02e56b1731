// Indexed directories (dir_index): trees from hashes of names to blocks of
// entries.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	dxRootBase  = 32 // where entries begin in the root, after "." and ".."
	dxNodeBase  = 8
	dxEntry     = 8
	dxMaxLevels = 3
)

// dxNode is one block of an index, and the entry chosen in it.
type dxNode struct {
	b    *buf.Buf
	lblk uint64
	base int
	pos  int
}

func (x dxNode) p() []byte      { return x.b.Data }
func (x dxNode) limit() int     { return int(le.Uint16(x.p()[x.base:])) }
func (x dxNode) count() int     { return int(le.Uint16(x.p()[x.base+2:])) }
func (x dxNode) setCount(n int) { le.PutUint16(x.p()[x.base+2:], uint16(n)) }
func (x dxNode) block(i int) uint64 {
	return uint64(le.Uint32(x.p()[x.base+dxEntry*i+4:]) & 0x0fffffff)
}

// hash returns the least hash of entry i; that of the first is not stored.
func (x dxNode) hash(i int) uint32 {
	if i == 0 {
		return 0
	}
	return le.Uint32(x.p()[x.base+dxEntry*i:])
}

// dxLimit returns how many entries fit behind base.
func (s *super) dxLimit(base int) int {
	room := s.bsize - base
	if s.metaCsum() {
		room -= 8
	}
	return room / dxEntry
}

// dxTail returns where an index block has its checksum, -1 for nonsense.
func dxTail(p []byte, base int) int {
	limit, count := int(le.Uint16(p[base:])), int(le.Uint16(p[base+2:]))
	off := base + dxEntry*limit
	if count > limit || off+8 > len(p) {
		return -1
	}
	return off
}

// dxCsum returns the checksum of an index block.
func (n *node) dxCsum(p []byte, base int) uint32 {
	count := int(le.Uint16(p[base+2:]))
	off := base + dxEntry*int(le.Uint16(p[base:]))
	crc := crc32c(n.seed, p[:base+dxEntry*count])
	crc = crc32c(crc, p[off:off+4])
	return crcU32(crc, 0)
}

// sealIndex stores the checksum of a changed index block.
func (n *node) sealIndex(x dxNode) {
	if n.fs.sb.metaCsum() {
		if off := dxTail(x.p(), x.base); off >= 0 {
			le.PutUint32(x.p()[off+4:], n.dxCsum(x.p(), x.base))
		}
	}
	x.b.Checked.Store(checkTag(kindDir, n.ino))
	n.fs.dirty(x.b)
}

// isIndexed reports a directory that is found by its index.
func (n *node) isIndexed() bool {
	return n.raw.flags()&flIndex != 0 && n.fs.sb.hasCompat(featDirIndex)
}

// dxRead returns an index block, checked: EIO.
func (n *node) dxRead(lblk uint64, base int) (dxNode, error) {
	b, err := n.dirBlock(lblk)
	if err != nil {
		return dxNode{}, err
	}
	x := dxNode{b: b, lblk: lblk, base: base}
	if x.limit() != n.fs.sb.dxLimit(base) || x.count() == 0 || x.count() > x.limit() {
		return dxNode{}, abi.EIO
	}
	return x, nil
}

// dxRoot returns the root of the index, its levels and version of the hash.
func (n *node) dxRoot() (root dxNode, levels int, version uint8, err error) {
	if root, err = n.dxRead(0, dxRootBase); err != nil {
		return root, 0, 0, err
	}
	info := root.p()[24:32]
	version, levels = info[4], int(info[6])
	most := 1
	if n.fs.sb.has(featLargedir) {
		most = dxMaxLevels - 1
	}
	if version > hashTea || info[5] != 8 || info[7]&1 != 0 || levels > most {
		return root, 0, 0, abi.EIO
	}
	return root, levels, version, nil
}

// dxPath returns the blocks of the index from the root down to the one that
// points to the leaf for hash.
func (n *node) dxPath(hash uint32) ([]dxNode, error) {
	x, levels, _, err := n.dxRoot()
	if err != nil {
		return nil, err
	}
	path := make([]dxNode, 0, dxMaxLevels)
	for {
		x.pos = x.search(hash)
		path = append(path, x)
		if levels == 0 {
			return path, nil
		}
		levels--
		if x, err = n.dxRead(x.block(x.pos), dxNodeBase); err != nil {
			return nil, err
		}
	}
}

// search returns the last entry whose hash is not beyond hash.
func (x dxNode) search(hash uint32) int {
	lo, hi := 1, x.count()
	for lo < hi {
		if mid := (lo + hi) / 2; x.hash(mid) <= hash {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo - 1
}

// dxNext moves a path to the next leaf and returns the least hash there; ok is
// false at the end.
func (n *node) dxNext(path []dxNode) (hash uint32, ok bool, err error) {
	i := len(path) - 1
	for i >= 0 && path[i].pos+1 >= path[i].count() {
		i--
	}
	if i < 0 {
		return 0, false, nil
	}
	path[i].pos++
	hash = path[i].hash(path[i].pos)
	for ; i+1 < len(path); i++ {
		if path[i+1], err = n.dxRead(path[i].block(path[i].pos), dxNodeBase); err != nil {
			return 0, false, err
		}
	}
	return hash, true, nil
}

// dxLeaf returns the block of entries at the end of a path.
func (n *node) dxLeaf(path []dxNode) (*buf.Buf, error) {
	x := path[len(path)-1]
	return n.dirBlock(x.block(x.pos))
}

// dxFind finds a name by the index.
func (n *node) dxFind(name string) (found, error) {
	_, _, version, err := n.dxRoot()
	if err != nil {
		return found{}, err
	}
	hash, _, _ := n.fs.sb.nameHash(version, name)
	path, err := n.dxPath(hash)
	if err != nil {
		return found{}, err
	}
	for range n.blocks() {
		b, err := n.dxLeaf(path)
		if err != nil {
			return found{}, err
		}
		d, prev, ok, err := n.fs.sb.find(b.Data, name)
		if ok || err != nil {
			return found{b: b, p: b.Data, d: d, prev: prev}, err
		}
		next, ok, err := n.dxNext(path)
		if err != nil {
			return found{}, err
		}
		if !ok || next&^1 != hash {
			return found{}, abi.ENOENT
		}
	}
	return found{}, abi.EIO
}
