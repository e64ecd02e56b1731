// Changing times: the utimes(2) and utimens(2) families.
package vfs

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// timevals copies two times of microseconds in; nil for NULL.
func timevals(t usermem.InSlice[abi.Timeval]) (*[2]abi.Timespec, error) {
	if t.IsNil() {
		return nil, nil
	}
	var tv [2]abi.Timeval
	if err := t.CopyIn(tv[:]); err != nil {
		return nil, err
	}
	var ts [2]abi.Timespec
	for i, x := range tv {
		if x.Usec < 0 || x.Usec >= 1e6 {
			return nil, abi.EINVAL
		}
		ts[i] = abi.Timespec{Sec: int64(x.Sec), Nsec: int64(x.Usec) * 1000}
	}
	return &ts, nil
}

// timespecs copies two times of nanoseconds in; nil for NULL.
func timespecs(t usermem.InSlice[abi.Timespec]) (*[2]abi.Timespec, error) {
	if t.IsNil() {
		return nil, nil
	}
	var ts [2]abi.Timespec
	return &ts, t.CopyIn(ts[:])
}

// SysUtimes50 sets access and modification time.
func (v *VFS) SysUtimes50(l *proc.LWP, path usermem.String, tptr usermem.InSlice[abi.Timeval]) error {
	t, err := timevals(tptr)
	if err != nil {
		return err
	}
	return v.changeAt(l, abi.AT_FDCWD, path, true, v.utimes(t))
}

// SysLutimes50 sets the times of a file or symbolic link.
func (v *VFS) SysLutimes50(l *proc.LWP, path usermem.String, tptr usermem.InSlice[abi.Timeval]) error {
	t, err := timevals(tptr)
	if err != nil {
		return err
	}
	return v.changeAt(l, abi.AT_FDCWD, path, false, v.utimes(t))
}

// SysFutimes50 sets the times of an open file.
func (v *VFS) SysFutimes50(l *proc.LWP, fd int32, tptr usermem.InSlice[abi.Timeval]) error {
	t, err := timevals(tptr)
	if err != nil {
		return err
	}
	return applyFile(l, fd, v.utimes(t))
}

// SysUtimensat sets the times of a file, from a directory.
func (v *VFS) SysUtimensat(l *proc.LWP, fd int32, path usermem.String, tptr usermem.InSlice[abi.Timespec], flag int32) error {
	follow, err := followFlag(flag, 0)
	if err != nil {
		return err
	}
	t, err := timespecs(tptr)
	if err != nil {
		return err
	}
	return v.changeAt(l, fd, path, follow, v.utimes(t))
}

// SysFutimens sets the times of an open file.
func (v *VFS) SysFutimens(l *proc.LWP, fd int32, tptr usermem.InSlice[abi.Timespec]) error {
	t, err := timespecs(tptr)
	if err != nil {
		return err
	}
	return applyFile(l, fd, v.utimes(t))
}
