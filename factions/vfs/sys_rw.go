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
	f, ops, err := positioned(l, fd)
	if err != nil {
		return 0, err
	}
	n, err := pread(l, f, ops, buf, offset)
	_ = f.Drop(l)
	return n, err
}

// pread fills buf from offset on. What a broken buffer could not take is an
// error only when it took nothing.
func pread(l *proc.LWP, f *file.File, ops file.Positioned, buf usermem.OutBuf, offset int64) (int, error) {
	if !f.Readable() {
		return 0, abi.EBADF
	}
	if offset < 0 {
		return 0, abi.EINVAL
	}
	done := 0
	for {
		rest := buf.Rest(done)
		win, err := rest.Window(rest.Len())
		if err != nil {
			return done, partial(done, err)
		}
		n, err := ops.ReadAt(l, f, win, offset+int64(done))
		if cerr := rest.Commit(win, n); err == nil {
			err = cerr
		}
		if err != nil {
			return done, partial(done, err)
		}
		done += n
		if n < len(win) || n == 0 || done == buf.Len() {
			return done, nil
		}
	}
}

// partial drops an error after something was done already.
func partial(done int, err error) error {
	if done > 0 {
		return nil
	}
	return err
}

// SysPwrite writes at offset.
func (v *VFS) SysPwrite(l *proc.LWP, fd int32, buf usermem.InBuf, offset int64) (int, error) {
	f, ops, err := positioned(l, fd)
	if err != nil {
		return 0, err
	}
	n, err := pwrite(l, f, ops, buf, offset)
	_ = f.Drop(l)
	return n, err
}

// pwrite writes buf from offset on.
func pwrite(l *proc.LWP, f *file.File, ops file.Positioned, buf usermem.InBuf, offset int64) (int, error) {
	if !f.Writable() {
		return 0, abi.EBADF
	}
	if offset < 0 {
		return 0, abi.EINVAL
	}
	done := 0
	for {
		rest := buf.Rest(done)
		want := rest.Len()
		if !rest.IsLocal() {
			want = min(want, usermem.MaxTransfer)
		}
		data, err := rest.Get(want)
		if err != nil {
			return done, partial(done, err)
		}
		n, err := ops.WriteAt(l, f, data, offset+int64(done))
		done += n
		if err != nil {
			return done, partial(done, err)
		}
		if n < want || done == buf.Len() {
			return done, nil
		}
	}
}

// SysLseek sets the position of a file.
func (v *VFS) SysLseek(l *proc.LWP, fd int32, offset int64, whence int32) (int64, error) {
	f, ops, err := positioned(l, fd)
	if err != nil {
		return 0, err
	}
	defer f.Drop(l)
	return ops.Seek(l, f, offset, whence)
}

// SysPreadv reads at offset into a vector of buffers.
func (v *VFS) SysPreadv(l *proc.LWP, fd int32, iov usermem.InSlice[abi.Iovec], offset int64) (int, error) {
	f, ops, err := positioned(l, fd)
	if err != nil {
		return 0, err
	}
	defer f.Drop(l)
	return eachVector(iov, func(m usermem.Mem, off int64) (int, error) {
		return pread(l, f, ops, usermem.OutBuf{Mem: m}, offset+off)
	})
}

// SysPwritev writes a vector of buffers at offset.
func (v *VFS) SysPwritev(l *proc.LWP, fd int32, iov usermem.InSlice[abi.Iovec], offset int64) (int, error) {
	f, ops, err := positioned(l, fd)
	if err != nil {
		return 0, err
	}
	defer f.Drop(l)
	return eachVector(iov, func(m usermem.Mem, off int64) (int, error) {
		return pwrite(l, f, ops, usermem.InBuf{Mem: m}, offset+off)
	})
}

// eachVector calls fn with each buffer of a vector and how much came before,
// until one is not used up: EINVAL for too many or too long ones.
func eachVector(iov usermem.InSlice[abi.Iovec], fn func(m usermem.Mem, off int64) (int, error)) (int, error) {
	vec, err := iov.Load(abi.UIO_MAXIOV, abi.EINVAL)
	if err != nil {
		return 0, err
	}
	if len(vec) == 0 {
		return 0, abi.EINVAL
	}
	total := uint64(0)
	for _, e := range vec {
		if total += e.Len; e.Len > maxVector || total > maxVector {
			return 0, abi.EINVAL
		}
	}
	done := 0
	for _, e := range vec {
		if e.Len == 0 {
			continue
		}
		m := iov.Follow(e.Base, int(e.Len))
		if m.IsNil() || m.Len() != int(e.Len) {
			return done, partial(done, abi.EFAULT)
		}
		n, err := fn(m, int64(done))
		done += n
		if err != nil {
			return done, partial(done, err)
		}
		if uint64(n) < e.Len {
			break
		}
	}
	return done, nil
}

// maxVector is the most bytes one call moves.
const maxVector = 1<<31 - 1
