// Making and removing names: mkdir, mknod, mkfifo, link, symlink, unlink,
// rmdir, rename and their *at forms.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// makeNode copies path in and makes nn there; its mode is cut by the umask.
func (v *VFS) makeNode(l *proc.LWP, fd int32, path usermem.String, nn vnode.NewNode) error {
	p, err := path.Get(abi.MAXPATHLEN)
	if err != nil {
		return err
	}
	nn.Mode &^= umaskOf(l)
	vp, err := v.make(l, fd, p, nn)
	vp.Unref()
	return err
}

// SysMkdir makes a directory.
func (v *VFS) SysMkdir(l *proc.LWP, path usermem.String, mode uint32) error {
	return v.SysMkdirat(l, abi.AT_FDCWD, path, mode)
}

// SysMkdirat makes a directory, from a directory.
func (v *VFS) SysMkdirat(l *proc.LWP, fd int32, path usermem.String, mode uint32) error {
	return v.makeNode(l, fd, path, vnode.NewNode{Mode: abi.S_IFDIR | mode&abi.ACCESSPERMS})
}

// SysMkfifo makes a fifo.
func (v *VFS) SysMkfifo(l *proc.LWP, path usermem.String, mode uint32) error {
	return v.SysMkfifoat(l, abi.AT_FDCWD, path, mode)
}

// SysMkfifoat makes a fifo, from a directory.
func (v *VFS) SysMkfifoat(l *proc.LWP, fd int32, path usermem.String, mode uint32) error {
	return v.makeNode(l, fd, path, vnode.NewNode{Mode: abi.S_IFIFO | mode&abi.ALLPERMS})
}

// SysMknod50 makes a device node, for root; anybody makes a regular file or a
// fifo.
func (v *VFS) SysMknod50(l *proc.LWP, path usermem.String, mode uint32, dev uint64) error {
	return v.SysMknodat(l, abi.AT_FDCWD, path, mode, dev)
}

// SysMknodat is mknod(2) from a directory.
func (v *VFS) SysMknodat(l *proc.LWP, fd int32, path usermem.String, mode uint32, dev uint64) error {
	nn := vnode.NewNode{Mode: mode & (abi.S_IFMT | abi.ALLPERMS)}
	switch mode & abi.S_IFMT {
	case abi.S_IFCHR, abi.S_IFBLK:
		if !l.Cred().IsRoot() {
			return abi.EPERM
		}
		nn.Rdev = dev
	case abi.S_IFIFO:
		if dev != 0 {
			return abi.EINVAL
		}
	case abi.S_IFREG:
	default:
		return abi.EINVAL
	}
	return v.makeNode(l, fd, path, nn)
}

// SysSymlink makes link a symbolic link to path.
func (v *VFS) SysSymlink(l *proc.LWP, path, link usermem.String) error {
	return v.SysSymlinkat(l, path, abi.AT_FDCWD, link)
}

// SysSymlinkat makes path2 a symbolic link to path1.
func (v *VFS) SysSymlinkat(l *proc.LWP, path1 usermem.String, fd int32, path2 usermem.String) error {
	target, err := path1.Get(abi.MAXPATHLEN)
	if err != nil {
		return err
	}
	return v.makeNode(l, fd, path2, vnode.NewNode{
		Mode: abi.S_IFLNK | abi.ACCESSPERMS, Target: target,
	})
}

// SysReadlink returns what a symbolic link says: EINVAL for anything else.
func (v *VFS) SysReadlink(l *proc.LWP, path usermem.String, buf usermem.OutBuf) (int, error) {
	return v.SysReadlinkat(l, abi.AT_FDCWD, path, buf)
}

// SysReadlinkat is readlink(2) from a directory.
func (v *VFS) SysReadlinkat(l *proc.LWP, fd int32, path usermem.String, buf usermem.OutBuf) (n int, err error) {
	err = v.withPath(l, fd, path, false, func(vp *vnode.Vnode) error {
		target, err := readlink(l.Cred(), vp)
		if err != nil {
			return err
		}
		n = min(len(target), buf.Len())
		return buf.CopyOut(usermem.BytesOfString(target)[:n])
	})
	return n, err
}

// SysLink makes link a further name of path, or of what that links to.
func (v *VFS) SysLink(l *proc.LWP, path, link usermem.String) error {
	return v.SysLinkat(l, abi.AT_FDCWD, path, abi.AT_FDCWD, link, abi.AT_SYMLINK_FOLLOW)
}

// SysLinkat makes name2 a further name of name1.
func (v *VFS) SysLinkat(l *proc.LWP, fd1 int32, name1 usermem.String, fd2 int32, name2 usermem.String, flags int32) error {
	if flags&^abi.AT_SYMLINK_FOLLOW != 0 {
		return abi.EINVAL
	}
	return v.withPath(l, fd1, name1, flags&abi.AT_SYMLINK_FOLLOW != 0, func(vp *vnode.Vnode) error {
		to, err := name2.Get(abi.MAXPATHLEN)
		if err != nil {
			return err
		}
		return v.link(l, vp, fd2, to)
	})
}

// SysUnlink removes a name: EPERM for a directory.
func (v *VFS) SysUnlink(l *proc.LWP, path usermem.String) error {
	return v.SysUnlinkat(l, abi.AT_FDCWD, path, 0)
}

// SysRmdir removes an empty directory.
func (v *VFS) SysRmdir(l *proc.LWP, path usermem.String) error {
	return v.SysUnlinkat(l, abi.AT_FDCWD, path, abi.AT_REMOVEDIR)
}

// SysUnlinkat removes a name, or with AT_REMOVEDIR an empty directory.
func (v *VFS) SysUnlinkat(l *proc.LWP, fd int32, path usermem.String, flag int32) error {
	if flag&^abi.AT_REMOVEDIR != 0 {
		return abi.EINVAL
	}
	p, err := path.Get(abi.MAXPATHLEN)
	if err != nil {
		return err
	}
	return v.remove(l, fd, p, flag&abi.AT_REMOVEDIR != 0)
}

// SysRename renames from to to. Of two links to one file, from goes.
func (v *VFS) SysRename(l *proc.LWP, from, to usermem.String) error {
	return v.renamePaths(l, abi.AT_FDCWD, from, abi.AT_FDCWD, to, false)
}

// SysPosixRename renames from to to. Two links to one file both stay.
func (v *VFS) SysPosixRename(l *proc.LWP, from, to usermem.String) error {
	return v.renamePaths(l, abi.AT_FDCWD, from, abi.AT_FDCWD, to, true)
}

// SysRenameat is rename(2) from and to directories.
func (v *VFS) SysRenameat(l *proc.LWP, fromfd int32, from usermem.String, tofd int32, to usermem.String) error {
	return v.renamePaths(l, fromfd, from, tofd, to, false)
}

func (v *VFS) renamePaths(l *proc.LWP, fromFd int32, from usermem.String, toFd int32, to usermem.String, posix bool) error {
	src, err := from.Get(abi.MAXPATHLEN)
	if err != nil {
		return err
	}
	dst, err := to.Get(abi.MAXPATHLEN)
	if err != nil {
		return err
	}
	return v.rename(l, fromFd, src, toFd, dst, posix)
}
