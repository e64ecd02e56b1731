// Changes of attributes.
package export

import (
	"context"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

var _ fs.NodeSetattrer = (*node)(nil)

// Setattr changes what in says: owner before mode, for a change of owner takes
// bits of the mode away.
func (n *node) Setattr(ctx context.Context, f fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	h, _ := f.(*handle)
	for _, set := range []func(context.Context, *handle, *fuse.SetAttrIn) error{n.setSize, n.setOwner, n.setMode, n.setTimes} {
		if err := set(ctx, h, in); err != nil {
			return errno(err)
		}
	}
	return n.attributes(h, out)
}

// setSize needs a file that is open for writing.
func (n *node) setSize(ctx context.Context, h *handle, in *fuse.SetAttrIn) error {
	size, ok := in.GetSize()
	if !ok {
		return nil
	}
	return n.forWriting(h, func(fd int) error {
		if err := n.dropPrivileges(ctx, fd); err != nil {
			return err
		}
		return n.x.c.Ftruncate(fd, int64(size))
	})
}

// forWriting calls f with a descriptor of the file that is open for writing.
func (n *node) forWriting(h *handle, f func(fd int) error) error {
	if n.x.o.Alone {
		return n.inFile(true, f)
	}
	if h == nil || !h.writable {
		h = n.anyOpen(func(h *handle) bool { return h.writable })
	} else {
		h.uses.Add(1)
	}
	if h != nil {
		defer h.done()
		return f(h.fd)
	}
	fd, err := n.openAt(openFile | abi.O_WRONLY)
	if err != nil {
		return err
	}
	if err := f(fd); err != nil {
		_ = n.x.c.Close(fd)
		return err
	}
	return n.x.c.Close(fd)
}

func (n *node) setOwner(_ context.Context, h *handle, in *fuse.SetAttrIn) error {
	uid, hasUID := in.GetUID()
	gid, hasGID := in.GetGID()
	if !hasUID && !hasGID {
		return nil
	}
	u, g := -1, -1
	if hasUID {
		u = int(uid)
	}
	if hasGID {
		g = int(gid)
	}
	return n.on(h, func(fd int) error { return n.x.c.Fchown(fd, u, g) }, func(dir int, name string) error {
		return n.x.c.Fchownat(dir, name, u, g, abi.AT_SYMLINK_NOFOLLOW)
	})
}

func (n *node) setMode(_ context.Context, h *handle, in *fuse.SetAttrIn) error {
	mode, ok := in.GetMode()
	if !ok {
		return nil
	}
	mode &= abi.ALLPERMS
	return n.on(h, func(fd int) error { return n.x.c.Fchmod(fd, mode) }, func(dir int, name string) error {
		return n.x.c.Fchmodat(dir, name, mode, abi.AT_SYMLINK_NOFOLLOW)
	})
}

func (n *node) setTimes(_ context.Context, h *handle, in *fuse.SetAttrIn) error {
	atime, hasAtime := in.GetATime()
	mtime, hasMtime := in.GetMTime()
	if !hasAtime && !hasMtime {
		return nil
	}
	ts := [2]abi.Timespec{
		newTime(atime, hasAtime, in.Valid&fuse.FATTR_ATIME_NOW != 0),
		newTime(mtime, hasMtime, in.Valid&fuse.FATTR_MTIME_NOW != 0),
	}
	return n.on(h, func(fd int) error { return n.x.c.Futimens(fd, &ts) }, func(dir int, name string) error {
		return n.x.c.Utimensat(dir, name, &ts, abi.AT_SYMLINK_NOFOLLOW)
	})
}

// newTime is a time to set: the kernel's clock for now.
func newTime(t time.Time, given, now bool) abi.Timespec {
	switch {
	case !given:
		return abi.Timespec{Nsec: abi.UTIME_OMIT}
	case now:
		return abi.Timespec{Nsec: abi.UTIME_NOW}
	}
	return timespec(t)
}
