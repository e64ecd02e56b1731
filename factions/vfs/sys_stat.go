// The stat(2) family, access(2), pathconf(2).
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// statPath describes what path names.
func (v *VFS) statPath(l *proc.LWP, fd int32, path usermem.String, follow bool) (st abi.Stat, err error) {
	p, err := path.Get(abi.MAXPATHLEN)
	if err != nil {
		return st, err
	}
	vp, err := v.lookup(l, fd, p, follow)
	if err != nil {
		return st, err
	}
	st, err = statVnode(vp)
	vp.Unref()
	return st, err
}

// SysStat50 describes a file, following symbolic links.
func (v *VFS) SysStat50(l *proc.LWP, path usermem.String, ub usermem.Out[abi.Stat]) error {
	st, err := v.statPath(l, abi.AT_FDCWD, path, true)
	if err != nil {
		return err
	}
	return ub.Put(st)
}

// SysLstat50 describes a file or symbolic link.
func (v *VFS) SysLstat50(l *proc.LWP, path usermem.String, ub usermem.Out[abi.Stat]) error {
	st, err := v.statPath(l, abi.AT_FDCWD, path, false)
	if err != nil {
		return err
	}
	return ub.Put(st)
}

// SysFstatat describes a file named from a directory.
func (v *VFS) SysFstatat(l *proc.LWP, fd int32, path usermem.String, buf usermem.Out[abi.Stat], flag int32) error {
	follow, err := followFlag(flag, 0)
	if err != nil {
		return err
	}
	st, err := v.statPath(l, fd, path, follow)
	if err != nil {
		return err
	}
	return buf.Put(st)
}

// followFlag reads AT_SYMLINK_NOFOLLOW; a flag that is neither this nor among
// others is EINVAL.
func followFlag(flag, others int32) (bool, error) {
	if flag&^(abi.AT_SYMLINK_NOFOLLOW|others) != 0 {
		return false, abi.EINVAL
	}
	return flag&abi.AT_SYMLINK_NOFOLLOW == 0, nil
}

// SysAccess checks what the real user may do with a file.
func (v *VFS) SysAccess(l *proc.LWP, path usermem.String, flags int32) error {
	return v.access(l, abi.AT_FDCWD, path, flags, true, realCred(l.Cred()))
}

// SysFaccessat checks what the real user, or with AT_EACCESS the effective
// one, may do with a file.
func (v *VFS) SysFaccessat(l *proc.LWP, fd int32, path usermem.String, amode, flag int32) error {
	follow, err := followFlag(flag, abi.AT_EACCESS)
	if err != nil {
		return err
	}
	c := l.Cred()
	if flag&abi.AT_EACCESS == 0 {
		c = realCred(c)
	}
	return v.access(l, fd, path, amode, follow, c)
}

// realCred returns credentials whose effective ids are the real ones.
func realCred(c *cred.Cred) *cred.Cred {
	if c.Euid == c.Ruid && c.Egid == c.Rgid {
		return c
	}
	n := c.Clone()
	n.Euid, n.Egid = c.Ruid, c.Rgid
	return n
}

func (v *VFS) access(l *proc.LWP, fd int32, path usermem.String, mode int32, follow bool, c *cred.Cred) error {
	if mode&^(abi.R_OK|abi.W_OK|abi.X_OK) != 0 {
		return abi.EINVAL
	}
	p, err := path.Get(abi.MAXPATHLEN)
	if err != nil {
		return err
	}
	w, err := v.start(l, fd, p)
	if err != nil {
		return err
	}
	defer w.done()
	w.cred = c
	n, err := w.parent()
	if err != nil {
		return err
	}
	vp, err := w.final(n, follow)
	if err != nil {
		return err
	}
	vp.RLock()
	err = vp.Access(c, uint32(mode))
	vp.RUnlock()
	vp.Unref()
	return err
}

// SysPathconf returns a limit or property of a file: -1 would be none, EINVAL
// is for names that are not known.
func (v *VFS) SysPathconf(l *proc.LWP, path usermem.String, name int32) (n int64, err error) {
	err = v.withPath(l, abi.AT_FDCWD, path, true, func(vp *vnode.Vnode) error {
		n, err = pathconf(vp, name)
		return err
	})
	return n, err
}

// pathconf answers for all file systems.
func pathconf(_ *vnode.Vnode, name int32) (int64, error) {
	switch name {
	case abi.PC_LINK_MAX:
		return abi.LINK_MAX, nil
	case abi.PC_MAX_CANON, abi.PC_MAX_INPUT:
		return abi.MAX_INPUT, nil
	case abi.PC_NAME_MAX:
		return vnode.NameMax, nil
	case abi.PC_PATH_MAX, abi.PC_SYMLINK_MAX:
		return abi.PATH_MAX, nil
	case abi.PC_PIPE_BUF:
		return abi.PIPE_BUF, nil
	case abi.PC_CHOWN_RESTRICTED, abi.PC_NO_TRUNC, abi.PC_SYNC_IO, abi.PC_2_SYMLINKS:
		return 1, nil
	case abi.PC_VDISABLE:
		return 0xff, nil
	case abi.PC_FILESIZEBITS:
		return 64, nil
	}
	return 0, abi.EINVAL
}

// Pathconf answers fpathconf(2).
func (o *vnodeOps) Pathconf(_ *proc.LWP, f *file.File, name int32) (int64, error) {
	return pathconf(vnodeOf(f), name)
}

// Pathconf answers fpathconf(2).
func (o *specOps) Pathconf(_ *proc.LWP, f *file.File, name int32) (int64, error) {
	return pathconf(vnodeOf(f), name)
}
