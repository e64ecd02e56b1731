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
	_ fs.NodeOpener    = (*node)(nil)
	_ fs.FileReader    = (*handle)(nil)
	_ fs.FileWriter    = (*handle)(nil)
	_ fs.FileFsyncer   = (*handle)(nil)
	_ fs.FileReleaser  = (*handle)(nil)
	_ fs.FileAllocater = (*handle)(nil)
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

// cacheFlags tell the host what it may keep of a file's contents.
func (x *export) cacheFlags() uint32 {
	if x.o.Alone {
		return fuse.FOPEN_KEEP_CACHE
	}
	return fuse.FOPEN_DIRECT_IO
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

// Open opens a file.
func (n *node) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	fd, err := n.openAt(openFlags(flags))
	if err != nil {
		return nil, 0, errno(err)
	}
	return n.opened(fd, flags), n.x.cacheFlags(), 0
}

// Read reads what there is at off: less than asked for at the end only.
func (h *handle) Read(_ context.Context, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	n := 0
	for n < len(dest) {
		m, err := h.n.x.c.Pread(h.fd, dest[n:], off+int64(n))
		if err != nil {
			if n > 0 {
				break
			}
			return nil, errno(err)
		}
		if m == 0 {
			break
		}
		n += m
	}
	return fuse.ReadResultData(dest[:n]), 0
}

// Write writes all of data, unless there is an error.
func (h *handle) Write(ctx context.Context, data []byte, off int64) (uint32, syscall.Errno) {
	if err := h.dropPrivileges(ctx); err != nil {
		return 0, errno(err)
	}
	n := 0
	for n < len(data) {
		m, err := h.write(data[n:], off+int64(n))
		if err != nil {
			if n > 0 {
				break
			}
			return 0, errno(err)
		}
		if m == 0 {
			break
		}
		n += m
	}
	return uint32(n), 0
}

// dropPrivileges takes the setuid and setgid bits away before somebody writes who
// is not root. The kernel does not, for it is root's process that writes; the
// host does only where it keeps contents.
func (h *handle) dropPrivileges(ctx context.Context) error {
	const bits = abi.S_ISUID | abi.S_ISGID
	caller, ok := fuse.FromContext(ctx)
	if !ok || caller.Uid == 0 || !h.n.x.shared || h.n.x.o.Alone {
		return nil
	}
	var st abi.Stat
	if err := h.n.x.c.Fstat(h.fd, &st); err != nil || st.Mode&bits == 0 || st.Mode&abi.S_IFMT != abi.S_IFREG {
		return err
	}
	return h.n.x.c.Fchmod(h.fd, st.Mode&abi.ALLPERMS&^bits)
}

func (h *handle) write(data []byte, off int64) (int, error) {
	if h.appends {
		return h.n.x.c.Write(h.fd, data)
	}
	return h.n.x.c.Pwrite(h.fd, data, off)
}

// Fsync waits until the file is where it is kept.
func (h *handle) Fsync(context.Context, uint32) syscall.Errno {
	return errno(h.n.x.c.Fsync(h.fd))
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

// Allocate reserves room, or makes a hole.
func (h *handle) Allocate(_ context.Context, off, size uint64, mode uint32) syscall.Errno {
	switch mode {
	case 0:
		return errno(h.n.x.c.PosixFallocate(h.fd, int64(off), int64(size)))
	case unix.FALLOC_FL_PUNCH_HOLE | unix.FALLOC_FL_KEEP_SIZE:
		return errno(h.n.x.c.Fdiscard(h.fd, int64(off), int64(size)))
	}
	return syscall.EOPNOTSUPP
}
