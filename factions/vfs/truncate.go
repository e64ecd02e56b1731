// Changing a file's size.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// truncate sets the size of vp, as a write would: EISDIR for a directory,
// EROFS on a read-only mount, EPERM for a file that can only grow.
func truncate(c *cred.Cred, vp *vnode.Vnode, size int64) error {
	fl, err := vp.File()
	if err != nil {
		return err
	}
	if vp.Mount.Dead() {
		return abi.EIO
	}
	vp.Lock()
	old := fl.Size()
	err = truncateLocked(c, vp, fl, size)
	vp.Unlock()
	if err == nil {
		noteWrite(vp, old, size)
	}
	return err
}

// truncateLocked sets the size of vp, which is locked.
func truncateLocked(c *cred.Cred, vp *vnode.Vnode, fl vnode.File, size int64) error {
	if vp.Mount.ReadOnly() {
		return abi.EROFS
	}
	if vp.Node.Perm().Frozen() {
		return abi.EPERM
	}
	if err := fl.Truncate(size); err != nil {
		return err
	}
	return clearSuid(c, vp)
}

// clearSuid takes the setuid and setgid bits from a file that somebody but
// root writes to. Preconditions: locked.
func clearSuid(c *cred.Cred, vp *vnode.Vnode) error {
	if c.IsRoot() {
		return nil
	}
	mode := vp.Node.Perm().Mode
	if mode&(abi.S_ISUID|abi.S_ISGID) == 0 {
		return nil
	}
	return vp.Node.SetAttr(&vnode.SetAttr{What: vnode.SetMode, Mode: mode &^ (abi.S_ISUID | abi.S_ISGID)})
}

// sizeLimit checks the resource limit on file sizes: EFBIG and SIGXFSZ when a
// file may not end at byte end.
func sizeLimit(l *proc.LWP, end uint64) error {
	limit := l.Proc().Limit(abi.RLIMIT_FSIZE).Cur
	if limit >= proc.RlimInfinity || end <= limit {
		return nil
	}
	l.Proc().Signal(int32(abi.SIGXFSZ))
	return abi.EFBIG
}
