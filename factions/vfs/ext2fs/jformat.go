// The form of the journal (jbd2): numbers in it are big-endian.
package ext2fs

import "github.com/rumpkit/rumpkit/kernel/abi"

const (
	jMagic    = 0xc03b3998
	jHeader   = 12 // magic, type, sequence
	jSuperLen = 1024
	jTail     = 4 // checksum at the end of descriptors and revocations

	jDescriptor = 1
	jCommit     = 2
	jSuperV1    = 3
	jSuperV2    = 4
	jRevoke     = 5
)

// Offsets in the journal's superblock.
const (
	jsBlockSize, jsMaxLen, jsFirst = 12, 16, 20
	jsSequence, jsStart            = 24, 28
	jsIncompat                     = 40
	jsUUID, jsCsumType, jsCsum     = 48, 80, 252
)

// Features of journals.
const (
	jfRevoke = 1 << iota
	jf64bit
	jfAsync
	jfCsumV2
	jfCsumV3
)

// Flags of a tag.
const (
	tagEscape   = 1
	tagSameUUID = 2
	tagLast     = 8
)

// journal is the log of a mounted file system.
type journal struct {
	present  bool
	runs     []extent // where its blocks are
	super    []byte
	features uint32
	seed     uint32
	maxLen   uint32
	first    uint32
	seq      uint32 // of the next transaction
	head     uint32 // where it goes
	used     uint32 // blocks of transactions not yet in their places
}

func (j *journal) csum() bool { return j.features&(jfCsumV2|jfCsumV3) != 0 }

// tagSize returns the size of a tag in descriptors.
func (j *journal) tagSize() int {
	if j.features&jfCsumV3 != 0 {
		return 16
	}
	n := 8
	if j.features&jfCsumV2 != 0 {
		n += 2
	}
	if j.features&jf64bit != 0 {
		n += 4
	}
	return n
}

// tag is what a descriptor says of one block.
type tag struct {
	block uint64
	flags uint32
	csum  uint32
}

// parseTag reads a tag.
func (j *journal) parseTag(p []byte) (t tag) {
	t.block = uint64(be.Uint32(p))
	if j.features&jfCsumV3 != 0 {
		t.flags, t.csum = be.Uint32(p[4:]), be.Uint32(p[12:])
		if j.features&jf64bit != 0 {
			t.block |= uint64(be.Uint32(p[8:])) << 32
		}
		return t
	}
	t.csum, t.flags = uint32(be.Uint16(p[4:])), uint32(be.Uint16(p[6:]))
	if j.features&jf64bit != 0 {
		t.block |= uint64(be.Uint32(p[8:])) << 32
	}
	return t
}

// putTag writes a tag.
func (j *journal) putTag(p []byte, t tag) {
	be.PutUint32(p, uint32(t.block))
	if j.features&jfCsumV3 != 0 {
		be.PutUint32(p[4:], t.flags)
		be.PutUint32(p[8:], uint32(t.block>>32))
		be.PutUint32(p[12:], t.csum)
		return
	}
	be.PutUint16(p[4:], uint16(t.csum))
	be.PutUint16(p[6:], uint16(t.flags))
	if j.features&jf64bit != 0 {
		be.PutUint32(p[8:], uint32(t.block>>32))
	}
}

// blockCsum returns the checksum of a block in the log, as tags have it.
func (j *journal) blockCsum(seq uint32, p []byte) uint32 {
	var n [4]byte
	be.PutUint32(n[:], seq)
	crc := crc32c(crc32c(j.seed, n[:]), p)
	if j.features&jfCsumV3 == 0 {
		crc &= 0xffff
	}
	return crc
}

// tailCsum returns the checksum of a descriptor or a block of revocations.
func (j *journal) tailCsum(p []byte) uint32 { return crcHole(j.seed, p, len(p)-jTail, 4) }

// commitCsum returns the checksum of a commit block.
func (j *journal) commitCsum(p []byte) uint32 { return crcHole(j.seed, p, 16, 4) }

// superCsum returns the checksum of the superblock.
func (j *journal) superCsum() uint32 {
	return crcHole(^uint32(0), j.super[:jSuperLen], jsCsum, 4)
}

// phys returns the block of the device that block i of the journal is, and how
// many follow it there.
func (j *journal) phys(i uint32) (uint64, uint32, error) {
	for _, x := range j.runs {
		if i-x.lblk < x.n {
			return x.pblk + uint64(i-x.lblk), x.n - (i - x.lblk), nil
		}
	}
	return 0, 0, abi.EIO
}

// next returns the block after i, round the end.
func (j *journal) next(i uint32) uint32 {
	if i++; i >= j.maxLen {
		return j.first
	}
	return i
}
