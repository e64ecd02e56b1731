// Advisory locks on open files: flock(2), and fcntl(2) with F_GETLK, F_SETLK
// and F_SETLKW.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/lockf"
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// locksOf returns the list of a vnode, made at first use.
func locksOf(vp *vnode.Vnode) *lockf.List {
	e := vp.Extra()
	if s, ok := e.Locks.Load().(*lockf.List); ok {
		return s
	}
	e.Locks.CompareAndSwap(nil, new(lockf.List))
	return e.Locks.Load().(*lockf.List)
}

// hasLocks returns the list of a vnode, nil when there never was a lock.
func hasLocks(vp *vnode.Vnode) *lockf.List {
	e := vp.HasExtra()
	if e == nil {
		return nil
	}
	s, _ := e.Locks.Load().(*lockf.List)
	return s
}

// Flock takes, changes or gives up the lock of an open file.
func (o *vnodeOps) Flock(l *proc.LWP, f *file.File, how int32) error { return o.v.flock(l, f, how) }

// Flock takes, changes or gives up the lock of an open device.
func (o *specOps) Flock(l *proc.LWP, f *file.File, how int32) error { return o.v.flock(l, f, how) }

// flock performs flock(2).
func (v *VFS) flock(l *proc.LWP, f *file.File, how int32) error {
	vp := vnodeOf(f)
	k := lockf.Lock{Owner: f, Pid: -1, Last: lockf.End}
	switch how &^ abi.LOCK_NB {
	case abi.LOCK_UN:
		if s := hasLocks(vp); s != nil {
			v.locks.Release(s, f)
		}
		return nil
	case abi.LOCK_SH:
		k.Type = abi.F_RDLCK
	case abi.LOCK_EX:
		k.Type = abi.F_WRLCK
	default:
		return abi.EINVAL
	}
	return v.locks.Set(l, locksOf(vp), k, how&abi.LOCK_NB == 0)
}

// lockAtOpen takes the lock that O_SHLOCK or O_EXLOCK asks for.
func (v *VFS) lockAtOpen(l *proc.LWP, f *file.File, flags int32) error {
	how := int32(abi.LOCK_SH)
	if flags&abi.O_EXLOCK != 0 {
		how = abi.LOCK_EX
	}
	if flags&abi.O_NONBLOCK != 0 {
		how |= abi.LOCK_NB
	}
	return v.flock(l, f, how)
}

// unlockFile gives up the lock of an open file that is closed.
func (v *VFS) unlockFile(f *file.File, vp *vnode.Vnode) {
	if s := hasLocks(vp); s != nil {
		v.locks.Release(s, f)
	}
}

// CloseDescriptor gives up the process's range locks.
func (o *vnodeOps) CloseDescriptor(l *proc.LWP, f *file.File) { o.v.unlockProcess(l, f) }

// CloseDescriptor gives up the process's range locks.
func (o *specOps) CloseDescriptor(l *proc.LWP, f *file.File) { o.v.unlockProcess(l, f) }

func (v *VFS) unlockProcess(l *proc.LWP, f *file.File) {
	if s := hasLocks(vnodeOf(f)); s != nil {
		v.locks.Release(s, l.Proc())
	}
}

// Fcntl knows the commands for range locks: EINVAL for others.
func (o *vnodeOps) Fcntl(l *proc.LWP, f *file.File, cmd int32, arg usermem.Addr) (int32, error) {
	return 0, o.v.rangeLock(l, f, cmd, arg)
}

// Fcntl knows the commands for range locks: EINVAL for others.
func (o *specOps) Fcntl(l *proc.LWP, f *file.File, cmd int32, arg usermem.Addr) (int32, error) {
	return 0, o.v.rangeLock(l, f, cmd, arg)
}

// rangeLock performs F_GETLK, F_SETLK and F_SETLKW.
func (v *VFS) rangeLock(l *proc.LWP, f *file.File, cmd int32, arg usermem.Addr) error {
	if cmd != abi.F_GETLK && cmd != abi.F_SETLK && cmd != abi.F_SETLKW {
		return abi.EINVAL
	}
	var fl abi.Flock
	if err := arg.CopyIn(usermem.BytesOf(&fl)); err != nil {
		return err
	}
	k, err := toLock(l, f, &fl)
	if err != nil {
		return err
	}
	vp := vnodeOf(f)
	switch {
	case cmd == abi.F_GETLK:
		return v.getLock(locksOf(vp), k, fl, arg)
	case fl.Type == abi.F_UNLCK:
		return v.locks.Unlock(l, locksOf(vp), k.Owner, k.Start, k.Last)
	case fl.Type == abi.F_RDLCK && !f.Readable(), fl.Type == abi.F_WRLCK && !f.Writable():
		return abi.EBADF
	}
	return v.locks.Set(l, locksOf(vp), k, cmd == abi.F_SETLKW)
}

// getLock tells the first lock in the way of k, or that there is none.
func (v *VFS) getLock(s *lockf.List, k lockf.Lock, fl abi.Flock, arg usermem.Addr) error {
	if k.Type == abi.F_UNLCK {
		return abi.EINVAL
	}
	b, blocked := v.locks.Test(s, k)
	if !blocked {
		fl.Type = abi.F_UNLCK
		return arg.CopyOut(usermem.BytesOf(&fl))
	}
	fl = abi.Flock{Start: b.Start, Pid: b.Pid, Type: b.Type, Whence: abi.SEEK_SET}
	if b.Last != lockf.End {
		fl.Len = b.Last - b.Start + 1
	}
	return arg.CopyOut(usermem.BytesOf(&fl))
}

// toLock converts what a caller gave: EINVAL for a range that begins before
// the file, an unknown type or origin, EOVERFLOW for one too far out.
func toLock(l *proc.LWP, f *file.File, fl *abi.Flock) (lockf.Lock, error) {
	k := lockf.Lock{Owner: l.Proc(), Pid: l.Proc().Pid, Type: fl.Type, Last: lockf.End}
	if fl.Type != abi.F_RDLCK && fl.Type != abi.F_WRLCK && fl.Type != abi.F_UNLCK {
		return k, abi.EINVAL
	}
	base := int64(0)
	switch fl.Whence {
	case abi.SEEK_SET:
	case abi.SEEK_CUR:
		lockPosition(f, vnodeOf(f))
		base = f.Off
		f.OffMu.Unlock()
	case abi.SEEK_END:
		st, err := statVnode(vnodeOf(f))
		if err != nil {
			return k, err
		}
		base = st.Size
	default:
		return k, abi.EINVAL
	}
	k.Start = base + fl.Start
	if fl.Start > 0 && k.Start < base {
		return k, abi.EOVERFLOW
	}
	switch {
	case fl.Len > 0:
		if k.Last = k.Start + fl.Len - 1; k.Last < k.Start {
			return k, abi.EOVERFLOW
		}
	case fl.Len < 0:
		k.Start, k.Last = k.Start+fl.Len, k.Start-1
	}
	if k.Start < 0 || k.Last < k.Start {
		return k, abi.EINVAL
	}
	return k, nil
}
