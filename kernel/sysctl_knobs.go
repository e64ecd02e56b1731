// Nodes of the base for what this kernel does another way than NetBSD. What
// can be set there can be set here: it is kept, and has no effect.
package kernel

import (
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// sysctlKnobs makes those nodes: pipes grow as they need, select wakes whom it
// must, and modules are linked in.
func (b *Base) sysctlKnobs(kern *sysctl.Node) {
	pipes := kern.Node(abi.KERN_PIPE, "pipe", "Pipe settings")
	for _, n := range [...]struct {
		dir        *sysctl.Node
		num        int32
		name, desc string
		value      int32
	}{
		{pipes, 1, "maxkvasz", "Kernel address space for pipes, at most: without effect", 8 << 20},
		{pipes, 2, "maxloankvasz", "Address space for loaned pages, at most: without effect", 16 << 20},
		{pipes, 3, "maxbigpipes", "Number of pipes with large buffers, at most: without effect", 32},
		{kern, sysctl.Auto, "direct_select", "Wake waiters of select on the same CPU: without effect", 0},
		{kern.Child("timecounter"), sysctl.Auto, "timestepwarnings", "Log time steps: without effect", 0},
	} {
		v := new(atomic.Int32)
		v.Store(n.value)
		n.dir.Int(n.num, n.name, n.desc, v, nil)
	}
	none := func() int32 { return 0 }
	pipes.IntFunc(4, "nbigpipes", "Number of pipes with large buffers", none)
	pipes.IntFunc(5, "kvasize", "Kernel address space that pipes take", none)
	b.sysctlModule(kern)
}

// modulePath is where NetBSD keeps the modules of this release.
const modulePath = "/stand/" + abi.Machine + "/" + abi.OSRelease + "/modules"

// sysctlModule makes kern.module. Modules are built in: nothing loads them.
func (b *Base) sysctlModule(kern *sysctl.Node) {
	m := kern.Node(sysctl.Auto, "module", "Module options")
	m.Bool(sysctl.Auto, "autoload", "Load modules when they are needed: all are linked in", new(atomic.Bool))
	m.Bool(sysctl.Auto, "verbose", "Tell what the module loader does: without effect", new(atomic.Bool))
	m.ConstString(sysctl.Auto, "path", "Default module load path", modulePath)
	idle := new(atomic.Int32)
	idle.Store(10)
	m.Int(sysctl.Auto, "autotime", "Seconds after which idle modules are unloaded: without effect", idle, func(v int32) error {
		if v < 0 {
			return abi.EINVAL
		}
		return nil
	})
	m.Loose()
}

// sysctlStats makes the nodes of statistics that tools expect and that are
// empty: there are no disks in the base.
func (b *Base) sysctlStats(hw *sysctl.Node) {
	none := func(*proc.LWP) ([]byte, error) { return nil, nil }
	for _, n := range [...]struct {
		num        int32
		name, desc string
		typ        uint32
	}{
		{abi.HW_DISKNAMES, "disknames", "List of disk drives present", abi.CTLTYPE_STRING},
		{abi.HW_IOSTATS, "iostats", "System disk statistics", abi.CTLTYPE_STRUCT},
		{abi.HW_IOSTATNAMES, "iostatnames", "List of devices with statistics", abi.CTLTYPE_STRING},
	} {
		hw.Add(sysctl.Spec{Num: n.num, Name: n.name, Desc: n.desc, Type: n.typ, Get: none})
	}
}
