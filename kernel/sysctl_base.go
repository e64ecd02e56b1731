// The sysctl tree as the base kernel begins it: the top level, hw and
// security.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
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
			Flags: n.flags,
		})
	}
	kern := root.Child("kern")
	b.sysctlKern(kern)
	b.sysctlProcs(kern)
	b.sysctlClock(kern)
	b.sysctlFiles(kern)
	b.sysctlUser(kern)
	b.sysctlKnobs(kern)
	b.sysctlPools(kern)
	b.sysctlVM(root.Child("vm"))
	b.sysctlHW(root.Child("hw"))
	b.sysctlStats(root.Child("hw"))
	b.sysctlProc(root.Child("proc"))
	models := root.Child("security").Node(sysctl.Auto, "models", "Security models")
	models.Node(sysctl.Auto, "suser", "The superuser model").
		ConstString(sysctl.Auto, "name", "Name of the model", "Traditional NetBSD: Superuser")
	models.Loose()
}

// pretendedMemory is what hw.physmem tells when memory has no limit.
const pretendedMemory = 512 << 20

const pageSize = 4096

// sysctlHW makes the nodes of the machine.
func (b *Base) sysctlHW(hw *sysctl.Node) {
	ncpu := func() int32 { return int32(b.NCPU()) }
	memory := b.memory()
	hw.ConstString(abi.HW_MACHINE, "machine", "Machine class", abi.Machine)
	hw.ConstString(abi.HW_MODEL, "model", "Machine model", "rumpcore (virtual)")
	hw.IntFunc(abi.HW_NCPU, "ncpu", "Number of CPUs configured", ncpu)
	hw.Const(abi.HW_BYTEORDER, "byteorder", "System byte order", abi.LITTLE_ENDIAN)
	hw.Const(abi.HW_PHYSMEM, "physmem", "Bytes of physical memory", int32(min(memory, 1<<31-1)))
	hw.Const(abi.HW_PAGESIZE, "pagesize", "Software page size", pageSize)
	hw.ConstString(abi.HW_MACHINE_ARCH, "machine_arch", "Machine CPU class", abi.MachineArch)
	hw.Const(abi.HW_ALIGNBYTES, "alignbytes", "Alignment constraint for all possible data types", 7)
	hw.Add(sysctl.Spec{
		Num: abi.HW_PHYSMEM64, Name: "physmem64", Desc: "Bytes of physical memory",
		Type: abi.CTLTYPE_QUAD, Size: 8, Flags: abi.CTLFLAG_IMMEDIATE,
		Get: func(*proc.LWP) ([]byte, error) { return le64(uint64(memory)), nil },
	})
	hw.IntFunc(abi.HW_NCPUONLINE, "ncpuonline", "Number of CPUs online", ncpu)
}

// memory returns the memory the kernel may use, in bytes.
func (b *Base) memory() int64 {
	if n := b.Mem.Limit(); n != 0 {
		return n
	}
	return pretendedMemory
}

// NCPU returns the number of virtual CPUs: the host's when they are not
// bounded.
func (b *Base) NCPU() int {
	if b.Config.NCPU > 0 {
		return b.Config.NCPU
	}
	return b.Host.NCPU()
}
