// Sizes and stable storage: truncate(2), fsync(2), sync(2),
// posix_fallocate(2), fdiscard(2).
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysTruncate sets a file's size.
func (v *VFS) SysTruncate(l *proc.LWP, path usermem.String, length int64) error {
	if length < 0 {
		return abi.EINVAL
	}
	return v.withPath(l, abi.AT_FDCWD, path, true, func(vp *vnode.Vnode) error {
		if vp.IsDir() {
			return abi.EISDIR
		}
		vp.RLock()
		err := vp.Access(l.Cred(), vnode.Write)
		vp.RUnlock()
		if err != nil {
			return err
		}
		return resize(l, vp, length)
	})
}

// SysFtruncate sets the size of a file open for writing.
func (v *VFS) SysFtruncate(l *proc.LWP, fd int32, length int64) error {
	if length < 0 {
		return abi.EINVAL
	}
	f, vp, err := openVnodeOf(l, fd)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	if !f.Writable() {
		return abi.EINVAL
	}
	return resize(l, vp, length)
}

// resize truncates a file; on a device it does nothing.
func resize(l *proc.LWP, vp *vnode.Vnode, length int64) error {
	if vp.IsDevice() {
		return nil
	}
	if length > 0 {
		if err := sizeLimit(l, uint64(length)); err != nil {
			return err
		}
	}
	return truncate(l.Cred(), vp, length)
}

// SysFsync returns when a file is on stable storage.
func (v *VFS) SysFsync(l *proc.LWP, fd int32) error {
	f, vp, err := openVnodeOf(l, fd)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	if vp.Mount.Dead() {
		return abi.EIO
	}
	l.WillBlock() // the host's disk may take its time
	vp.Lock()
	defer vp.Unlock()
	return syncLocked(vp)
}

// SysFdatasync is fsync(2) for a file open for writing.
func (v *VFS) SysFdatasync(l *proc.LWP, fd int32) error {
	f, _, err := openVnodeOf(l, fd)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	if !f.Writable() {
		return abi.EBADF
	}
	return v.SysFsync(l, fd)
}

// SysFsyncRange is fsync(2) for a part of a file open for writing; flags are
// FDATASYNC or FFILESYNC, with or without FDISKSYNC.
func (v *VFS) SysFsyncRange(l *proc.LWP, fd, flags int32, start, length int64) error {
	f, _, err := openVnodeOf(l, fd)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	if !f.Writable() {
		return abi.EBADF
	}
	switch flags &^ abi.FDISKSYNC {
	case abi.FDATASYNC, abi.FFILESYNC:
	default:
		return abi.EINVAL
	}
	if length != 0 && start+length < start {
		return abi.EINVAL
	}
	return v.SysFsync(l, fd)
}

// SysSync writes back all file systems.
func (v *VFS) SysSync(l *proc.LWP) error {
	l.WillBlock()
	v.syncAll()
	return nil
}

// SysPosixFallocate reserves space. The error is the result: the row never
// sets errno.
func (v *VFS) SysPosixFallocate(l *proc.LWP, fd int32, pos, length int64) (int32, error) {
	err := v.allocate(l, fd, pos, length, vnode.Allocator.Allocate)
	if e, ok := err.(abi.Errno); ok {
		return int32(e), nil
	}
	return 0, err
}

// SysFdiscard makes a hole in a file.
func (v *VFS) SysFdiscard(l *proc.LWP, fd int32, pos, length int64) error {
	return v.allocate(l, fd, pos, length, vnode.Allocator.Discard)
}

// allocate calls fn for a part of a regular file open for writing.
func (v *VFS) allocate(l *proc.LWP, fd int32, pos, length int64, fn func(vnode.Allocator, int64, int64) error) error {
	if pos < 0 || length <= 0 || pos+length < pos {
		return abi.EINVAL
	}
	f, vp, err := openVnodeOf(l, fd)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	switch {
	case !f.Writable():
		return abi.EBADF
	case vp.IsDir():
		return abi.EISDIR
	case vp.Mount.Dead():
		return abi.EIO
	case vp.Mount.ReadOnly():
		return abi.EROFS
	}
	a, ok := vp.Node.(vnode.Allocator)
	if !ok {
		return abi.EOPNOTSUPP
	}
	if err := sizeLimit(l, uint64(pos+length)); err != nil {
		return err
	}
	vp.Lock()
	defer vp.Unlock()
	return fn(a, pos, length)
}
