// Open files.
package export

import (
	"context"
	"sync/atomic"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// handle is an open file.
type handle struct {
	n  *node
	fd int
	// flags are the host's that it was opened with.
	flags uint32
	// writable says that it was opened for writing; appends, that each write
	// goes to the end.
	writable, appends bool
	// uses counts the calls under way, and one for being open.
	uses atomic.Int32
}

var (
	_ fs.NodeOpener   = (*node)(nil)
	_ fs.NodeReader   = (*node)(nil)
	_ fs.NodeWriter   = (*node)(nil)
	_ fs.NodeFsyncer  = (*node)(nil)
	_ fs.FileReleaser = (*handle)(nil)
)

// openFlags are the host's flags as the kernel has them. What concerns making
// the file, and how descriptors behave, the host sees to.
func openFlags(flags uint32) int {
	f := abi.O_CLOEXEC | abi.O_NOFOLLOW | abi.O_NONBLOCK
	switch flags & unix.O_ACCMODE {
	case unix.O_WRONLY:
		f |= abi.O_WRONLY
	case unix.O_RDWR:
		f |= abi.O_RDWR
	}
	for _, b := range []struct{ host, kernel int }{
		{unix.O_APPEND, abi.O_APPEND}, {unix.O_TRUNC, abi.O_TRUNC}, {unix.O_DSYNC, abi.O_DSYNC}, {unix.O_SYNC &^ unix.O_DSYNC, abi.O_SYNC},
		{unix.O_DIRECT, abi.O_DIRECT},
	} {
		if int(flags)&b.host != 0 {
			f |= b.kernel
		}
	}
	return f
}

// opened makes a handle of a descriptor.
func (n *node) opened(fd int, flags uint32) *handle {
	h := &handle{n: n, fd: fd, flags: flags, writable: flags&unix.O_ACCMODE != unix.O_RDONLY, appends: flags&unix.O_APPEND != 0}
	h.uses.Store(1)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.open == nil {
		n.open = map[*handle]struct{}{}
	}
	n.open[h] = struct{}{}
	return h
}

// anyOpen returns an open file that good agrees to, if there is one, and begins
// a use of it.
func (n *node) anyOpen(good func(h *handle) bool) *handle {
	n.mu.Lock()
	defer n.mu.Unlock()
	for h := range n.open {
		if good == nil || good(h) {
			h.uses.Add(1)
			return h
		}
	}
	return nil
}

// done ends a use; the last one closes the file.
func (h *handle) done() {
	if h.uses.Add(-1) == 0 {
		_ = h.n.x.c.Close(h.fd)
	}
}

// openAt opens the file with flags of the kernel, and checks that it is that one.
func (n *node) openAt(flags int) (fd int, err error) {
	err = n.byName(func(dir int, name string) error {
		fd, err = n.x.c.Openat(dir, name, flags&^abi.O_TRUNC, 0)
		return err
	})
	if err != nil {
		return -1, err
	}
	var st abi.Stat
	if err = n.x.c.Fstat(fd, &st); err == nil && n.x.identity(&st) != n.id {
		err = abi.ESTALE
	}
	if err == nil && flags&abi.O_TRUNC != 0 {
		err = n.x.c.Ftruncate(fd, 0)
	}
	if err != nil {
		_ = n.x.c.Close(fd)
		return -1, err
	}
	return fd, nil
}

// Open opens a file: unless others may change the files, the host is told once
// that it need not ask. It closes files without asking then, too.
func (n *node) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	if n.x.o.Alone {
		return nil, 0, syscall.ENOSYS
	}
	fd, err := n.openAt(openFlags(flags))
	if err != nil {
		return nil, 0, errno(err)
	}
	return n.opened(fd, flags), fuse.FOPEN_DIRECT_IO, 0
}

// onFile calls f with a descriptor of a file with contents: that of the open
// file if the host has told of one.
func (n *node) onFile(fh fs.FileHandle, write bool, f func(fd int) error) error {
	if h, ok := fh.(*handle); ok {
		return f(h.fd)
	}
	return n.inFile(write, f)
}

// Read reads what there is at off: less than asked for at the end only.
func (n *node) Read(_ context.Context, fh fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	done := 0
	err := n.onFile(fh, false, func(fd int) (err error) {
		done, err = whole(dest, func(rest []byte, done int) (int, error) {
			return n.x.c.Pread(fd, rest, off+int64(done))
		})
		return err
	})
	if err != nil {
		return nil, errno(err)
	}
	return fuse.ReadResultData(dest[:done]), 0
}

// Write writes all of data, unless there is an error.
func (n *node) Write(ctx context.Context, fh fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	h, _ := fh.(*handle)
	done := 0
	err := n.onFile(fh, true, func(fd int) (err error) {
		if err := n.dropPrivileges(ctx, fd); err != nil {
			return err
		}
		done, err = whole(data, func(rest []byte, done int) (int, error) {
			if h != nil && h.appends {
				return n.x.c.Write(fd, rest)
			}
			return n.x.c.Pwrite(fd, rest, off+int64(done))
		})
		return err
	})
	return uint32(done), errno(err)
}

// whole moves all of b, in steps if it must be: less at the end of a file, or
// when there was an error after the first step.
func whole(b []byte, step func(rest []byte, done int) (int, error)) (done int, err error) {
	for done < len(b) {
		k, err := step(b[done:], done)
		if err != nil && done == 0 {
			return 0, err
		}
		if err != nil || k == 0 {
			break
		}
		done += k
	}
	return done, nil
}

// Fsync waits until the file is where it is kept.
func (n *node) Fsync(_ context.Context, fh fs.FileHandle, _ uint32) syscall.Errno {
	if n.id.Mode == abi.S_IFDIR {
		return errno(n.inDir(n.x.c.Fsync))
	}
	return errno(n.onFile(fh, false, n.x.c.Fsync))
}

// Release closes the file.
func (h *handle) Release(context.Context) syscall.Errno {
	h.n.mu.Lock()
	delete(h.n.open, h)
	h.n.mu.Unlock()
	if h.n.x.lockers.any() {
		h.n.x.lockers.endAll(func(l *locker) bool { return l.made == h })
	}
	h.done()
	return 0
}
