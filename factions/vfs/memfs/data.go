// The contents of regular files: chunks, so that a large file is never copied
// to grow, and holes take nothing.
package memfs

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	chunkSize = 16 << 10
	// minChunk is the least a chunk takes: they double up to chunkSize.
	minChunk = 512
	// nearChunks is how many chunks a table holds; those of larger files are
	// in a map, so that a few bytes far out do not take a large table.
	nearChunks = 1024
	// maxSize is the largest size of a file.
	maxSize = 1 << 62
)

// data is the contents of a file. A chunk may be shorter than chunkSize, or
// nil: the rest is zero. Bytes of a chunk beyond the size are zero.
type data struct {
	size  int64
	space int64 // bytes charged
	near  [][]byte
	far   map[int64][]byte
}

// chunk returns chunk i, nil for a hole.
func (d *data) chunk(i int64) []byte {
	if i < int64(len(d.near)) {
		return d.near[i]
	}
	if i < nearChunks {
		return nil
	}
	return d.far[i]
}

// setChunk replaces chunk i.
func (d *data) setChunk(i int64, c []byte) {
	switch {
	case i < int64(len(d.near)):
		d.near[i] = c
	case i < nearChunks:
		for int64(len(d.near)) <= i {
			d.near = append(d.near, nil)
		}
		d.near[i] = c
	case c == nil:
		delete(d.far, i)
	default:
		if d.far == nil {
			d.far = map[int64][]byte{}
		}
		d.far[i] = c
	}
}

// readAt reads at off, up to the size.
func (d *data) readAt(p []byte, off int64) int {
	if off >= d.size {
		return 0
	}
	if rest := d.size - off; int64(len(p)) > rest {
		p = p[:rest]
	}
	done := 0
	for done < len(p) {
		i, at := (off+int64(done))/chunkSize, int((off+int64(done))%chunkSize)
		part := p[done:min(len(p), done+chunkSize-at)]
		n := 0
		if c := d.chunk(i); at < len(c) {
			n = copy(part, c[at:])
		}
		clear(part[n:])
		done += len(part)
	}
	return done
}

// writeAt writes at off: ENOSPC when there is no more memory, EFBIG beyond the
// largest size; the size is then what it was.
func (d *data) writeAt(fs *FS, p []byte, off int64) error {
	if off > maxSize-int64(len(p)) {
		return abi.EFBIG
	}
	old := d.size
	for done := 0; done < len(p); {
		i, at := (off+int64(done))/chunkSize, int((off+int64(done))%chunkSize)
		part := p[done:min(len(p), done+chunkSize-at)]
		c, err := d.room(fs, i, at+len(part))
		if err != nil {
			d.truncate(fs, old)
			return err
		}
		copy(c[at:], part)
		done += len(part)
		d.size = max(d.size, off+int64(done))
	}
	return nil
}

// room returns chunk i with n bytes at least.
func (d *data) room(fs *FS, i int64, n int) ([]byte, error) {
	old := d.chunk(i)
	if n <= len(old) {
		return old, nil
	}
	size := max(minChunk, len(old))
	if i > 0 && len(d.chunk(i-1)) == chunkSize {
		size = chunkSize // the file is growing
	}
	for size < n {
		size *= 2
	}
	if err := fs.charge(int64(size - len(old))); err != nil {
		return nil, err
	}
	d.space += int64(size - len(old))
	c := make([]byte, size)
	copy(c, old)
	d.setChunk(i, c)
	return c, nil
}

// truncate sets the size.
func (d *data) truncate(fs *FS, size int64) {
	if size < d.size {
		d.zero(fs, size, d.size)
		keep := (size + chunkSize - 1) / chunkSize
		if keep < int64(len(d.near)) {
			clear(d.near[keep:])
			d.near = d.near[:keep]
		}
	}
	d.size = size
}

// zero makes bytes from to end zero, giving back chunks that lie within.
func (d *data) zero(fs *FS, from, end int64) {
	first, last := from/chunkSize, (end-1)/chunkSize
	if end >= d.size {
		end = (last + 1) * chunkSize // what lies beyond is zero already
	}
	for i := first; i <= min(last, int64(len(d.near))-1); i++ {
		d.zeroChunk(fs, i, from, end)
	}
	for i := range d.far {
		if first <= i && i <= last {
			d.zeroChunk(fs, i, from, end)
		}
	}
}

// zeroChunk zeroes the part of chunk i between from and end.
func (d *data) zeroChunk(fs *FS, i, from, end int64) {
	c := d.chunk(i)
	if c == nil {
		return
	}
	lo := max(from-i*chunkSize, 0)
	hi := min(end-i*chunkSize, int64(len(c)))
	if lo == 0 && hi == int64(len(c)) {
		fs.credit(int64(len(c)))
		d.space -= int64(len(c))
		d.setChunk(i, nil)
		return
	}
	if lo < hi {
		clear(c[lo:hi])
	}
}

// ReadAt reads at off.
func (n *fileNode) ReadAt(p []byte, off int64) (int, error) {
	n.accessed()
	return n.data.readAt(p, off), nil
}

// WriteAt writes at off.
func (n *fileNode) WriteAt(p []byte, off int64) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := n.data.writeAt(n.fs, p, off); err != nil {
		return 0, err
	}
	n.changed()
	return len(p), nil
}

// Truncate sets the size.
func (n *fileNode) Truncate(size int64) error {
	if size > maxSize {
		return abi.EFBIG
	}
	n.data.truncate(n.fs, size)
	n.changed()
	return nil
}

// Size returns the size.
func (n *fileNode) Size() int64 { return n.data.size }

// maxAllocate bounds what one Allocate reserves, in bytes.
const maxAllocate = 1 << 32

// Allocate reserves memory for n bytes from off on, and extends the file.
func (n *fileNode) Allocate(off, size int64) error {
	end := off + size
	if end > maxSize {
		return abi.EFBIG
	}
	if size > maxAllocate {
		return abi.ENOSPC
	}
	for i := off / chunkSize; i <= (end-1)/chunkSize; i++ {
		if _, err := n.data.room(n.fs, i, int(min(end-i*chunkSize, chunkSize))); err != nil {
			return err
		}
	}
	n.data.size = max(n.data.size, end)
	n.changed()
	return nil
}

// Discard makes a hole of n bytes from off on.
func (n *fileNode) Discard(off, size int64) error {
	if end := min(n.data.size, off+size); off < end {
		n.data.zero(n.fs, off, end)
		n.changed()
	}
	return nil
}
