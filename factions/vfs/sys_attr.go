// Changing attributes: the chmod(2), chown(2) and chflags(2) families.
package vfs

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// changeAt copies path in and makes a change to what it names.
func (v *VFS) changeAt(l *proc.LWP, fd int32, path usermem.String, follow bool, fn change) error {
	p, err := path.Get(abi.MAXPATHLEN)
	if err != nil {
		return err
	}
	return v.applyPath(l, fd, p, follow, fn)
}

// SysChmod sets a file's mode.
func (v *VFS) SysChmod(l *proc.LWP, path usermem.String, mode uint32) error {
	return v.changeAt(l, abi.AT_FDCWD, path, true, chmod(mode))
}

// SysLchmod sets the mode of a file or symbolic link.
func (v *VFS) SysLchmod(l *proc.LWP, path usermem.String, mode uint32) error {
	return v.changeAt(l, abi.AT_FDCWD, path, false, chmod(mode))
}

// SysFchmod sets the mode of an open file.
func (v *VFS) SysFchmod(l *proc.LWP, fd int32, mode uint32) error {
	return applyFile(l, fd, chmod(mode))
}

// SysFchmodat sets a file's mode, from a directory.
func (v *VFS) SysFchmodat(l *proc.LWP, fd int32, path usermem.String, mode uint32, flag int32) error {
	follow, err := followFlag(flag, 0)
	if err != nil {
		return err
	}
	return v.changeAt(l, fd, path, follow, chmod(mode))
}

// SysChown sets a file's owner and group.
func (v *VFS) SysChown(l *proc.LWP, path usermem.String, uid, gid uint32) error {
	return v.changeAt(l, abi.AT_FDCWD, path, true, chown(uid, gid, false))
}

// SysPosixChown is chown(2) as POSIX has it.
func (v *VFS) SysPosixChown(l *proc.LWP, path usermem.String, uid, gid uint32) error {
	return v.changeAt(l, abi.AT_FDCWD, path, true, chown(uid, gid, true))
}

// SysLchown sets owner and group of a file or symbolic link.
func (v *VFS) SysLchown(l *proc.LWP, path usermem.String, uid, gid uint32) error {
	return v.changeAt(l, abi.AT_FDCWD, path, false, chown(uid, gid, false))
}

// SysPosixLchown is lchown(2) as POSIX has it.
func (v *VFS) SysPosixLchown(l *proc.LWP, path usermem.String, uid, gid uint32) error {
	return v.changeAt(l, abi.AT_FDCWD, path, false, chown(uid, gid, true))
}

// SysFchown sets owner and group of an open file.
func (v *VFS) SysFchown(l *proc.LWP, fd int32, uid, gid uint32) error {
	return applyFile(l, fd, chown(uid, gid, false))
}

// SysPosixFchown is fchown(2) as POSIX has it.
func (v *VFS) SysPosixFchown(l *proc.LWP, fd int32, uid, gid uint32) error {
	return applyFile(l, fd, chown(uid, gid, true))
}

// SysFchownat sets a file's owner and group, from a directory.
func (v *VFS) SysFchownat(l *proc.LWP, fd int32, path usermem.String, owner, group uint32, flag int32) error {
	follow, err := followFlag(flag, 0)
	if err != nil {
		return err
	}
	return v.changeAt(l, fd, path, follow, chown(owner, group, false))
}

// SysChflags sets a file's flags.
func (v *VFS) SysChflags(l *proc.LWP, path usermem.String, flags uint64) error {
	return v.changeAt(l, abi.AT_FDCWD, path, true, chflags(flags))
}

// SysLchflags sets the flags of a file or symbolic link.
func (v *VFS) SysLchflags(l *proc.LWP, path usermem.String, flags uint64) error {
	return v.changeAt(l, abi.AT_FDCWD, path, false, chflags(flags))
}

// SysFchflags sets the flags of an open file.
func (v *VFS) SysFchflags(l *proc.LWP, fd int32, flags uint64) error {
	return applyFile(l, fd, chflags(flags))
}
