// Reading and writing at a position: pread(2), pwrite(2), their vectors, and
// lseek(2). read(2) and write(2) are the base kernel's.
package vfs

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysPread reads at offset.
func (v *VFS) SysPread(l *proc.LWP, fd int32, buf usermem.OutBuf, offset int64) (int, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return 0, err
	}
	n, err := file.ReadAt(l, f, buf, offset)
	_ = f.Drop(l)
	return n, err
}

// SysPwrite writes at offset.
func (v *VFS) SysPwrite(l *proc.LWP, fd int32, buf usermem.InBuf, offset int64) (int, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return 0, err
	}
	n, err := file.WriteAt(l, f, buf, offset)
	_ = f.Drop(l)
	return n, err
}

// SysPreadv reads at offset into a vector of buffers.
func (v *VFS) SysPreadv(l *proc.LWP, fd int32, iovp usermem.InSlice[abi.Iovec], offset int64) (int, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return 0, err
	}
	n, err := file.ReadvAt(l, f, iovp, offset)
	_ = f.Drop(l)
	return n, err
}

// SysPwritev writes a vector of buffers at offset.
func (v *VFS) SysPwritev(l *proc.LWP, fd int32, iovp usermem.InSlice[abi.Iovec], offset int64) (int, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return 0, err
	}
	n, err := file.WritevAt(l, f, iovp, offset)
	_ = f.Drop(l)
	return n, err
}

// SysLseek sets the position of a file: ESPIPE for one that has none.
func (v *VFS) SysLseek(l *proc.LWP, fd int32, offset int64, whence int32) (int64, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return 0, err
	}
	defer f.Drop(l)
	p, ok := f.Ops.(file.Positioned)
	if !ok {
		return 0, abi.ESPIPE
	}
	return p.Seek(l, f, offset, whence)
}
