// quotactl(2): answered by the file system.
package vfs

import (
	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysQuotactl does what args say with the quotas of the file system that path
// lies on, row 473: EINVAL for what there is not to do, EOPNOTSUPP for a file
// system without quotas.
func (v *VFS) SysQuotactl(l *proc.LWP, path usermem.String, args usermem.In[abi.QuotactlArgs]) error {
	return v.withPath(l, abi.AT_FDCWD, path, true, func(vp *vnode.Vnode) error {
		a, err := args.Get()
		if err != nil {
			return err
		}
		if a.Op > abi.QUOTACTL_QUOTAOFF {
			return abi.EINVAL
		}
		if q, ok := vp.Mount.FS.(vnode.Quotas); ok {
			return q.Quotactl(l, &a, args.Mem)
		}
		return abi.EOPNOTSUPP
	})
}
