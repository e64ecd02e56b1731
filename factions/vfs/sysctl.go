// What sysctl(7) tells of file systems.
package vfs

import (
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// sysctlSetup makes vfs.generic.
func (v *VFS) sysctlSetup() {
	generic := v.b.Sysctl.Root().Child("vfs").Node(abi.VFS_GENERIC, "generic", "Non-specific vfs related information")
	generic.Int(abi.VFS_MAGICLINKS, "magiclinks", "Whether \"magic\" symlinks are expanded", &v.magicLinks, nil)
	generic.String(sysctl.Auto, "fstypes", "List of file systems present", 0,
		func() string { return strings.Join(v.FileSystems(), " ") }, nil)
}
