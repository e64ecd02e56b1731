// The superblock: where everything is, checked before anything is believed.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	superOffset = 1024
	superSize   = 1024
	superMagic  = 0xef53

	rootIno     = 2
	journalIno  = 8
	goodOldSize = 128
)

// Offsets within the superblock.
const (
	sbInodes, sbBlocksLo, sbReservedLo = 0, 4, 8
	sbFreeBlocksLo, sbFreeInodes       = 12, 16
	sbFirstData, sbLogBlock            = 20, 24
	sbBlocksPerGroup, sbInodesPerGroup = 32, 40
	sbMtime, sbWtime, sbMntCount       = 44, 48, 52
	sbMagic, sbState                   = 56, 58
	sbRev, sbFirstIno, sbInodeSize     = 76, 84, 88
	sbCompat, sbIncompat, sbRoCompat   = 92, 96, 100
	sbUUID, sbReservedGDT              = 104, 206
	sbJournalInum, sbJournalDev        = 224, 228
	sbLastOrphan, sbHashSeed           = 232, 236
	sbHashVersion, sbDescSize          = 252, 254
	sbFirstMetaBg                      = 260
	sbBlocksHi, sbReservedHi           = 336, 340
	sbFreeBlocksHi, sbWantExtra        = 344, 350
	sbFlags, sbLogFlex                 = 352, 372
	sbChecksumType                     = 373
	sbBackupBgs, sbChecksumSeed        = 588, 624
	sbChecksum                         = 1020
)

// State bits.
const (
	stateValid = 1
	stateError = 2
)

// super is what of the superblock does not change while mounted.
type super struct {
	bsize                      int
	bshift                     uint
	blocks                     uint64
	firstData                  uint64
	groups                     uint32
	bpg, ipg                   uint32
	inodes                     uint32
	isize, descSize            int
	firstIno                   uint32
	compat, incompat, roCompat uint32
	seed                       uint32
	uuid                       [16]byte
	hashSeed                   [4]uint32
	hashVersion                uint8
	hashUnsigned               bool // names are of unsigned bytes
	reservedGDT                uint32
	firstMetaBg                uint32
	backups                    [2]uint32
	flexShift                  uint8
	wantExtra                  int
	journalInum                uint32
	journalDev                 uint32
	mmpBlock                   uint64
	cshift                     uint   // log of how many blocks a cluster has
	cpg                        uint32 // clusters of a group
	mmpInterval                uint16 // seconds
}

func (s *super) has(f uint32) bool       { return s.incompat&f != 0 }
func (s *super) hasRo(f uint32) bool     { return s.roCompat&f != 0 }
func (s *super) hasCompat(f uint32) bool { return s.compat&f != 0 }

// metaCsum reports checksums over all metadata.
func (s *super) metaCsum() bool { return s.hasRo(featMetadataCsum) }

// lo48 returns the 64-bit number in two halves of p.
func lo64(p []byte, lo, hi int) uint64 {
	return uint64(le.Uint32(p[lo:])) | uint64(le.Uint32(p[hi:]))<<32
}

// parseSuper checks the superblock p of a device of size bytes: EINVAL for
// what is none or cannot be.
func parseSuper(p []byte, size int64) (*super, error) {
	if le.Uint16(p[sbMagic:]) != superMagic {
		return nil, abi.EINVAL
	}
	s := new(super)
	rev := le.Uint32(p[sbRev:])
	s.isize, s.firstIno, s.descSize = goodOldSize, 11, 32
	if rev > 1 {
		return nil, abi.EINVAL
	}
	if rev == 1 {
		s.compat, s.incompat, s.roCompat = le.Uint32(p[sbCompat:]), le.Uint32(p[sbIncompat:]), le.Uint32(p[sbRoCompat:])
		s.isize, s.firstIno = int(le.Uint16(p[sbInodeSize:])), le.Uint32(p[sbFirstIno:])
	}
	if s.metaCsum() && crc32c(^uint32(0), p[:sbChecksum]) != le.Uint32(p[sbChecksum:]) {
		return nil, abi.EINVAL
	}
	if err := s.parseGeometry(p, size); err != nil {
		return nil, err
	}
	s.parseRest(p)
	return s, nil
}

