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
	done := 0
	for done < len(p) {
		c, err := n.readSome(p[done:], off+int64(done))
		if err != nil {
			return done, err
		}
		done += c
	}
	n.accessed()
	return done, nil
}

// readSome reads from one run of blocks.
func (n *node) readSome(p []byte, off int64) (int, error) {
	s := n.fs.sb
	x, err := n.mapBlock(uint64(off) >> s.bshift)
	if err != nil {
		return 0, err
	}
	end := int64(x.end()) << s.bshift
	p = p[:min(int64(len(p)), end-off)]
	if x.pblk == 0 || x.unwritten {
		clear(p)
		return len(p), nil
	}
	block := x.pblk + (uint64(off)>>s.bshift - uint64(x.lblk))
	return n.fs.readRun(p, block, int(off)&(s.bsize-1))
}

// readRun reads from blocks in a row, from byte at of the first on. It may
// stop at the end of any block.
func (fs *FS) readRun(p []byte, block uint64, at int) (int, error) {
	bs := fs.sb.bsize
	if at != 0 || len(p) < bs {
		b, err := fs.cache.Get(block)
		if err != nil {
			return 0, err
		}
		return copy(p, b.Data[at:]), nil
	}
	if b := fs.cache.Peek(block); b != nil {
		return copy(p, b.Data), nil
	}
	if len(fs.overlay) > 0 {
		return bs, fs.readBlock(block, p[:bs])
	}
	n := 1
	for (n+1)*bs <= len(p) && fs.cache.Peek(block+uint64(n)) == nil {
		n++
	}
	if block+uint64(n) > fs.sb.blocks {
		return 0, abi.EIO
	}
	return n * bs, fs.dev.read(p[:n*bs], int64(block)<<fs.sb.bshift)
}

// Readlink returns the target.
func (n linkNode) Readlink() (string, error) {
	n.fs.mu.RLock()
	defer n.fs.mu.RUnlock()
	if n.fs.closed {
		return "", abi.EIO
	}
	size := int(n.raw.size())
	if n.isFast() {
		return string(n.raw[inBlock : inBlock+size]), nil
	}
	p := make([]byte, size)
	done, err := n.readSome(p, 0)
	if err == nil && done < size {
		err = abi.EIO
	}
	n.accessed()
	return string(p), err
}

// isFast reports a target that lies in the inode itself.
func (n linkNode) isFast() bool {
	own := uint64(0)
	if n.raw.acl() != 0 {
		own = uint64(n.fs.sb.bsize) / 512
	}
	return n.raw.size() < inBlockSize && n.fs.sectors(n.raw) <= own && !n.hasExtents()
}
