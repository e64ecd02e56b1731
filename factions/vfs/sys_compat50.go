// Calls in the form they had before NetBSD 6: 32-bit seconds and device
// numbers. Each converts and calls the present form.
package vfs

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Compat50SysMknod is mknod(2) with a 32-bit device number.
func (v *VFS) Compat50SysMknod(l *proc.LWP, path usermem.String, mode uint32, dev uint32) error {
	return v.SysMknod50(l, path, mode, uint64(dev))
}

// Compat50SysUtimes is utimes(2).
func (v *VFS) Compat50SysUtimes(l *proc.LWP, path usermem.String, tptr usermem.InSlice[abi.Timeval50]) error {
	t, err := timevals50(tptr)
	if err != nil {
		return err
	}
	return v.changeAt(l, abi.AT_FDCWD, path, true, v.utimes(t))
}

// Compat50SysLutimes is lutimes(2).
func (v *VFS) Compat50SysLutimes(l *proc.LWP, path usermem.String, tptr usermem.InSlice[abi.Timeval50]) error {
	t, err := timevals50(tptr)
	if err != nil {
		return err
	}
	return v.changeAt(l, abi.AT_FDCWD, path, false, v.utimes(t))
}

// Compat50SysFutimes is futimes(2).
func (v *VFS) Compat50SysFutimes(l *proc.LWP, fd int32, tptr usermem.InSlice[abi.Timeval50]) error {
	t, err := timevals50(tptr)
	if err != nil {
		return err
	}
	return applyFile(l, fd, v.utimes(t))
}

func timevals50(t usermem.InSlice[abi.Timeval50]) (*[2]abi.Timespec, error) {
	if t.IsNil() {
		return nil, nil
	}
	var tv [2]abi.Timeval50
	if err := t.CopyIn(tv[:]); err != nil {
		return nil, err
	}
	var ts [2]abi.Timespec
	for i, x := range tv {
		if x.Usec < 0 || x.Usec >= 1e6 {
			return nil, abi.EINVAL
		}
		ts[i] = abi.Timespec{Sec: x.Sec, Nsec: x.Usec * 1000}
	}
	return &ts, nil
}

// Compat50SysStat30 is stat(2).
func (v *VFS) Compat50SysStat30(l *proc.LWP, path usermem.String, ub usermem.Out[abi.Stat30]) error {
	st, err := v.statPath(l, abi.AT_FDCWD, path, true)
	if err != nil {
		return err
	}
	return ub.Put(stat30(&st))
}

// Compat50SysLstat30 is lstat(2).
func (v *VFS) Compat50SysLstat30(l *proc.LWP, path usermem.String, ub usermem.Out[abi.Stat30]) error {
	st, err := v.statPath(l, abi.AT_FDCWD, path, false)
	if err != nil {
		return err
	}
	return ub.Put(stat30(&st))
}

// Compat50SysFstat30 is fstat(2), for any file.
func (v *VFS) Compat50SysFstat30(l *proc.LWP, fd int32, sb usermem.Out[abi.Stat30]) error {
	f, err := file.Get(l, fd)
	if err != nil {
		return err
	}
	var st abi.Stat
	err = f.Ops.Stat(l, f, &st)
	_ = f.Drop(l)
	if err != nil {
		return err
	}
	return sb.Put(stat30(&st))
}

// stat30 converts to the old layout: device numbers and seconds lose their
// high halves.
func stat30(st *abi.Stat) abi.Stat30 {
	return abi.Stat30{
		Dev: uint32(st.Dev), Mode: st.Mode, Ino: st.Ino, Nlink: st.Nlink,
		Uid: st.Uid, Gid: st.Gid, Rdev: uint32(st.Rdev),
		Atim: timespec50(st.Atim), Mtim: timespec50(st.Mtim),
		Ctim: timespec50(st.Ctim), Birthtim: timespec50(st.Birthtim),
		Size: st.Size, Blocks: st.Blocks, Blksize: st.Blksize,
		Flags: st.Flags, Gen: st.Gen,
	}
}

func timespec50(t abi.Timespec) abi.Timespec50 {
	return abi.Timespec50{Sec: int32(t.Sec), Nsec: t.Nsec}
}
