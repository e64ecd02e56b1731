// open(2), openat(2), revoke(2).
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysOpen opens path and returns a descriptor.
func (v *VFS) SysOpen(l *proc.LWP, path usermem.String, flags int32, mode uint32) (int32, error) {
	return v.SysOpenat(l, abi.AT_FDCWD, path, flags, mode)
}

// SysOpenat is open(2) from a directory.
func (v *VFS) SysOpenat(l *proc.LWP, fd int32, path usermem.String, oflags int32, mode uint32) (int32, error) {
	p, err := path.Get(abi.MAXPATHLEN)
	if err != nil {
		return -1, err
	}
	t := file.Of(l)
	n, err := t.Reserve(l, 0)
	if err != nil {
		return -1, err
	}
	f, err := v.open(l, fd, p, oflags, mode)
	if err != nil {
		t.Unreserve(n)
		return -1, err
	}
	t.Install(l, n, f, oflags&abi.O_CLOEXEC != 0)
	return n, nil
}

// SysRevoke takes a device from all who have it open.
func (v *VFS) SysRevoke(l *proc.LWP, path usermem.String) error {
	return v.withPath(l, abi.AT_FDCWD, path, true, func(vp *vnode.Vnode) error { return v.revoke(l, vp) })
}

// withPath calls fn with what path names.
func (v *VFS) withPath(l *proc.LWP, fd int32, path usermem.String, follow bool, fn func(vp *vnode.Vnode) error) error {
	p, err := path.Get(abi.MAXPATHLEN)
	if err != nil {
		return err
	}
	vp, err := v.lookup(l, fd, p, follow)
	if err != nil {
		return err
	}
	defer vp.Unref()
	return fn(vp)
}
