// Extended attributes in a block of their own, which files may share.
package ext2fs

import "github.com/rumpkit/rumpkit/kernel/abi"

const (
	xattrMagic = 0xea020000
	xattrRefs  = 4  // offset of the count of files
	xattrCsum  = 16 // offset of the checksum
)

// xattrBlockCsum returns the checksum of a block of attributes.
func (s *super) xattrBlockCsum(block uint64, p []byte) uint32 {
	var num [8]byte
	le.PutUint64(num[:], block)
	return crcHole(crc32c(s.seed, num[:]), p, xattrCsum, 4)
}

// freeXattrs gives up the file's block of attributes. One that makes no sense
// is left to fsck.
func (n *node) freeXattrs() error {
	block := n.raw.acl()
	if block == 0 {
		return nil
	}
	fs := n.fs
	if !fs.sb.inRange(block, 1) {
		return abi.EIO
	}
	b, err := fs.cache.Get(block)
	if err != nil {
		return err
	}
	if le.Uint32(b.Data) != xattrMagic {
		return abi.EIO
	}
	n.raw.setACL(0)
	fs.addBlocks(n.raw, -1)
	if refs := le.Uint32(b.Data[xattrRefs:]); refs > 1 {
		le.PutUint32(b.Data[xattrRefs:], refs-1)
		if fs.sb.metaCsum() {
			le.PutUint32(b.Data[xattrCsum:], fs.sb.xattrBlockCsum(block, b.Data))
		}
		fs.dirty(b)
		return nil
	}
	return fs.freeBlocks(block, 1, true)
}
