// Reading files and symbolic links.
package ext2fs

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Size returns the size in bytes.
func (n fileNode) Size() int64 { return int64(n.raw.size()) }

// ReadAt reads at byte off.
func (n fileNode) ReadAt(p []byte, off int64) (int, error) {
	n.fs.mu.RLock()
	defer n.fs.mu.RUnlock()
	if n.fs.closed {
		return 0, abi.EIO
	}
	size := int64(n.raw.size())
	if off >= size || len(p) == 0 {
		return 0, nil
	}
	p = p[:min(int64(len(p)), size-off)]
	if n.isInline() {
		return n.readInline(p, off)
	}
	done, err := n.fs.files.Read(&n.pages, p, off, size)
	if err != nil {
		return done, err
	}
	n.accessed()
	return done, nil
}

// ReadBlocks fills p, whole blocks, from byte off of the contents on: buf.IO.
func (n *node) ReadBlocks(p []byte, off int64) error {
	s := n.fs.sb
	for len(p) > 0 {
		x, err := n.mapBlock(uint64(off) >> s.bshift)
		if err != nil {
			return err
		}
		c := int(min(int64(len(p)), int64(x.end())<<s.bshift-off))
		if x.pblk == 0 || x.unwritten {
			clear(p[:c])
		} else if err := n.fs.readBlocks(x.from(uint32(off>>s.bshift)).pblk, p[:c]); err != nil {
			return err
		}
		p, off = p[c:], off+int64(c)
	}
	return nil
}

// readBlocks fills p with blocks in a row: what is not kept in the cache.
func (fs *FS) readBlocks(block uint64, p []byte) error {
	if len(fs.overlay) == 0 {
		if block+uint64(len(p)>>fs.sb.bshift) > fs.sb.blocks {
			return abi.EIO
		}
		return fs.dev.read(p, int64(block)<<fs.sb.bshift)
	}
	for ; len(p) > 0; block++ {
		if err := fs.readBlock(block, p[:fs.sb.bsize]); err != nil {
			return err
		}
		p = p[fs.sb.bsize:]
	}
	return nil
}

// Readlink returns the target.
func (n linkNode) Readlink() (string, error) {
	n.fs.mu.RLock()
	defer n.fs.mu.RUnlock()
	if n.fs.closed {
		return "", abi.EIO
	}
	size := int(n.raw.size())
	if n.isInline() {
		p, err := n.inlineData()
		return string(p), err
	}
	if n.isFast() {
		return string(n.raw[inBlock : inBlock+size]), nil
	}
	if size > n.fs.sb.bsize {
		return "", abi.EIO
	}
	x, err := n.mapBlock(0)
	if err == nil && (x.pblk == 0 || x.unwritten) {
		err = abi.EIO
	}
	if err != nil {
		return "", err
	}
	b, err := n.fs.cache.Get(x.pblk)
	if err != nil {
		return "", err
	}
	n.accessed()
	return string(b.Data[:size]), nil
}

// isFast reports a target that lies in the inode itself. Where values of
// attributes have inodes, these are counted among the link's blocks.
func (n linkNode) isFast() bool {
	if n.fs.sb.has(featEAInode) {
		return n.raw.size() < inBlockSize
	}
	own := uint64(0)
	if n.raw.acl() != 0 {
		own = uint64(n.fs.sb.bsize) << n.fs.sb.cshift / 512
	}
	return n.raw.size() < inBlockSize && n.fs.sectors(n.raw) <= own && !n.hasExtents()
}

// Uncache has what was written of the file on the device, and forgets the blocks
// that n bytes from off on are in.
func (n fileNode) Uncache(off, size int64) error {
	fs, bs := n.fs, int64(n.fs.sb.bsize)
	fs.mu.Lock()
	defer fs.mu.Unlock()
	switch {
	case fs.closed:
		return abi.EIO
	case fs.broken.Load():
		return nil // nothing is written any more
	}
	if err := fs.files.Flush(&n.pages); err != nil {
		return err
	}
	fs.files.Drop(&n.pages, off&^(bs-1), (off+size+bs-1)&^(bs-1))
	return nil
}
