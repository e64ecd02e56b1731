// Checksums: crc32c as metadata_csum uses it, crc16 as uninit_bg does.
package ext2fs

import (
	"encoding/binary"
	"hash/crc32"
)

var (
	le = binary.LittleEndian
	be = binary.BigEndian
	// castagnoli is the table of crc32c; it never changes.
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

// crc32c continues a checksum over p, without the inversions of the usual one.
func crc32c(crc uint32, p []byte) uint32 { return ^crc32.Update(^crc, castagnoli, p) }

// crcU32 continues a checksum over a little-endian number.
func crcU32(crc, v uint32) uint32 {
	var b [4]byte
	le.PutUint32(b[:], v)
	return crc32c(crc, b[:])
}

// crcHole continues a checksum over p, of which the n bytes at off count as
// zeros.
func crcHole(crc uint32, p []byte, off, n int) uint32 {
	var zero [4]byte
	crc = crc32c(crc, p[:off])
	crc = crc32c(crc, zero[:n])
	return crc32c(crc, p[off+n:])
}

// crc16 continues the checksum of group descriptors (polynomial 0xa001).
func crc16(crc uint16, p []byte) uint16 {
	for _, b := range p {
		crc ^= uint16(b)
		for range 8 {
			if crc&1 != 0 {
				crc = crc>>1 ^ 0xa001
			} else {
				crc >>= 1
			}
		}
	}
	return crc
}
