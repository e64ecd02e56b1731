// Inodes on disk: their fields and their checksum.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Offsets within an inode.
const (
	inMode, inUid, inSizeLo         = 0, 2, 4
	inAtime, inCtime, inMtime       = 8, 12, 16
	inDtime, inGid, inLinks         = 20, 24, 26
	inBlocksLo, inFlags, inBlock    = 28, 32, 40
	inGeneration, inACLLo, inSizeHi = 100, 104, 108
	inBlocksHi, inACLHi             = 116, 118
	inUidHi, inGidHi, inCsumLo      = 120, 122, 124
	inExtra, inCsumHi               = 128, 130
	inCtimeExtra, inMtimeExtra      = 132, 136
	inAtimeExtra, inCrtime          = 140, 144
	inCrtimeExtra                   = 148

	inBlockSize = 60
)

// Inode flags.
const (
	flImmutable  = 0x10
	flAppend     = 0x20
	flNodump     = 0x40
	flIndex      = 0x1000
	flHugeFile   = 0x40000
	flExtents    = 0x80000
	flEAInode    = 0x200000
	flInlineData = 0x10000000
)

// rawInode is an inode as it is on disk.
type rawInode []byte

func (r rawInode) u16(off int) uint16 { return le.Uint16(r[off:]) }
func (r rawInode) u32(off int) uint32 { return le.Uint32(r[off:]) }

func (r rawInode) set16(off int, v uint16) { le.PutUint16(r[off:], v) }
func (r rawInode) set32(off int, v uint32) { le.PutUint32(r[off:], v) }

func (r rawInode) mode() uint32  { return uint32(r.u16(inMode)) }
func (r rawInode) links() uint32 { return uint32(r.u16(inLinks)) }
func (r rawInode) flags() uint32 { return r.u32(inFlags) }
func (r rawInode) uid() uint32   { return uint32(r.u16(inUid)) | uint32(r.u16(inUidHi))<<16 }
func (r rawInode) gid() uint32   { return uint32(r.u16(inGid)) | uint32(r.u16(inGidHi))<<16 }
func (r rawInode) acl() uint64   { return uint64(r.u32(inACLLo)) | uint64(r.u16(inACLHi))<<32 }

func (r rawInode) setUid(v uint32) {
	r.set16(inUid, uint16(v))
	r.set16(inUidHi, uint16(v>>16))
}

func (r rawInode) setGid(v uint32) {
	r.set16(inGid, uint16(v))
	r.set16(inGidHi, uint16(v>>16))
}

func (r rawInode) setACL(b uint64) {
	r.set32(inACLLo, uint32(b))
	r.set16(inACLHi, uint16(b>>32))
}

// size returns the size in bytes; directories of old have 32 bits only.
func (r rawInode) size() uint64 { return uint64(r.u32(inSizeLo)) | uint64(r.u32(inSizeHi))<<32 }

func (r rawInode) setSize(n int64) {
	r.set32(inSizeLo, uint32(n))
	r.set32(inSizeHi, uint32(n>>32))
}

// extra returns how many bytes beyond the first 128 are in use.
func (r rawInode) extra() int {
	if len(r) <= goodOldSize {
		return 0
	}
	return min(int(r.u16(inExtra)), len(r)-goodOldSize)
}

// fits reports a field of n bytes at off that the inode has.
func (r rawInode) fits(off, n int) bool { return off+n <= goodOldSize+r.extra() }

// sectors returns the space in units of 512 bytes.
func (fs *FS) sectors(r rawInode) uint64 {
	n := uint64(r.u32(inBlocksLo))
	if fs.sb.hasRo(featHugeFile) {
		n |= uint64(r.u16(inBlocksHi)) << 32
		if r.flags()&flHugeFile != 0 {
			n <<= fs.sb.bshift - 9
		}
	}
	return n
}

