// What some file systems can do beyond files and directories: extended
// attributes and quotas.
package vnode

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Xattrs is a Node with extended attributes (extattr(9)). ns is one of
// abi.EXTATTR_NAMESPACE_; a name is what the caller gave, 1 to 254 bytes, with
// the prefix ("user.") that setxattr(2) finds the namespace by: a file system
// that stores a prefix apart gives it back with List. Permissions have been
// checked.
type Xattrs interface {
	// Xattr returns the value, which stays as it is while others set it anew:
	// ENODATA when there is none. Preconditions: locked for reading.
	Xattr(ns int32, name string) ([]byte, error)
	// SetXattr sets the value, at most XATTR_SIZE_MAX bytes. Name and value
	// may lie in the caller's memory. Preconditions: locked.
	SetXattr(ns int32, name string, value []byte) error
	// RemoveXattr removes it: ENODATA when there is none. Preconditions:
	// locked.
	RemoveXattr(ns int32, name string) error
	// ListXattr calls emit with the names of a namespace. Preconditions:
	// locked for reading.
	ListXattr(ns int32, emit func(name string)) error
}

// Xattrs returns the node as one with extended attributes: EOPNOTSUPP when its
// file system has none.
func (v *Vnode) Xattrs() (Xattrs, error) {
	if x, ok := v.Node.(Xattrs); ok {
		return x, nil
	}
	return nil, abi.EOPNOTSUPP
}

// CanXattr checks that c may use the extended attributes of a namespace as want
// says (Read or Write): EINVAL for a namespace there is not, EPERM for who is
// not root with the system's. Preconditions: locked for reading.
func (v *Vnode) CanXattr(c *cred.Cred, ns int32, want uint32) error {
	if want == Write {
		if v.Mount.ReadOnly() {
			return abi.EROFS
		}
		if v.Node.Perm().Frozen() {
			return abi.EPERM
		}
	}
	switch ns {
	case abi.EXTATTR_NAMESPACE_USER:
		return v.Access(c, want)
	case abi.EXTATTR_NAMESPACE_SYSTEM:
		if c.IsRoot() {
			return nil
		}
		return abi.EPERM
	}
	return abi.EINVAL
}

// Quotas is a FileSystem that keeps quotas (quotactl(2)).
type Quotas interface {
	// Quotactl does what args say. Their pointers are followed from mem.
	Quotactl(l *proc.LWP, args *abi.QuotactlArgs, mem usermem.Mem) error
}
