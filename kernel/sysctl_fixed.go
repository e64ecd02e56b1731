// Nodes of the base whose values can't be anything else here: NetBSD's knobs
// for what this kernel does another way. They can be read, and not be set.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

func (b *Base) sysctlFixed(kern, curproc *sysctl.Node) {
	pipes := kern.Node(abi.KERN_PIPE, "pipe", "Pipe settings")
	module, tc := kern.Child("module"), kern.Child("timecounter")
	for _, n := range [...]struct {
		dir        *sysctl.Node
		num        int32
		name, desc string
		typ        uint32
	}{
		{pipes, 4, "nbigpipes", "Number of pipes with large buffers", abi.CTLTYPE_INT},
		{pipes, 5, "kvasize", "Kernel address space that pipes take", abi.CTLTYPE_INT},
		{kern, sysctl.Auto, "direct_select", "Wake waiters of select on the same CPU", abi.CTLTYPE_INT},
		{module, sysctl.Auto, "autoload", "Load modules when they are needed: all are linked in", abi.CTLTYPE_BOOL},
		{module, sysctl.Auto, "verbose", "Tell what the module loader does", abi.CTLTYPE_BOOL},
		{module, sysctl.Auto, "autotime", "Seconds after which unused modules are unloaded: never", abi.CTLTYPE_INT},
		{tc, sysctl.Auto, "timestepwarnings", "Log time steps", abi.CTLTYPE_INT},
		{curproc, abi.PROC_PID_STOPFORK, "stopfork", "Stop the process when it forks", abi.CTLTYPE_INT},
		{curproc, abi.PROC_PID_STOPEXEC, "stopexec", "Stop the process when it execs", abi.CTLTYPE_INT},
		{curproc, abi.PROC_PID_STOPEXIT, "stopexit", "Stop the process when it exits", abi.CTLTYPE_INT},
	} {
		size := 4
		if n.typ == abi.CTLTYPE_BOOL {
			size = 1
		}
		n.dir.Add(sysctl.Spec{
			Num: n.num, Name: n.name, Desc: n.desc, Type: n.typ, Size: size,
			Get: func(*proc.LWP) ([]byte, error) { return make([]byte, size), nil },
		})
	}
	kern.Struct(sysctl.Auto, "pool", "Statistics of memory pools: there are none", 0,
		func(*proc.LWP) ([]byte, error) { return nil, nil })
}
