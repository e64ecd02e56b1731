// Group descriptors: where bitmaps and inode tables are, and how much is free.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Flags of a group.
const (
	bgInodeUninit = 1
	bgBlockUninit = 2
)

// group is one descriptor, within the buffer of its block.
type group struct {
	s *super
	g uint32
	b *buf.Buf
	p []byte
}

// descBlock returns the block that holds the descriptor of g.
func (s *super) descBlock(g uint32) uint64 {
	per := uint32(s.bsize / s.descSize)
	i := g / per
	if !s.has(featMetaBg) || i < s.firstMetaBg {
		return superOffset>>s.bshift + 1 + uint64(i)
	}
	first := i * per
	at := s.groupStart(first)
	if s.hasBackup(first) {
		at++
	}
	return at
}

// group returns the descriptor of g, checked: EIO for one that points outside
// the file system.
func (fs *FS) group(g uint32) (group, error) {
	s := fs.sb
	if g >= s.groups {
		return group{}, abi.EIO
	}
	at := s.descBlock(g)
	if at >= s.blocks {
		return group{}, abi.EIO
	}
	b, err := fs.cache.Get(at)
	if err != nil {
		return group{}, err
	}
	off := int(g) % (s.bsize / s.descSize) * s.descSize
	d := group{s: s, g: g, b: b, p: b.Data[off : off+s.descSize]}
	itable := uint64(s.ipg) * uint64(s.isize) >> s.bshift
	if !s.inRange(d.blockBitmap(), 1) || !s.inRange(d.inodeBitmap(), 1) || !s.inRange(d.inodeTable(), itable) {
		return group{}, abi.EIO
	}
	return d, nil
}

func (d group) wide() bool { return d.s.has(feat64bit) }

func (d group) block(lo, hi int) uint64 {
	if d.wide() {
		return lo64(d.p, lo, hi)
	}
	return uint64(le.Uint32(d.p[lo:]))
}

func (d group) count(lo, hi int) uint32 {
	n := uint32(le.Uint16(d.p[lo:]))
	if d.wide() {
		n |= uint32(le.Uint16(d.p[hi:])) << 16
	}
	return n
}

func (d group) setCount(lo, hi int, n uint32) {
	le.PutUint16(d.p[lo:], uint16(n))
	if d.wide() {
		le.PutUint16(d.p[hi:], uint16(n>>16))
	}
}

func (d group) blockBitmap() uint64 { return d.block(0, 32) }
func (d group) inodeBitmap() uint64 { return d.block(4, 36) }
func (d group) inodeTable() uint64  { return d.block(8, 40) }
func (d group) freeBlocks() uint32  { return d.count(12, 44) }
func (d group) freeInodes() uint32  { return d.count(14, 46) }
func (d group) usedDirs() uint32    { return d.count(16, 48) }
func (d group) flags() uint16       { return le.Uint16(d.p[18:]) }
func (d group) unused() uint32      { return d.count(28, 50) }

func (d group) setFreeBlocks(n uint32) { d.setCount(12, 44, n) }
func (d group) setFreeInodes(n uint32) { d.setCount(14, 46, n) }
func (d group) setUsedDirs(n uint32)   { d.setCount(16, 48, n) }
func (d group) setUnused(n uint32)     { d.setCount(28, 50, n) }
func (d group) clearFlag(f uint16)     { le.PutUint16(d.p[18:], d.flags()&^f) }

// uninit reports a flag that counts only with checksums in the descriptors.
func (d group) uninit(f uint16) bool {
	return d.s.hasRo(featGdtCsum|featMetadataCsum) && d.flags()&f != 0
}

// csum returns the descriptor's checksum.
func (d group) csum() uint16 {
	if d.s.metaCsum() {
		return uint16(crcHole(crcU32(d.s.seed, d.g), d.p, 30, 2))
	}
	var num [4]byte
	le.PutUint32(num[:], d.g)
	c := crc16(crc16(crc16(0xffff, d.s.uuid[:]), num[:]), d.p[:30])
	if d.wide() {
		c = crc16(c, d.p[32:])
	}
	return c
}

// check verifies the checksum.
func (d group) check() error {
	if d.s.hasRo(featGdtCsum|featMetadataCsum) && le.Uint16(d.p[30:]) != d.csum() {
		return abi.EIO
	}
	return nil
}

// changed makes a changed descriptor part of the transaction.
func (fs *FS) changedGroup(d group) {
	if d.s.hasRo(featGdtCsum | featMetadataCsum) {
		le.PutUint16(d.p[30:], d.csum())
	}
	fs.dirty(d.b)
}

// bitmapCsum and setBitmapCsum are about the checksum of a bitmap over n bits;
// lo and hi say where the descriptor has it.
func (d group) setBitmapCsum(p []byte, n uint32, lo, hi int) {
	if d.s.metaCsum() {
		d.setCount(lo, hi, crc32c(d.s.seed, p[:n/8]))
	}
}

func (d group) bitmapCsumOK(p []byte, n uint32, lo, hi int) bool {
	if !d.s.metaCsum() {
		return true
	}
	want := crc32c(d.s.seed, p[:n/8])
	if !d.wide() {
		want &= 0xffff
	}
	return d.count(lo, hi) == want
}

const (
	blockCsumLo, blockCsumHi = 24, 56
	inodeCsumLo, inodeCsumHi = 26, 58
)
