// Extended attributes by namespace: the extattr(2) family, rows 360 to 372.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysExtattrctl would start and stop attributes on a file system, row 360:
// EOPNOTSUPP, as for every file system that needs no such thing.
func (v *VFS) SysExtattrctl(l *proc.LWP, path usermem.String, _ int32, filename usermem.String, _ int32, attrname usermem.String) error {
	if !attrname.IsNil() {
		if _, err := attrname.Get(abi.XATTR_NAME_MAX); err != nil {
			return err
		}
	}
	return v.withPath(l, abi.AT_FDCWD, path, true, func(*vnode.Vnode) error {
		if filename.IsNil() {
			return abi.EOPNOTSUPP
		}
		return v.withPath(l, abi.AT_FDCWD, filename, true, func(*vnode.Vnode) error { return abi.EOPNOTSUPP })
	})
}

// extattrSet sets an attribute and returns the length of its value.
func extattrSet(l *proc.LWP, on onFile, ns int32, name usermem.String, data usermem.InBuf) (int32, error) {
	if ns == byPrefix {
		return 0, abi.EINVAL
	}
	if err := setXattr(l, on, attrName{ns, name}, data, 0); err != nil {
		return 0, err
	}
	return int32(data.Len()), nil
}

// extattrGet gives the value of an attribute, or what fits of it.
func extattrGet(l *proc.LWP, on onFile, ns int32, name usermem.String, data usermem.OutBuf) (int, error) {
	if ns == byPrefix {
		return 0, abi.EINVAL
	}
	value, err := loadXattr(l, on, attrName{ns, name})
	if err != nil {
		return 0, err
	}
	return giveSome(data, value)
}

// extattrDelete removes an attribute.
func extattrDelete(l *proc.LWP, on onFile, ns int32, name usermem.String) error {
	if ns == byPrefix {
		return abi.EINVAL
	}
	return removeXattr(l, on, attrName{ns, name})
}

// extattrList gives the names of a namespace, each with its length in front.
func extattrList(l *proc.LWP, on onFile, ns int32, data usermem.OutBuf) (int, error) {
	var list []byte
	err := on(func(vp *vnode.Vnode) (err error) {
		list, err = appendNames(l, vp, ns, nil, true)
		return err
	})
	if err != nil {
		return 0, err
	}
	return giveSome(data, list)
}

// SysExtattrSetFile sets an attribute of a file.
func (v *VFS) SysExtattrSetFile(l *proc.LWP, path usermem.String, ns int32, name usermem.String, data usermem.InBuf) (int32, error) {
	return extattrSet(l, v.at(l, path, true), ns, name, data)
}

// SysExtattrGetFile returns an attribute of a file.
func (v *VFS) SysExtattrGetFile(l *proc.LWP, path usermem.String, ns int32, name usermem.String, data usermem.OutBuf) (int, error) {
	return extattrGet(l, v.at(l, path, true), ns, name, data)
}

// SysExtattrDeleteFile removes an attribute of a file.
func (v *VFS) SysExtattrDeleteFile(l *proc.LWP, path usermem.String, ns int32, name usermem.String) error {
	return extattrDelete(l, v.at(l, path, true), ns, name)
}

// SysExtattrSetFd sets an attribute of an open file.
func (v *VFS) SysExtattrSetFd(l *proc.LWP, fd int32, ns int32, name usermem.String, data usermem.InBuf) (int32, error) {
	return extattrSet(l, opened(l, fd), ns, name, data)
}

// SysExtattrGetFd returns an attribute of an open file.
func (v *VFS) SysExtattrGetFd(l *proc.LWP, fd int32, ns int32, name usermem.String, data usermem.OutBuf) (int, error) {
	return extattrGet(l, opened(l, fd), ns, name, data)
}

// SysExtattrDeleteFd removes an attribute of an open file.
func (v *VFS) SysExtattrDeleteFd(l *proc.LWP, fd int32, ns int32, name usermem.String) error {
	return extattrDelete(l, opened(l, fd), ns, name)
}

// SysExtattrSetLink sets an attribute of a file or symbolic link.
func (v *VFS) SysExtattrSetLink(l *proc.LWP, path usermem.String, ns int32, name usermem.String, data usermem.InBuf) (int32, error) {
	return extattrSet(l, v.at(l, path, false), ns, name, data)
}

// SysExtattrGetLink returns an attribute of a file or symbolic link.
func (v *VFS) SysExtattrGetLink(l *proc.LWP, path usermem.String, ns int32, name usermem.String, data usermem.OutBuf) (int, error) {
	return extattrGet(l, v.at(l, path, false), ns, name, data)
}

// SysExtattrDeleteLink removes an attribute of a file or symbolic link.
func (v *VFS) SysExtattrDeleteLink(l *proc.LWP, path usermem.String, ns int32, name usermem.String) error {
	return extattrDelete(l, v.at(l, path, false), ns, name)
}

// SysExtattrListFd lists the attributes of an open file.
func (v *VFS) SysExtattrListFd(l *proc.LWP, fd int32, ns int32, data usermem.OutBuf) (int, error) {
	return extattrList(l, opened(l, fd), ns, data)
}

// SysExtattrListFile lists the attributes of a file.
func (v *VFS) SysExtattrListFile(l *proc.LWP, path usermem.String, ns int32, data usermem.OutBuf) (int, error) {
	return extattrList(l, v.at(l, path, true), ns, data)
}

// SysExtattrListLink lists the attributes of a file or symbolic link.
func (v *VFS) SysExtattrListLink(l *proc.LWP, path usermem.String, ns int32, data usermem.OutBuf) (int, error) {
	return extattrList(l, v.at(l, path, false), ns, data)
}
