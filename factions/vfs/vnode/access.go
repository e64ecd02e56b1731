// Permission checks, the same for every file system: owner, group, mode, flags
// and the suser model.
package vnode

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
)

// The rights Access asks for: those of access(2).
const (
	Exec  = abi.X_OK
	Write = abi.W_OK
	Read  = abi.R_OK
)

// Access checks that c may use the node in the given ways: EACCES if not. Root
// may do all but execute a file that nobody may. Preconditions: locked for
// reading.
func (v *Vnode) Access(c *cred.Cred, want uint32) error {
	p := v.Node.Perm()
	if want&Write != 0 {
		if err := v.writable(p.Flags); err != nil {
			return err
		}
	}
	if c.IsRoot() {
		if want&Exec != 0 && !v.IsDir() && p.Mode&0o111 == 0 {
			return abi.EACCES
		}
		return nil
	}
	bits := p.Mode
	switch {
	case c.Euid == p.Uid:
		bits >>= 6
	case c.InGroup(p.Gid):
		bits >>= 3
	}
	if bits&want != want {
		return abi.EACCES
	}
	return nil
}

// writable checks what keeps even root from writing: EROFS for a file whose
// contents are in a read-only file system, EPERM for an immutable one.
func (v *Vnode) writable(flags uint32) error {
	switch v.Type {
	case abi.S_IFREG, abi.S_IFDIR, abi.S_IFLNK:
		if v.Mount.ReadOnly() {
			return abi.EROFS
		}
	}
	if flags&immutable != 0 {
		return abi.EPERM
	}
	return nil
}

const (
	immutable  = abi.UF_IMMUTABLE | abi.SF_IMMUTABLE
	appendOnly = abi.UF_APPEND | abi.SF_APPEND
)

// AppendOnly reports a file that can only grow at its end.
func (p Perm) AppendOnly() bool { return p.Flags&appendOnly != 0 }

// Frozen reports a file that cannot be changed, renamed or removed.
func (p Perm) Frozen() bool { return p.Flags&(immutable|appendOnly) != 0 }

// CanRemove checks that c may take vp out of dir: write permission in dir, and
// in a sticky one EPERM unless c owns dir or vp. Preconditions: both locked.
func CanRemove(c *cred.Cred, dir, vp *Vnode) error {
	if err := dir.Access(c, Write|Exec); err != nil {
		return err
	}
	d, p := dir.Node.Perm(), vp.Node.Perm()
	if p.Frozen() || d.AppendOnly() {
		return abi.EPERM
	}
	if d.Mode&abi.S_ISVTX != 0 && !c.IsRoot() && c.Euid != d.Uid && c.Euid != p.Uid {
		return abi.EPERM
	}
	return nil
}

// CanChange checks that c may change a file's mode or times as it likes: its
// owner or root, or EPERM, and EPERM for a file with flags against it.
func (v *Vnode) CanChange(c *cred.Cred) error {
	p := v.Node.Perm()
	if p.Frozen() || !c.IsRoot() && c.Euid != p.Uid {
		return abi.EPERM
	}
	return nil
}

// CanChmod checks that c may set the mode: EFTYPE for a sticky bit and EPERM
// for a setgid bit that only root may set.
func (v *Vnode) CanChmod(c *cred.Cred, mode uint32) error {
	if err := v.CanChange(c); err != nil || c.IsRoot() {
		return err
	}
	if mode&abi.S_ISTXT != 0 && !v.IsDir() {
		return abi.EFTYPE
	}
	if mode&abi.S_ISGID != 0 && !c.InGroup(v.Node.Perm().Gid) {
		return abi.EPERM
	}
	return nil
}

// CanChown checks that c may give the file to uid and gid, ^0 for no change:
// root may, and the owner among the groups it is in; EPERM otherwise.
func (v *Vnode) CanChown(c *cred.Cred, uid, gid uint32) error {
	p := v.Node.Perm()
	if p.Frozen() {
		return abi.EPERM
	}
	if c.IsRoot() {
		return nil
	}
	if c.Euid != p.Uid || uid != Keep && uid != p.Uid {
		return abi.EPERM
	}
	if gid != Keep && gid != p.Gid && !c.InGroup(gid) {
		return abi.EPERM
	}
	return nil
}

// Keep is the uid or gid that leaves a file's alone.
const Keep = ^uint32(0)

// CanChflags checks that c may set the flags, and returns what they become:
// who is not root sets only the owner's flags.
func (v *Vnode) CanChflags(c *cred.Cred, flags uint32) (uint32, error) {
	p := v.Node.Perm()
	if c.IsRoot() {
		return flags, nil
	}
	if c.Euid != p.Uid || (flags^p.Flags)&abi.SF_SETTABLE != 0 || p.Flags&(abi.SF_IMMUTABLE|abi.SF_APPEND) != 0 {
		return 0, abi.EPERM
	}
	return flags, nil
}

// CanTouch checks that c may set the times to now: as CanChange, or with
// permission to write (EACCES).
func (v *Vnode) CanTouch(c *cred.Cred) error {
	if v.CanChange(c) == nil {
		return nil
	}
	if v.Node.Perm().Frozen() {
		return abi.EPERM
	}
	return v.Access(c, Write)
}
