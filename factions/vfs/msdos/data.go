// The contents of files. What is moved is under the vnode's lock, not under
// fs.mu: that is held only while a place is found.
package msdos

import "github.com/rumpkit/rumpkit/kernel/abi"

// maxFile is the most bytes a file has.
const maxFile = 1<<32 - 1

// Size returns the size in bytes.
func (n *fileNode) Size() int64 {
	n.fs.mu.Lock()
	defer n.fs.mu.Unlock()
	return n.size
}

// ReadAt reads at byte off. A chain that ends before the file does is EIO.
func (n *fileNode) ReadAt(p []byte, off int64) (int, error) {
	size := n.Size()
	if off >= size || len(p) == 0 {
		return 0, nil
	}
	n.accessed()
	p = p[:min(int64(len(p)), size-off)]
	done, err := n.each(off, int64(len(p)), func(at, from, k int64) error {
		return n.fs.dev.ReadAt(p[from:from+k], at)
	})
	if done > 0 {
		err = nil
	}
	return int(done), err
}

// each calls fn with the pieces of the contents from byte off on: where they
// are on the disk, how far from off, how long. It returns how much was done.
func (n *fileNode) each(off, length int64, fn func(at, from, k int64) error) (done int64, err error) {
	for done < length {
		at, k, err := n.piece(off+done, length-done)
		if err != nil {
			return done, err
		}
		if err := fn(at, done, k); err != nil {
			return done, err
		}
		done += k
	}
	return done, nil
}

// piece returns where byte off is on the disk, and how many of the length
// bytes from there on lie together.
func (n *fileNode) piece(off, length int64) (at, k int64, err error) {
	fs := n.fs
	if err := fs.enter(); err != nil {
		return 0, 0, err
	}
	defer fs.mu.Unlock()
	skip := off % fs.cluster
	r, err := fs.runAt(&n.chain, uint32(off/fs.cluster), uint32(fs.clusters(skip+length)))
	if err != nil {
		return 0, 0, err
	}
	return fs.at(r.start) + skip, min(int64(r.n)*fs.cluster-skip, length), nil
}

// WriteAt writes at byte off, all of p or nothing: EFBIG when it would end
// beyond 4 GiB, ENOSPC when it has no room.
func (n *fileNode) WriteAt(p []byte, off int64) (int, error) {
	if off > maxFile || int64(len(p)) > maxFile-off {
		return 0, abi.EFBIG
	}
	if len(p) == 0 {
		return 0, nil
	}
	size, end := n.Size(), off+int64(len(p))
	err := n.reach(end)
	if err == nil && off > size {
		err = n.clear(size, off)
	}
	if err == nil {
		_, err = n.each(off, int64(len(p)), func(at, from, k int64) error {
			return n.fs.dev.WriteAt(p[from:from+k], at)
		})
	}
	if err != nil {
		_ = n.trim(size)
		return 0, err
	}
	return len(p), n.setSize(max(size, end))
}

// reach makes room for the contents up to byte end.
func (n *fileNode) reach(end int64) error {
	fs := n.fs
	if err := fs.change(); err != nil {
		return err
	}
	defer fs.mu.Unlock()
	return fs.extend(&n.chain, uint32(fs.clusters(end)))
}

// clear fills the contents from byte from up to end with zeros.
func (n *fileNode) clear(from, end int64) error {
	_, err := n.each(from, end-from, func(at, _, k int64) error { return n.fs.dev.Zero(at, k) })
	return err
}

// setSize ends a write: the size is that now.
func (n *fileNode) setSize(size int64) (err error) {
	fs := n.fs
	if err := fs.change(); err != nil {
		return err
	}
	defer fs.leave(&err)
	n.size = size
	return n.modified()
}

// Truncate sets the size: what comes is zeros. EFBIG beyond 4 GiB, ENOSPC
// without a change when there is no room for it.
func (n *fileNode) Truncate(size int64) error {
	if size > maxFile {
		return abi.EFBIG
	}
	old := n.Size()
	if size > old {
		return n.lengthen(old, size)
	}
	if err := n.setSize(size); err != nil {
		return err
	}
	return n.trim(size)
}

func (n *fileNode) lengthen(old, size int64) error {
	err := n.reach(size)
	if err == nil {
		err = n.clear(old, size)
	}
	if err != nil {
		_ = n.trim(old)
		return err
	}
	return n.setSize(size)
}

// trim gives clusters beyond byte size back.
func (n *fileNode) trim(size int64) (err error) {
	fs := n.fs
	if err := fs.change(); err != nil {
		return err
	}
	defer fs.leave(&err)
	if err := fs.cut(&n.chain, uint32(fs.clusters(size))); err != nil {
		return err
	}
	return n.store()
}