// addBlocks counts n blocks more, or less, as the file's.
func (fs *FS) addBlocks(r rawInode, n int64) {
	if !fs.sb.hasRo(featHugeFile) || r.flags()&flHugeFile == 0 {
		n <<= fs.sb.bshift - 9
	}
	v := int64(r.u32(inBlocksLo)) | int64(r.u16(inBlocksHi))<<32
	v = max(v+n, 0)
	r.set32(inBlocksLo, uint32(v))
	r.set16(inBlocksHi, uint16(v>>32))
}

// time returns nanoseconds since 1970; extra is where the finer part is.
func (r rawInode) time(off, extra int) int64 {
	sec := int64(int32(r.u32(off)))
	if !r.fits(extra, 4) {
		return sec * 1e9
	}
	x := r.u32(extra)
	nsec := int64(x >> 2)
	if nsec >= 1e9 {
		nsec = 0
	}
	return (sec+int64(x&3)<<32)*1e9 + nsec
}

// setTime sets a time, cut to what the inode holds.
func (r rawInode) setTime(off, extra int, ns int64) {
	sec, nsec := ns/1e9, ns%1e9
	if nsec < 0 {
		sec, nsec = sec-1, nsec+1e9
	}
	most := int64(1<<31 - 1)
	if r.fits(extra, 4) {
		most += 3 << 32
	}
	sec = min(max(sec, -1<<31), most)
	r.set32(off, uint32(sec))
	if r.fits(extra, 4) {
		epoch := uint32((sec-int64(int32(sec)))>>32) & 3
		r.set32(extra, uint32(nsec)<<2|epoch)
	}
}

// inodeSeed returns what checksums of an inode's blocks begin with.
func (s *super) inodeSeed(ino uint32, r rawInode) uint32 {
	return crcU32(crcU32(s.seed, ino), r.u32(inGeneration))
}

// inodeCsum returns the checksum of an inode.
func (s *super) inodeCsum(ino uint32, r rawInode) uint32 {
	crc := crcHole(s.inodeSeed(ino, r), r[:goodOldSize], inCsumLo, 2)
	if len(r) == goodOldSize {
		return crc & 0xffff
	}
	if r.hasCsumHi() {
		return crcHole(crc, r[goodOldSize:], inCsumHi-goodOldSize, 2)
	}
	return crc32c(crc, r[goodOldSize:]) & 0xffff
}

func (r rawInode) hasCsumHi() bool { return len(r) > goodOldSize && r.u16(inExtra) >= 4 }

// setCsum stores the checksum.
func (s *super) setInodeCsum(ino uint32, r rawInode) {
	if !s.metaCsum() {
		return
	}
	c := s.inodeCsum(ino, r)
	r.set16(inCsumLo, uint16(c))
	if r.hasCsumHi() {
		r.set16(inCsumHi, uint16(c>>16))
	}
}

// inodeCsumOK verifies the checksum.
func (s *super) inodeCsumOK(ino uint32, r rawInode) bool {
	if !s.metaCsum() {
		return true
	}
	have := uint32(r.u16(inCsumLo))
	if r.hasCsumHi() {
		have |= uint32(r.u16(inCsumHi)) << 16
	}
	return have == s.inodeCsum(ino, r)
}

// inodeSlot returns the bytes of an inode within the buffer of its block: EIO
// for a number there is not.
func (fs *FS) inodeSlot(ino uint32) (slot inodeSlot, err error) {
	if ino == 0 || ino > fs.sb.inodes {
		return slot, abi.EIO
	}
	d, err := fs.group((ino - 1) / fs.sb.ipg)
	if err != nil {
		return slot, err
	}
	off := uint64((ino-1)%fs.sb.ipg) * uint64(fs.sb.isize)
	slot.b, err = fs.cache.Get(d.inodeTable() + off>>fs.sb.bshift)
	if err != nil {
		return slot, err
	}
	at := int(off) & (fs.sb.bsize - 1)
	slot.raw = slot.b.Data[at : at+fs.sb.isize]
	return slot, nil
}
