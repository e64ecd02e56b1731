// Nodes: the files that the host knows of.
package export

import (
	"context"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// node is a file of the kernel.
type node struct {
	fs.Inode
	x  *export
	id fs.StableAttr

	mu sync.Mutex
	// open are its open files.
	open map[*handle]struct{}
}

var (
	_ fs.NodeLookuper    = (*node)(nil)
	_ fs.NodeGetattrer   = (*node)(nil)
	_ fs.NodeAccesser    = (*node)(nil)
	_ fs.NodeStatfser    = (*node)(nil)
	_ fs.NodeOnForgetter = (*node)(nil)
)

// errno is an error of a call as the host numbers it.
func errno(err error) syscall.Errno {
	switch e, ok := err.(abi.Errno); {
	case err == nil:
		return 0
	case !ok:
		return syscall.EIO
	case e == abi.EFTYPE:
		return syscall.ELOOP // what opening a symbolic link itself ends with
	case e == abi.ENOATTR:
		return syscall.ENODATA
	case e == abi.ENOTCONN:
		return syscall.EIO // the kernel has gone
	default:
		return hypercall.ToHost(e)
	}
}

// devices numbers the file systems below the root, for inode numbers are unique
// in each of them only.
type devices struct {
	mu    sync.Mutex
	order map[uint64]uint64
}

// identity is what tells a file from all others.
func (x *export) identity(st *abi.Stat) fs.StableAttr {
	return fs.StableAttr{Mode: st.Mode & abi.S_IFMT, Ino: x.devices.number(st.Dev, st.Ino), Gen: uint64(st.Gen)}
}

// number is what the host has for an inode number of a file system.
func (d *devices) number(dev, ino uint64) uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, known := d.order[dev]
	if !known {
		if d.order == nil {
			d.order = map[uint64]uint64{}
		}
		n = uint64(len(d.order))
		d.order[dev] = n
	}
	ino ^= n << 48
	if ino <= 1 || ino == ^uint64(0) { // those have a meaning
		ino ^= 1 << 62
	}
	return ino
}

// child returns the node of a file that st tells of.
func (n *node) child(ctx context.Context, st *abi.Stat, out *fuse.EntryOut) *fs.Inode {
	id := n.x.identity(st)
	fill(&out.Attr, st)
	return n.NewInode(ctx, &node{x: n.x, id: id}, id)
}

// Lookup looks for a name in the directory.
func (n *node) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	var st abi.Stat
	err := n.inDir(func(dir int) error { return n.x.c.Fstatat(dir, name, &st, abi.AT_SYMLINK_NOFOLLOW) })
	if err != nil {
		return nil, errno(err)
	}
	return n.child(ctx, &st, out), 0
}

// fill gives attributes to the host.
func fill(a *fuse.Attr, st *abi.Stat) {
	a.Size, a.Blocks = uint64(st.Size), uint64(st.Blocks)
	a.Atime, a.Atimensec = uint64(st.Atim.Sec), uint32(st.Atim.Nsec)
	a.Mtime, a.Mtimensec = uint64(st.Mtim.Sec), uint32(st.Mtim.Nsec)
	a.Ctime, a.Ctimensec = uint64(st.Ctim.Sec), uint32(st.Ctim.Nsec)
	a.Mode, a.Nlink = st.Mode, st.Nlink
	a.Uid, a.Gid = st.Uid, st.Gid
	a.Rdev = uint32(unix.Mkdev(abi.Major(st.Rdev), abi.Minor(st.Rdev)))
	a.Blksize = uint32(st.Blksize)
}

// stat asks for the attributes; ESTALE when it is another file that has the
// name now.
func (n *node) stat(h *handle, st *abi.Stat) error {
	c := n.x.c
	err := n.on(h, func(fd int) error { return c.Fstat(fd, st) }, func(dir int, name string) error {
		return c.Fstatat(dir, name, st, abi.AT_SYMLINK_NOFOLLOW)
	})
	if err == nil && n.x.identity(st) != n.id {
		return abi.ESTALE
	}
	return err
}

// Getattr tells what is known of the file.
func (n *node) Getattr(_ context.Context, f fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	h, _ := f.(*handle)
	return n.attributes(h, out)
}

func (n *node) attributes(h *handle, out *fuse.AttrOut) syscall.Errno {
	var st abi.Stat
	if err := n.stat(h, &st); err != nil {
		return errno(err)
	}
	fill(&out.Attr, &st)
	out.Ino = n.id.Ino
	if n.x.o.Alone {
		out.SetTimeout(aloneTime)
	}
	return 0
}

// on performs an operation on the file: by a descriptor of the kernel if there
// is one, which is that of h, of any open file of it, or one that is held;
// otherwise by the directory it is in and its name.
func (n *node) on(h *handle, byFD func(fd int) error, byName func(dir int, name string) error) error {
	if h != nil {
		return byFD(h.fd)
	}
	if h = n.anyOpen(nil); h != nil {
		defer h.done()
		return byFD(h.fd)
	}
	if d := n.x.held.hold(n); d != nil {
		defer n.x.held.release(n.x.c, d)
		return byFD(d.fd)
	}
	if n.id.Mode == abi.S_IFDIR {
		return n.inDir(byFD)
	}
	return n.byName(byName)
}

// byName performs an operation by the directory the file is in and its name.
// ESTALE for one that has no name any more.
func (n *node) byName(f func(dir int, name string) error) error {
	name, parent := n.Parent()
	if parent == nil {
		return abi.ESTALE
	}
	return parent.Operations().(*node).inDir(func(dir int) error { return f(dir, name) })
}

// Access is asked where the host does not check itself: who may use the mount
// has all the rights of the process that mounts.
func (n *node) Access(context.Context, uint32) syscall.Errno { return 0 }

// Statfs tells of the file system that the file is in.
func (n *node) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	var st abi.Statvfs
	statvfs := func(fd int) error { return n.x.c.Fstatvfs1(fd, &st, abi.ST_WAIT) }
	err := n.on(nil, statvfs, func(dir int, _ string) error { return statvfs(dir) })
	if err != nil {
		return errno(err)
	}
	*out = fuse.StatfsOut{
		Blocks: st.Blocks, Bfree: st.Bfree, Bavail: st.Bavail, Files: st.Files, Ffree: st.Ffree,
		Bsize: uint32(st.Bsize), Frsize: uint32(st.Frsize), NameLen: uint32(st.Namemax),
	}
	return 0
}

// OnForget lets go of what is held.
func (n *node) OnForget() { n.x.held.drop(n.x.c, n) }

// timespec is a time as the kernel takes it.
func timespec(t time.Time) abi.Timespec {
	return abi.Timespec{Sec: t.Unix(), Nsec: int64(t.Nanosecond())}
}
