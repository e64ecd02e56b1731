// Names: made, removed, renamed.
package export

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

var (
	_ fs.NodeCreater    = (*node)(nil)
	_ fs.NodeMkdirer    = (*node)(nil)
	_ fs.NodeMknoder    = (*node)(nil)
	_ fs.NodeSymlinker  = (*node)(nil)
	_ fs.NodeReadlinker = (*node)(nil)
	_ fs.NodeLinker     = (*node)(nil)
	_ fs.NodeUnlinker   = (*node)(nil)
	_ fs.NodeRmdirer    = (*node)(nil)
	_ fs.NodeRenamer    = (*node)(nil)
)

// made gives a new name its owner, and makes its node. mode is that of chmod(2),
// for those bits that a change of owner takes away; 0 leaves it.
func (n *node) made(ctx context.Context, dir int, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, error) {
	c := n.x.c
	if caller, ok := fuse.FromContext(ctx); ok && n.x.shared && caller.Uid != 0 {
		// The group is the directory's, as the kernel has it. FAT has no owners.
		err := c.Fchownat(dir, name, int(caller.Uid), -1, abi.AT_SYMLINK_NOFOLLOW)
		if err == nil && mode&(abi.S_ISUID|abi.S_ISGID) != 0 {
			err = c.Fchmodat(dir, name, mode, abi.AT_SYMLINK_NOFOLLOW)
		}
		if err != nil && err != abi.EPERM && err != abi.EOPNOTSUPP && err != abi.EINVAL {
			return nil, err
		}
	}
	var st abi.Stat
	if err := c.Fstatat(dir, name, &st, abi.AT_SYMLINK_NOFOLLOW); err != nil {
		return nil, err
	}
	return n.child(ctx, &st, out), nil
}

// make makes a name by f.
func (n *node) make(ctx context.Context, name string, mode uint32, out *fuse.EntryOut, f func(dir int) error) (*fs.Inode, syscall.Errno) {
	var child *fs.Inode
	err := n.inDir(func(dir int) (err error) {
		if err = f(dir); err == nil {
			child, err = n.made(ctx, dir, name, mode, out)
		}
		return err
	})
	return child, errno(err)
}

// Create makes a file and opens it. A host that need not say what it opens is
// told to make it by Mknod.
func (n *node) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	if n.x.o.Alone {
		return nil, nil, 0, syscall.ENOSYS
	}
	how := openFlags(flags) | abi.O_CREAT
	if flags&unix.O_EXCL != 0 {
		how |= abi.O_EXCL
	}
	mode &= abi.ALLPERMS
	fd := -1
	child, e := n.make(ctx, name, mode, out, func(dir int) (err error) {
		fd, err = n.x.c.Openat(dir, name, how, mode)
		return err
	})
	if e != 0 {
		if fd >= 0 {
			_ = n.x.c.Close(fd)
		}
		return nil, nil, 0, e
	}
	return child, child.Operations().(*node).opened(fd, flags), fuse.FOPEN_DIRECT_IO, 0
}

// Mkdir makes a directory.
func (n *node) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	mode &= abi.ALLPERMS
	return n.make(ctx, name, mode, out, func(dir int) error { return n.x.c.Mkdirat(dir, name, mode) })
}

// Mknod makes a file of any type but directory and symbolic link.
func (n *node) Mknod(ctx context.Context, name string, mode, dev uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	perm := mode & abi.ALLPERMS
	if mode&unix.S_IFMT == unix.S_IFREG {
		return n.mkfile(ctx, name, perm, out)
	}
	return n.make(ctx, name, perm, out, func(dir int) error {
		switch mode & unix.S_IFMT {
		case unix.S_IFIFO:
			return n.x.c.Mkfifoat(dir, name, perm)
		case unix.S_IFSOCK:
			return n.x.mksock(dir, name, perm)
		}
		kernelDev := abi.Makedev(unix.Major(uint64(dev)), unix.Minor(uint64(dev)))
		return n.x.c.Mknodat(dir, name, mode, kernelDev)
	})
}

