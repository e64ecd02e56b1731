// Bitmaps of blocks and inodes: finding and changing bits.
package ext2fs

import (
	"math/bits"

	"github.com/rumpkit/rumpkit/factions/vfs/buf"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func bit(p []byte, i uint32) bool { return p[i/8]&(1<<(i%8)) != 0 }

// setBits and clearBits change bits from to end.
func setBits(p []byte, from, end uint32) {
	for ; from < end && from%8 != 0; from++ {
		p[from/8] |= 1 << (from % 8)
	}
	for ; from+8 <= end; from += 8 {
		p[from/8] = 0xff
	}
	for ; from < end; from++ {
		p[from/8] |= 1 << (from % 8)
	}
}

func clearBits(p []byte, from, end uint32) {
	for ; from < end && from%8 != 0; from++ {
		p[from/8] &^= 1 << (from % 8)
	}
	for ; from+8 <= end; from += 8 {
		p[from/8] = 0
	}
	for ; from < end; from++ {
		p[from/8] &^= 1 << (from % 8)
	}
}

// nextBit returns the first bit of the value from from on, end if there is
// none before it. p is a multiple of 8 bytes long.
func nextBit(p []byte, from, end uint32, set bool) uint32 {
	for from < end {
		w := le.Uint64(p[from/64*8:])
		if !set {
			w = ^w
		}
		w >>= from % 64
		if w != 0 {
			return min(from+uint32(bits.TrailingZeros64(w)), end)
		}
		from = (from/64 + 1) * 64
	}
	return end
}

// zeros returns how many bits below end are clear.
func zeros(p []byte, end uint32) (n uint32) {
	for i := uint32(0); i < end; i += 64 {
		w := ^le.Uint64(p[i/8:])
		if end-i < 64 {
			w &= 1<<(end-i) - 1
		}
		n += uint32(bits.OnesCount64(w))
	}
	return n
}

// blockBitmap returns the bitmap of a group's blocks, checked against its
// descriptor: EIO. One that was never written is made.
func (fs *FS) blockBitmap(d group) (*buf.Buf, error) {
	if d.uninit(bgBlockUninit) {
		return fs.makeBlockBitmap(d)
	}
	b, err := fs.cache.Get(d.blockBitmap())
	if err != nil {
		return nil, err
	}
	tag := checkTag(kindBitmap, d.g)
	if b.Checked.Load() == tag {
		return b, nil
	}
	if !d.bitmapCsumOK(b.Data, fs.sb.cpg, blockCsumLo, blockCsumHi) ||
		zeros(b.Data, fs.sb.groupClusters(d.g)) != d.freeBlocks() {
		return nil, abi.EIO
	}
	b.Checked.Store(tag)
	return b, nil
}

// makeBlockBitmap makes the bitmap of a group that holds only metadata.
func (fs *FS) makeBlockBitmap(d group) (*buf.Buf, error) {
	s := fs.sb
	b, err := fs.cache.Fresh(d.blockBitmap())
	if err != nil {
		return nil, err
	}
	setBits(b.Data, 0, uint32(s.clusters(uint64(s.baseBlocks(d.g)))))
	flex := uint32(1) << min(s.flexShift, 31)
	if !s.has(featFlexBg) || s.flexShift == 0 {
		flex = 1
	}
	first := d.g / flex * flex
	for g := first; g < first+flex && g < s.groups; g++ {
		o, err := fs.group(g)
		if err != nil {
			return nil, err
		}
		fs.markMeta(b.Data, d.g, o)
	}
	setBits(b.Data, s.groupClusters(d.g), uint32(8*s.bsize))
	if zeros(b.Data, s.groupClusters(d.g)) != d.freeBlocks() {
		return nil, abi.EIO
	}
	d.clearFlag(bgBlockUninit)
	fs.sealBlockBitmap(d, b)
	return b, nil
}

// markMeta marks what of o's metadata lies in group g.
func (fs *FS) markMeta(p []byte, g uint32, o group) {
	s := fs.sb
	table := uint64(s.ipg) * uint64(s.isize) >> s.bshift
	for _, r := range [...][2]uint64{{o.blockBitmap(), 1}, {o.inodeBitmap(), 1}, {o.inodeTable(), table}} {
		start := s.groupStart(g)
		from, end := max(r[0], start), min(r[0]+r[1], start+uint64(s.groupBlocks(g)))
		if from < end {
			setBits(p, uint32((from-start)>>s.cshift), uint32(s.clusters(end-start)))
		}
	}
}

// baseBlocks returns how many blocks at the start of a group hold copies of
// the superblock and of descriptors.
func (s *super) baseBlocks(g uint32) uint32 {
	n, per := uint32(0), uint32(s.bsize/s.descSize)
	backup := s.hasBackup(g)
	if backup {
		n = 1
	}
	descs := (s.groups + per - 1) / per
	if !s.has(featMetaBg) || g/per < s.firstMetaBg {
		if backup {
			if s.has(featMetaBg) {
				descs = min(descs, s.firstMetaBg)
			}
			n += descs + s.reservedGDT
		}
		return min(n, s.groupBlocks(g))
	}
	if i := g % per; i == 0 || i == 1 || i == per-1 {
		n++
	}
	return n
}

// sealBlockBitmap makes a changed bitmap and its descriptor part of the
// transaction.
func (fs *FS) sealBlockBitmap(d group, b *buf.Buf) {
	d.setBitmapCsum(b.Data, fs.sb.cpg, blockCsumLo, blockCsumHi)
	b.Checked.Store(checkTag(kindBitmap, d.g))
	fs.dirty(b)
	fs.changedGroup(d)
}

// inodeBitmap is blockBitmap for inodes.
func (fs *FS) inodeBitmap(d group) (*buf.Buf, error) {
	s := fs.sb
	if d.uninit(bgInodeUninit) {
		b, err := fs.cache.Fresh(d.inodeBitmap())
		if err != nil {
			return nil, err
		}
		setBits(b.Data, s.ipg, uint32(8*s.bsize))
		if d.freeInodes() != s.ipg {
			return nil, abi.EIO
		}
		d.clearFlag(bgInodeUninit)
		fs.sealInodeBitmap(d, b)
		return b, nil
	}
	b, err := fs.cache.Get(d.inodeBitmap())
	if err != nil {
		return nil, err
	}
	tag := checkTag(kindBitmap, ^d.g)
	if b.Checked.Load() == tag {
		return b, nil
	}
	if !d.bitmapCsumOK(b.Data, s.ipg, inodeCsumLo, inodeCsumHi) || zeros(b.Data, s.ipg) != d.freeInodes() {
		return nil, abi.EIO
	}
	b.Checked.Store(tag)
	return b, nil
}

// sealInodeBitmap is sealBlockBitmap for inodes.
func (fs *FS) sealInodeBitmap(d group, b *buf.Buf) {
	d.setBitmapCsum(b.Data, fs.sb.ipg, inodeCsumLo, inodeCsumHi)
	b.Checked.Store(checkTag(kindBitmap, ^d.g))
	fs.dirty(b)
	fs.changedGroup(d)
}
