// Extended attributes: what the extattr(2) and the getxattr(2) families share,
// however they name the file and the attribute.
package vfs

import (
	"strings"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// onFile calls fn with the vnode a call names.
type onFile func(fn func(vp *vnode.Vnode) error) error

// at names a file by its path.
func (v *VFS) at(l *proc.LWP, path usermem.String, follow bool) onFile {
	return func(fn func(vp *vnode.Vnode) error) error {
		return v.withPath(l, abi.AT_FDCWD, path, follow, fn)
	}
}

// opened names a file by its descriptor.
func opened(l *proc.LWP, fd int32) onFile {
	return func(fn func(vp *vnode.Vnode) error) error {
		f, vp, err := openVnodeOf(l, fd)
		if err != nil {
			return err
		}
		defer f.Drop(l)
		return fn(vp)
	}
}

// attrName is an attribute that a call names: by its namespace, or in the way
// of getxattr(2) by a prefix.
type attrName struct {
	ns   int32 // byPrefix: the name tells
	name usermem.String
}

const byPrefix = 0

// get copies the name in: EINVAL for an empty one, ENAMETOOLONG.
func (a attrName) get() (int32, string, error) {
	name, err := a.name.Get(abi.XATTR_NAME_MAX)
	if err == nil && name == "" {
		err = abi.EINVAL
	}
	if a.ns != byPrefix {
		return a.ns, name, err
	}
	return namespaceOf(name), name, err
}

// unsupported returns the error of a call with the attribute: a file system
// without attributes is ENOTSUP to the getxattr(2) family.
func (a attrName) unsupported(err error) error {
	if a.ns == byPrefix && err == abi.EOPNOTSUPP {
		return abi.ENOTSUP
	}
	return err
}

// namespaceOf returns the namespace that the prefix of a name stands for: the
// user's when it is none of the system's.
func namespaceOf(name string) int32 {
	for _, prefix := range [...]string{"system.", "security.", "trusted."} {
		if strings.HasPrefix(name, prefix) {
			return abi.EXTATTR_NAMESPACE_SYSTEM
		}
	}
	return abi.EXTATTR_NAMESPACE_USER
}

// withXattrs calls fn with the attributes of a file, locked as want says.
func withXattrs(l *proc.LWP, vp *vnode.Vnode, ns int32, want uint32, fn func(x vnode.Xattrs) error) error {
	x, err := vp.Xattrs()
	if err != nil {
		return err
	}
	if vp.Mount.Dead() {
		return abi.EIO
	}
	if want == vnode.Write {
		vp.Lock()
		defer vp.Unlock()
	} else {
		vp.RLock()
		defer vp.RUnlock()
	}
	if err := vp.CanXattr(l.Cred(), ns, want); err != nil {
		return err
	}
	return fn(x)
}

// setXattr sets an attribute to data: E2BIG for more than XATTR_SIZE_MAX bytes,
// EEXIST or ENODATA for what XATTR_CREATE and XATTR_REPLACE forbid, EINVAL for
// both or another flag.
func setXattr(l *proc.LWP, on onFile, a attrName, data usermem.InBuf, flags int32) error {
	const both = abi.XATTR_CREATE | abi.XATTR_REPLACE
	if flags&^both != 0 || flags == both {
		return abi.EINVAL
	}
	ns, name, err := a.get()
	if err != nil {
		return err
	}
	return a.unsupported(on(func(vp *vnode.Vnode) error {
		if data.Len() > abi.XATTR_SIZE_MAX {
			return abi.E2BIG
		}
		value, err := data.Get(data.Len())
		if err != nil {
			return err
		}
		err = withXattrs(l, vp, ns, vnode.Write, func(x vnode.Xattrs) error {
			if err := mayReplace(x, ns, name, flags); err != nil {
				return err
			}
			return x.SetXattr(ns, name, value)
		})
		if err == nil {
			vp.Note(abi.NOTE_ATTRIB)
		}
		return err
	}))
}

// mayReplace checks XATTR_CREATE and XATTR_REPLACE.
func mayReplace(x vnode.Xattrs, ns int32, name string, flags int32) error {
	if flags == 0 {
		return nil
	}
	_, err := x.Xattr(ns, name)
	switch {
	case err == nil && flags == abi.XATTR_CREATE:
		return abi.EEXIST
	case err == abi.ENODATA && flags == abi.XATTR_CREATE:
		return nil
	}
	return err
}

// removeXattr removes an attribute: ENODATA when there is none.
func removeXattr(l *proc.LWP, on onFile, a attrName) error {
	ns, name, err := a.get()
	if err != nil {
		return err
	}
	return a.unsupported(on(func(vp *vnode.Vnode) error {
		err := withXattrs(l, vp, ns, vnode.Write, func(x vnode.Xattrs) error {
			return x.RemoveXattr(ns, name)
		})
		if err == nil {
			vp.Note(abi.NOTE_ATTRIB)
		}
		return err
	}))
}

// loadXattr returns the value of an attribute.
func loadXattr(l *proc.LWP, on onFile, a attrName) (value []byte, err error) {
	ns, name, err := a.get()
	if err != nil {
		return nil, err
	}
	err = on(func(vp *vnode.Vnode) error {
		return withXattrs(l, vp, ns, vnode.Read, func(x vnode.Xattrs) error {
			value, err = x.Xattr(ns, name)
			return err
		})
	})
	return value, a.unsupported(err)
}

// appendNames appends the attributes of a namespace: each with its length in
// front, or with a NUL behind it.
func appendNames(l *proc.LWP, vp *vnode.Vnode, ns int32, to []byte, prefixed bool) ([]byte, error) {
	err := withXattrs(l, vp, ns, vnode.Read, func(x vnode.Xattrs) error {
		return x.ListXattr(ns, func(name string) {
			if prefixed {
				to = append(to, byte(len(name)))
			}
			to = append(to, name...)
			if !prefixed {
				to = append(to, 0)
			}
		})
	})
	return to, err
}

// giveAll stores b for the getxattr(2) family: ERANGE when it does not fit, and
// only its length for who has no room at all.
func giveAll(buf usermem.OutBuf, b []byte) (int32, error) {
	switch {
	case buf.IsNil() || buf.Len() == 0:
		return int32(len(b)), nil
	case buf.Len() < len(b):
		return 0, abi.ERANGE
	}
	return int32(len(b)), buf.CopyOut(b)
}

// giveSome stores for extattr(2) what fits of b, or tells its length to who
// passes NULL.
func giveSome(buf usermem.OutBuf, b []byte) (int, error) {
	if buf.IsNil() {
		return len(b), nil
	}
	n := min(len(b), buf.Len())
	return n, buf.CopyOut(b[:n])
}
