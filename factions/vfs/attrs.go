// Changing attributes: what the chmod, chown, chflags and utimes families
// share, however they name the file.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// change is one change of attributes: it checks permissions and fills in what
// to set. The vnode is locked.
type change func(c *cred.Cred, vp *vnode.Vnode, set *vnode.SetAttr) error

// apply makes a change to vp: EROFS on a read-only mount.
func apply(c *cred.Cred, vp *vnode.Vnode, fn change) error {
	if vp.Mount.Dead() {
		return abi.EIO
	}
	if vp.Mount.ReadOnly() {
		return abi.EROFS
	}
	vp.Lock()
	var set vnode.SetAttr
	err := fn(c, vp, &set)
	if err == nil && set.What != 0 {
		err = vp.Node.SetAttr(&set)
	}
	vp.Unlock()
	if err == nil {
		vp.Note(abi.NOTE_ATTRIB)
	}
	return err
}

// applyPath makes a change to what path names.
func (v *VFS) applyPath(l *proc.LWP, fd int32, path string, follow bool, fn change) error {
	vp, err := v.lookup(l, fd, path, follow)
	if err != nil {
		return err
	}
	defer vp.Unref()
	return apply(l.Cred(), vp, fn)
}

// applyFile makes a change to the file open as fd.
func applyFile(l *proc.LWP, fd int32, fn change) error {
	f, vp, err := openVnodeOf(l, fd)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	return apply(l.Cred(), vp, fn)
}

// chmod sets the mode.
func chmod(mode uint32) change {
	return func(c *cred.Cred, vp *vnode.Vnode, set *vnode.SetAttr) error {
		set.What, set.Mode = vnode.SetMode, mode&abi.ALLPERMS
		return vp.CanChmod(c, mode)
	}
}

// chown sets owner and group, ^0 for no change. NetBSD's own form takes the
// setuid bit away with a new owner and the setgid bit with a new group; the
// POSIX form takes both away unless root asks.
func chown(uid, gid uint32, posix bool) change {
	return func(c *cred.Cred, vp *vnode.Vnode, set *vnode.SetAttr) error {
		if err := vp.CanChown(c, uid, gid); err != nil {
			return err
		}
		old := vp.Node.Perm().Mode
		mode := old
		if uid != vnode.Keep {
			set.What, set.Uid = set.What|vnode.SetUid, uid
			if !posix {
				mode &^= abi.S_ISUID
			}
		}
		if gid != vnode.Keep {
			set.What, set.Gid = set.What|vnode.SetGid, gid
			if !posix {
				mode &^= abi.S_ISGID
			}
		}
		if posix && !c.IsRoot() {
			mode &^= abi.S_ISUID | abi.S_ISGID
		}
		if mode != old {
			set.What, set.Mode = set.What|vnode.SetMode, mode
		}
		return nil
	}
}

// chflags sets the flags.
func chflags(flags uint64) change {
	return func(c *cred.Cred, vp *vnode.Vnode, set *vnode.SetAttr) (err error) {
		set.What = vnode.SetFlags
		set.Flags, err = vp.CanChflags(c, uint32(flags))
		return err
	}
}

// utimes sets access and modification time to t, or to now if it is nil.
func (v *VFS) utimes(t *[2]abi.Timespec) change {
	return func(c *cred.Cred, vp *vnode.Vnode, set *vnode.SetAttr) error {
		now := t == nil || t[0].Nsec == abi.UTIME_NOW && t[1].Nsec == abi.UTIME_NOW
		if t != nil && t[0].Nsec == abi.UTIME_OMIT && t[1].Nsec == abi.UTIME_OMIT {
			return nil
		}
		set.Atime, set.Mtime = v.now(), v.now()
		set.What = vnode.SetAtime | vnode.SetMtime
		if now {
			return vp.CanTouch(c)
		}
		if err := pickTime(set, vnode.SetAtime, &set.Atime, t[0]); err != nil {
			return err
		}
		if err := pickTime(set, vnode.SetMtime, &set.Mtime, t[1]); err != nil {
			return err
		}
		if set.What&vnode.SetMtime != 0 {
			v.birthNotAfter(vp, set)
		}
		return vp.CanChange(c)
	}
}

// pickTime replaces now, in *at, by the time t says, or leaves that time out.
func pickTime(set *vnode.SetAttr, what vnode.What, at *int64, t abi.Timespec) error {
	switch {
	case t.Nsec == abi.UTIME_NOW:
	case t.Nsec == abi.UTIME_OMIT:
		set.What &^= what
	case t.Nsec < 0 || t.Nsec >= 1e9:
		return abi.EINVAL
	default:
		*at = nanoseconds(t)
	}
	return nil
}

// maxSeconds is the most seconds that fit in 64 bits of nanoseconds.
const maxSeconds = (1<<63-1)/1_000_000_000 - 1

// nanoseconds converts a time, cut to what 64 bits hold.
func nanoseconds(t abi.Timespec) int64 {
	return min(max(t.Sec, -maxSeconds), maxSeconds)*1e9 + t.Nsec
}

// birthNotAfter moves the birth time back to a modification time before it.
func (v *VFS) birthNotAfter(vp *vnode.Vnode, set *vnode.SetAttr) {
	if st, err := vp.Stat(); err == nil && nanoseconds(st.Birthtim) > set.Mtime {
		set.What, set.Btime = set.What|vnode.SetBtime, set.Mtime
	}
}
