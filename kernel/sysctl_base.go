// The sysctl tree as the base kernel begins it: the top level.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// sysctlSetup makes the top level of the tree and the nodes of the base.
func (b *Base) sysctlSetup() {
	root := b.Sysctl.Root()
	for _, n := range [...]struct {
		num        int32
		name, desc string
		flags      uint32
	}{
		{abi.CTL_KERN, "kern", "High kernel", 0},
		{abi.CTL_VM, "vm", "Virtual memory", 0},
		{abi.CTL_VFS, "vfs", "Filesystem", 0},
		{abi.CTL_NET, "net", "Networking", 0},
		{abi.CTL_DEBUG, "debug", "Debugging", 0},
		{abi.CTL_HW, "hw", "Generic CPU, I/O", 0},
		{abi.CTL_MACHDEP, "machdep", "Machine dependent", 0},
		{abi.CTL_USER, "user", "User-level", 0},
		{abi.CTL_DDB, "ddb", "In-kernel debugger", 0},
		{abi.CTL_PROC, "proc", "Per-process", 0},
		{abi.CTL_VENDOR, "vendor", "Nodes that programs make", abi.CTLFLAG_READWRITE},
		{abi.CTL_EMUL, "emul", "Emulations of other systems", 0},
		{abi.CTL_SECURITY, "security", "Security", 0},
	} {
		root.Add(sysctl.Spec{
			Num: n.num, Name: n.name, Desc: n.desc, Type: abi.CTLTYPE_NODE,
			Flags: n.flags | abi.CTLFLAG_PERMANENT,
		})
	}
}