// parseGeometry fills in sizes and counts.
func (s *super) parseGeometry(p []byte, size int64) error {
	log := le.Uint32(p[sbLogBlock:])
	if log > 6 {
		return abi.EINVAL
	}
	s.bshift = uint(10 + log)
	s.bsize = 1 << s.bshift
	s.blocks = uint64(le.Uint32(p[sbBlocksLo:]))
	if s.has(feat64bit) {
		s.blocks = lo64(p, sbBlocksLo, sbBlocksHi)
		s.descSize = int(le.Uint16(p[sbDescSize:]))
	}
	s.firstData = uint64(le.Uint32(p[sbFirstData:]))
	s.bpg, s.ipg = le.Uint32(p[sbBlocksPerGroup:]), le.Uint32(p[sbInodesPerGroup:])
	s.inodes = le.Uint32(p[sbInodes:])
	bits := uint32(8 * s.bsize)
	perGroup := bits
	if s.hasRo(featBigalloc) { // each bit is several blocks
		perGroup = 1 << 31
	}
	switch {
	case s.isize < goodOldSize || s.isize > s.bsize || s.isize&(s.isize-1) != 0,
		s.descSize < 32 || s.descSize > 1024 || s.descSize&(s.descSize-1) != 0,
		s.has(feat64bit) && s.descSize < 64,
		s.bpg < 256 || s.bpg > perGroup || s.bpg%8 != 0,
		s.ipg == 0 || s.ipg > bits || s.ipg%8 != 0,
		s.firstData > 1 || s.firstData >= s.blocks,
		s.blocks > uint64(size)>>s.bshift,
		s.firstIno < 11:
		return abi.EINVAL
	}
	if err := s.parseClusters(p); err != nil {
		return err
	}
	groups := (s.blocks - s.firstData + uint64(s.bpg) - 1) / uint64(s.bpg)
	if groups > 1<<32-1 || groups*uint64(s.ipg) != uint64(s.inodes) {
		return abi.EINVAL
	}
	s.groups = uint32(groups)
	return nil
}

// parseRest fills in what has no wrong values.
func (s *super) parseRest(p []byte) {
	copy(s.uuid[:], p[sbUUID:])
	for i := range s.hashSeed {
		s.hashSeed[i] = le.Uint32(p[sbHashSeed+4*i:])
	}
	s.hashVersion = p[sbHashVersion]
	s.hashUnsigned = le.Uint32(p[sbFlags:])&2 != 0
	s.reservedGDT = uint32(le.Uint16(p[sbReservedGDT:]))
	s.firstMetaBg = le.Uint32(p[sbFirstMetaBg:])
	s.backups = [2]uint32{le.Uint32(p[sbBackupBgs:]), le.Uint32(p[sbBackupBgs+4:])}
	s.flexShift = p[sbLogFlex]
	s.mmpBlock, s.mmpInterval = le.Uint64(p[sbMMPBlock:]), le.Uint16(p[sbMMPInterval:])
	s.journalInum, s.journalDev = le.Uint32(p[sbJournalInum:]), le.Uint32(p[sbJournalDev:])
	if want := int(le.Uint16(p[sbWantExtra:])); s.isize > goodOldSize {
		s.wantExtra = max(28, min(want&^3, s.isize-goodOldSize))
	}
	s.seed = crc32c(^uint32(0), s.uuid[:])
	if s.has(featCsumSeed) {
		s.seed = le.Uint32(p[sbChecksumSeed:])
	}
}

// inRange reports n blocks from b on that lie in the file system and not in
// its first block.
func (s *super) inRange(b, n uint64) bool {
	return b > s.firstData && b < s.blocks && n <= s.blocks-b
}

// groupStart returns the first block of a group, groupBlocks how many it has.
func (s *super) groupStart(g uint32) uint64 { return s.firstData + uint64(g)*uint64(s.bpg) }

func (s *super) groupBlocks(g uint32) uint32 {
	return uint32(min(uint64(s.bpg), s.blocks-s.groupStart(g)))
}

// groupOf returns the group of a block, and the bit of its cluster there.
func (s *super) groupOf(b uint64) (g, bit uint32) {
	b -= s.firstData
	return uint32(b / uint64(s.bpg)), uint32(b%uint64(s.bpg)) >> s.cshift
}

// hasBackup reports a group with a copy of the superblock.
func (s *super) hasBackup(g uint32) bool {
	switch {
	case g == 0:
		return true
	case s.hasCompat(featSparseSuper2):
		return g == s.backups[0] || g == s.backups[1]
	case g == 1 || !s.hasRo(featSparseSuper):
		return true
	case g%2 == 0:
		return false
	}
	return isPower(g, 3) || isPower(g, 5) || isPower(g, 7)
}

func isPower(n, base uint32) bool {
	for n%base == 0 {
		n /= base
	}
	return n == 1
}
