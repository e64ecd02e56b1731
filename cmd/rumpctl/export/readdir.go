// Reading directories.
package export

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

var (
	_ fs.NodeOpendirHandler = (*node)(nil)
	_ fs.FileReaddirenter   = (*dirHandle)(nil)
	_ fs.FileSeekdirer      = (*dirHandle)(nil)
	_ fs.FileFsyncdirer     = (*dirHandle)(nil)
)

// dirHandle is an open directory: the names that were in it when its reading
// began, so that none is repeated or lost while others change it.
type dirHandle struct {
	n    *node
	list []fuse.DirEntry
	read bool
	next int
}

// dirBuffer is how many bytes of entries are read at once.
const dirBuffer = 64 << 10

// OpendirHandle opens a directory.
func (n *node) OpendirHandle(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	flags := uint32(0)
	if n.x.o.Alone {
		flags = fuse.FOPEN_CACHE_DIR | fuse.FOPEN_KEEP_CACHE
	}
	return &dirHandle{n: n}, flags, 0
}

// Readdirent returns the next entry, nil at the end.
func (d *dirHandle) Readdirent(context.Context) (*fuse.DirEntry, syscall.Errno) {
	if !d.read {
		if err := d.fill(); err != nil {
			return nil, errno(err)
		}
	}
	if d.next >= len(d.list) {
		return nil, 0
	}
	d.next++
	return &d.list[d.next-1], 0
}

// Seekdir goes to where an entry was the last one; to the start, the directory
// is read anew.
func (d *dirHandle) Seekdir(_ context.Context, off uint64) syscall.Errno {
	if off > uint64(len(d.list)) {
		return syscall.EINVAL
	}
	d.next = int(off)
	if off == 0 {
		d.read = false
	}
	return 0
}

// fill reads the names.
func (d *dirHandle) fill() error {
	c := d.n.x.c
	d.list, d.next = nil, 0
	err := d.n.inDir(func(dir int) error {
		// A descriptor of its own, for its position.
		fd, err := c.Openat(dir, ".", openDir, 0)
		if err != nil {
			return err
		}
		defer func() { _ = c.Close(fd) }()
		var st abi.Stat
		if err := c.Fstat(fd, &st); err != nil {
			return err
		}
		buf := make([]byte, dirBuffer)
		for {
			k, err := c.Getdents(fd, buf)
			if err != nil || k == 0 {
				return err
			}
			if err := d.add(buf[:k], st.Dev); err != nil {
				return err
			}
		}
	})
	d.read = err == nil
	return err
}

// add takes entries of a directory of the kernel on dev.
func (d *dirHandle) add(buf []byte, dev uint64) error {
	for len(buf) > 0 {
		e, rest, err := client.NextDirent(buf)
		if err != nil {
			return err
		}
		if buf = rest; e.Ino == 0 || e.Type == abi.DT_WHT {
			continue
		}
		d.list = append(d.list, fuse.DirEntry{
			Name: e.Name, Ino: d.n.x.devices.number(dev, e.Ino), Mode: uint32(e.Type) << 12, Off: uint64(len(d.list) + 1),
		})
	}
	return nil
}

// Fsyncdir waits until the directory is where it is kept.
func (d *dirHandle) Fsyncdir(context.Context, uint32) syscall.Errno {
	return errno(d.n.inDir(d.n.x.c.Fsync))
}
