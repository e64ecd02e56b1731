// Advisory locks of the host's programs, which are the kernel's where others use
// it, too. Where nobody else does, the host keeps them itself.
//
// A lock of flock(2) is one of the open file. A lock of fcntl(2) belongs to a
// process of the host, which the kernel knows nothing of, so each that has locks
// on a file has a process of the kernel for that: a child of the mount's with no
// other file open (locker.go).
package export

import (
	"context"
	"math"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

var (
	_ fs.FileGetlker  = (*handle)(nil)
	_ fs.FileSetlker  = (*handle)(nil)
	_ fs.FileSetlkwer = (*handle)(nil)
)

// ownerGone among the flags of a lock says that all those of its owner on the
// file go, and the host has none.
const ownerGone = 1 << 31

// protocol is the mount as the host speaks to it. It hears who closes a file,
// which package fs does not pass on.
type protocol struct {
	fuse.RawFileSystem
	x *export
}

// Flush is the closing of a descriptor: the process that does has no locks on the
// file from then on. What was written is in the kernel already, and what a
// program has mapped and changed the host writes before. Where the host keeps
// the locks there is nothing to do: it is told so once, and does not ask again.
func (p *protocol) Flush(cancel <-chan struct{}, in *fuse.FlushIn) fuse.Status {
	if p.x.o.Alone {
		return fuse.ENOSYS
	}
	if !p.x.lockers.any() {
		return fuse.OK
	}
	gone := fuse.LkIn{InHeader: in.InHeader, Fh: in.Fh, Owner: in.LockOwner, LkFlags: ownerGone}
	return p.SetLk(cancel, &gone)
}

// Setlk takes or gives back a lock, without waiting.
func (h *handle) Setlk(ctx context.Context, owner uint64, lk *fuse.FileLock, flags uint32) syscall.Errno {
	switch {
	case flags&ownerGone != 0:
		h.n.x.lockers.end(lockKey{h.n, owner})
		return 0
	case flags&fuse.LK_FLOCK != 0:
		return errno(h.n.x.c.Flock(h.fd, flockOf(lk)|abi.LOCK_NB))
	}
	return errno(h.setRange(ctx, owner, lk, false))
}

// Setlkw waits for a lock; a signal calls it away (EINTR).
func (h *handle) Setlkw(ctx context.Context, owner uint64, lk *fuse.FileLock, flags uint32) syscall.Errno {
	if flags&fuse.LK_FLOCK == 0 {
		return errno(h.setRange(ctx, owner, lk, true))
	}
	err := h.n.x.c.Flock(h.fd, flockOf(lk)|abi.LOCK_NB)
	if err == abi.EAGAIN {
		err = h.waitFlock(ctx, flockOf(lk))
	}
	return errno(err)
}

// waitFlock waits in a child, which has the same open file; the lock is that's.
func (h *handle) waitFlock(ctx context.Context, how int) error {
	c, err := h.n.x.child(h.fd)
	if err != nil {
		return err
	}
	defer func() { _ = c.Exit() }()
	return (&sleeper{c: c}).sleep(ctx, func() error { return c.Flock(0, how) })
}

// flockOf is the operation of flock(2).
func flockOf(lk *fuse.FileLock) int {
	switch lk.Typ {
	case unix.F_RDLCK:
		return abi.LOCK_SH
	case unix.F_WRLCK:
		return abi.LOCK_EX
	}
	return abi.LOCK_UN
}

// setRange takes or gives back a lock on bytes.
func (h *handle) setRange(ctx context.Context, owner uint64, lk *fuse.FileLock, wait bool) error {
	l, err := h.n.x.lockers.hold(h, lockKey{h.n, owner}, lk.Typ != unix.F_UNLCK)
	if l == nil || err != nil {
		return err // without one there is nothing to give back
	}
	defer h.n.x.lockers.release(l)
	l.hostPid.Store(lk.Pid)
	fl := toKernel(lk)
	err = l.call(func() error { return fcntl(l.c, 0, abi.F_SETLK, &fl) })
	if err == abi.EAGAIN && wait {
		err = l.sleep(ctx, func() error { return fcntl(l.c, 0, abi.F_SETLKW, &fl) })
	}
	return err
}

// Getlk tells what is in the way of a lock.
func (h *handle) Getlk(_ context.Context, owner uint64, lk *fuse.FileLock, flags uint32, out *fuse.FileLock) syscall.Errno {
	c, fd := h.n.x.c, h.fd // the mount's own process has no locks
	l, err := h.n.x.lockers.hold(h, lockKey{h.n, owner}, false)
	if err != nil || flags&fuse.LK_FLOCK != 0 {
		return syscall.EINVAL
	}
	if l != nil {
		defer h.n.x.lockers.release(l)
		c, fd = l.c, 0
	}
	fl := toKernel(lk)
	get := func() error { return fcntl(c, fd, abi.F_GETLK, &fl) }
	if err = get(); l != nil && err != nil {
		err = l.call(get)
	}
	if err != nil {
		return errno(err)
	}
	*out = toHost(&fl)
	out.Pid = h.n.x.lockers.hostPid(fl.Pid)
	return 0
}

func fcntl(c *client.Client, fd, cmd int, fl *abi.Flock) error {
	_, err := c.Fcntl(fd, cmd, client.Struct(fl))
	return err
}

// The kinds of locks by the host's numbers.
var lockTypes = [...]int16{unix.F_RDLCK: abi.F_RDLCK, unix.F_WRLCK: abi.F_WRLCK, unix.F_UNLCK: abi.F_UNLCK}

// toKernel is a lock as the kernel takes it.
func toKernel(lk *fuse.FileLock) abi.Flock {
	fl := abi.Flock{Start: int64(lk.Start), Whence: abi.SEEK_SET, Type: -1}
	if int(lk.Typ) < len(lockTypes) {
		fl.Type = lockTypes[lk.Typ]
	}
	if lk.End < math.MaxInt64 {
		fl.Len = int64(lk.End-lk.Start) + 1
	}
	return fl
}

// toHost is a lock that the kernel has told of.
func toHost(fl *abi.Flock) fuse.FileLock {
	lk := fuse.FileLock{Start: uint64(fl.Start), End: math.MaxInt64, Typ: unix.F_UNLCK}
	if fl.Len != 0 {
		lk.End = uint64(fl.Start + fl.Len - 1)
	}
	switch fl.Type {
	case abi.F_RDLCK:
		lk.Typ = unix.F_RDLCK
	case abi.F_WRLCK:
		lk.Typ = unix.F_WRLCK
	}
	return lk
}