// mkfile makes a file. If nobody else changes files it is held open, for it will
// be used.
func (n *node) mkfile(ctx context.Context, name string, perm uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	fd, c := -1, n.x.c
	child, e := n.make(ctx, name, perm, out, func(dir int) (err error) {
		fd, err = c.Openat(dir, name, abi.O_CREAT|abi.O_EXCL|abi.O_RDWR|abi.O_CLOEXEC, perm)
		return err
	})
	if e == 0 && n.x.o.Alone {
		if d := n.x.held.add(c, child.Operations().(*node), fd, true); d != nil {
			n.x.held.release(c, d)
		}
		return child, 0
	}
	if fd >= 0 {
		_ = c.Close(fd)
	}
	return child, e
}

// Symlink makes a symbolic link.
func (n *node) Symlink(ctx context.Context, target, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	return n.make(ctx, name, 0, out, func(dir int) error { return n.x.c.Symlinkat(target, dir, name) })
}

// Readlink tells what a symbolic link points to.
func (n *node) Readlink(context.Context) ([]byte, syscall.Errno) {
	buf := make([]byte, abi.MAXPATHLEN)
	err := n.byName(func(dir int, name string) error {
		k, err := n.x.c.Readlinkat(dir, name, buf)
		buf = buf[:max(k, 0)]
		return err
	})
	return buf, errno(err)
}

// Link gives a file another name.
func (n *node) Link(ctx context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	old, ok := target.(*node)
	if !ok {
		return nil, syscall.EXDEV
	}
	var st abi.Stat
	err := n.inDir(func(dir int) error {
		err := old.byName(func(from int, oldName string) error { return n.x.c.Linkat(from, oldName, dir, name, 0) })
		if err != nil {
			return err
		}
		return n.x.c.Fstatat(dir, name, &st, abi.AT_SYMLINK_NOFOLLOW)
	})
	if err != nil {
		return nil, errno(err)
	}
	return n.child(ctx, &st, out), 0
}

// Unlink removes a name.
func (n *node) Unlink(_ context.Context, name string) syscall.Errno {
	return errno(n.losing(name, func() error {
		return n.inDir(func(dir int) error { return n.x.c.Unlinkat(dir, name, 0) })
	}))
}

// Rmdir removes a directory.
func (n *node) Rmdir(_ context.Context, name string) syscall.Errno {
	return errno(n.inDir(func(dir int) error { return n.x.c.Unlinkat(dir, name, abi.AT_REMOVEDIR) }))
}

// Rename renames. The kernel cannot exchange two names, nor refuse to replace
// one: RENAME_NOREPLACE is done by taking the new name first, where others use
// the kernel. Where nobody does the host has seen that the name is not there,
// and lets nobody make it.
func (n *node) Rename(_ context.Context, name string, newParent fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	to, ok := newParent.(*node)
	switch {
	case !ok:
		return syscall.EXDEV
	case flags&^unix.RENAME_NOREPLACE != 0:
		return syscall.EINVAL
	}
	return errno(n.inDir(func(from int) error {
		return to.inDir(func(dir int) error {
			if flags == 0 || n.x.o.Alone {
				return to.losing(newName, func() error { return n.x.c.Renameat(from, name, dir, newName) })
			}
			return n.x.renameNew(from, name, dir, newName)
		})
	}))
}

// renameNew renames to a name that must not be there: something of the same
// kind takes it, and is replaced.
func (x *export) renameNew(from int, name string, dir int, newName string) error {
	var st abi.Stat
	if err := x.c.Fstatat(from, name, &st, abi.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	remove, err := 0, error(nil)
	if st.Mode&abi.S_IFMT == abi.S_IFDIR {
		remove, err = abi.AT_REMOVEDIR, x.c.Mkdirat(dir, newName, 0)
	} else {
		fd := -1
		if fd, err = x.c.Openat(dir, newName, abi.O_CREAT|abi.O_EXCL|abi.O_WRONLY|abi.O_CLOEXEC, 0); err == nil {
			err = x.c.Close(fd)
		}
	}
	if err != nil {
		return err
	}
	if err = x.c.Renameat(from, name, dir, newName); err != nil {
		_ = x.c.Unlinkat(dir, newName, remove)
	}
	return err
}
