// Extended attributes by prefixed name: the getxattr(2) family, rows 375 to
// 386.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// getXattr gives the value of an attribute.
func getXattr(l *proc.LWP, on onFile, name usermem.String, value usermem.OutBuf) (int32, error) {
	b, err := loadXattr(l, on, attrName{name: name})
	if err != nil {
		return 0, err
	}
	return giveAll(value, b)
}

// listXattr gives the names of all attributes, each with a NUL behind it; those
// of the system only to root.
func listXattr(l *proc.LWP, on onFile, list usermem.OutBuf) (int32, error) {
	var names []byte
	err := on(func(vp *vnode.Vnode) (err error) {
		if names, err = appendNames(l, vp, abi.EXTATTR_NAMESPACE_USER, nil, false); err != nil {
			return err
		}
		all, err := appendNames(l, vp, abi.EXTATTR_NAMESPACE_SYSTEM, names, false)
		if err == abi.EPERM {
			return nil
		}
		names = all
		return err
	})
	if err != nil {
		return 0, attrName{}.unsupported(err)
	}
	return giveAll(list, names)
}

// SysSetxattr sets an attribute of a file.
func (v *VFS) SysSetxattr(l *proc.LWP, path usermem.String, name usermem.String, value usermem.InBuf, flags int32) error {
	return setXattr(l, v.at(l, path, true), attrName{name: name}, value, flags)
}

// SysLsetxattr sets an attribute of a file or symbolic link.
func (v *VFS) SysLsetxattr(l *proc.LWP, path usermem.String, name usermem.String, value usermem.InBuf, flags int32) error {
	return setXattr(l, v.at(l, path, false), attrName{name: name}, value, flags)
}

// SysFsetxattr sets an attribute of an open file.
func (v *VFS) SysFsetxattr(l *proc.LWP, fd int32, name usermem.String, value usermem.InBuf, flags int32) error {
	return setXattr(l, opened(l, fd), attrName{name: name}, value, flags)
}

// SysGetxattr returns an attribute of a file.
func (v *VFS) SysGetxattr(l *proc.LWP, path usermem.String, name usermem.String, value usermem.OutBuf) (int32, error) {
	return getXattr(l, v.at(l, path, true), name, value)
}

// SysLgetxattr returns an attribute of a file or symbolic link.
func (v *VFS) SysLgetxattr(l *proc.LWP, path usermem.String, name usermem.String, value usermem.OutBuf) (int32, error) {
	return getXattr(l, v.at(l, path, false), name, value)
}

// SysFgetxattr returns an attribute of an open file.
func (v *VFS) SysFgetxattr(l *proc.LWP, fd int32, name usermem.String, value usermem.OutBuf) (int32, error) {
	return getXattr(l, opened(l, fd), name, value)
}

// SysListxattr lists the attributes of a file.
func (v *VFS) SysListxattr(l *proc.LWP, path usermem.String, list usermem.OutBuf) (int32, error) {
	return listXattr(l, v.at(l, path, true), list)
}

// SysLlistxattr lists the attributes of a file or symbolic link.
func (v *VFS) SysLlistxattr(l *proc.LWP, path usermem.String, list usermem.OutBuf) (int32, error) {
	return listXattr(l, v.at(l, path, false), list)
}

// SysFlistxattr lists the attributes of an open file.
func (v *VFS) SysFlistxattr(l *proc.LWP, fd int32, list usermem.OutBuf) (int32, error) {
	return listXattr(l, opened(l, fd), list)
}

// SysRemovexattr removes an attribute of a file.
func (v *VFS) SysRemovexattr(l *proc.LWP, path usermem.String, name usermem.String) error {
	return removeXattr(l, v.at(l, path, true), attrName{name: name})
}

// SysLremovexattr removes an attribute of a file or symbolic link.
func (v *VFS) SysLremovexattr(l *proc.LWP, path usermem.String, name usermem.String) error {
	return removeXattr(l, v.at(l, path, false), attrName{name: name})
}

// SysFremovexattr removes an attribute of an open file.
func (v *VFS) SysFremovexattr(l *proc.LWP, fd int32, name usermem.String) error {
	return removeXattr(l, opened(l, fd), attrName{name: name})
}
