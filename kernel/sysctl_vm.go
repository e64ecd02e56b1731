// The nodes of vm: load, and memory as the kernel accounts for it.
package kernel

import (
	"sync"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

const (
	pageMask  = pageSize - 1
	pageShift = 12
)

func (b *Base) sysctlVM(vm *sysctl.Node) {
	load := &loadAverage{}
	for _, n := range [...]struct {
		num        int32
		name, desc string
		size       int
		get        func() []byte
	}{
		{abi.VM_METER, "vmmeter", "Simple system-wide virtual memory statistics", 48, func() []byte {
			v := b.vmtotal()
			return usermem.BytesOf(&v)
		}},
		{abi.VM_LOADAVG, "loadavg", "System load average history", 24, func() []byte {
			v := load.sample(b.Uptime(), b.Procs.Busy())
			return usermem.BytesOf(&v)
		}},
		{abi.VM_UVMEXP2, "uvmexp2", "Detailed system-wide virtual memory statistics (MI)", 0, func() []byte {
			v := b.uvmexp()
			return usermem.BytesOf(&v)
		}},
	} {
		vm.Struct(n.num, n.name, n.desc, n.size, func(*proc.LWP) ([]byte, error) { return n.get(), nil })
	}
	vm.Add(sysctl.Spec{
		Num: abi.VM_UVMEXP, Name: "uvmexp", Desc: "Detailed system-wide virtual memory statistics",
		Type: abi.CTLTYPE_STRUCT, Size: 312, Handler: b.uvmexpNode,
	})
}

// pages returns how many pages there are and how many are free: those that the
// memory limit leaves, or as if there were one.
func (b *Base) pages() (all, free int64) {
	all = b.memory() / pageSize
	return all, max(0, all-(b.Mem.Used()+pageMask)/pageSize)
}

// vmtotal counts lwps and pages. All memory is the kernel's, and real.
func (b *Base) vmtotal() abi.Vmtotal {
	all, free := b.pages()
	sleep := 0
	for _, p := range b.Procs.All() {
		for _, l := range p.LWPs() {
			if l.Asleep() >= 0 {
				sleep++
			}
		}
	}
	used := int32(all - free)
	return abi.Vmtotal{
		Rq: int16(min(b.Procs.Busy(), 1<<15-1)), Sl: int16(min(sleep, 1<<15-1)),
		Vm: used, Avm: used, Rm: used, Arm: used, Free: int32(free),
	}
}

// uvmexp counts pages: what the kernel's tables, buffers and caches take is
// wired.
func (b *Base) uvmexp() abi.UvmexpSysctl {
	all, free := b.pages()
	return abi.UvmexpSysctl{
		Pagesize: pageSize, Pagemask: pageMask, Pageshift: pageShift,
		Npages: all, Free: free, Wired: all - free, Ncolors: 1, Forks: b.Procs.Forks(),
	}
}

// uvmexpNode answers vm.uvmexp: as much of it as the caller has room for.
func (b *Base) uvmexpNode(c *sysctl.Call) error {
	if len(c.Name) != 0 {
		return abi.EINVAL
	}
	x := b.uvmexp()
	v := abi.Uvmexp{
		Pagesize: pageSize, Pagemask: pageMask, Pageshift: pageShift,
		Npages: int32(x.Npages), Free: int32(x.Free), Wired: int32(x.Wired), Ncolors: 1, Forks: int32(x.Forks),
	}
	rec := usermem.BytesOf(&v)
	if c.Wanted() {
		rec = rec[:min(len(rec), c.Room())]
	}
	return c.Exchange(func(*proc.LWP) ([]byte, error) { return rec, nil }, nil)
}

// loadAverage is the average number of busy lwps over 1, 5 and 15 minutes, in
// units of 1/fscale. It is sampled when it is read: nothing runs for it.
type loadAverage struct {
	mu   sync.Mutex
	last int64 // uptime of the sample before
	avg  [3]uint64
}

// fscale is the unit of fixed-point numbers, loadStep the time after which
// what was before counts for decay/fscale.
const (
	fscale   = 2048
	loadStep = 5 * int64(time.Second)
)

var decay = [3]uint64{1884, 2014, 2037} // exp(-5/60), exp(-5/300), exp(-5/900)

// sample takes what was busy at uptime up for all the time since the sample
// before, and returns the averages.
func (a *loadAverage) sample(up int64, busy int) (v abi.Loadavg) {
	a.mu.Lock()
	defer a.mu.Unlock()
	steps := (up - a.last) / loadStep
	a.last += steps * loadStep
	for i := range a.avg {
		for range min(steps, 5000) {
			a.avg[i] = (a.avg[i]*decay[i] + uint64(busy)*fscale*(fscale-decay[i])) / fscale
		}
		v.Ldavg[i] = uint32(a.avg[i])
	}
	v.Fscale = fscale
	return v
}

// sysctlPools makes kern.pool: how many there are of each kind of object, for
// vmstat -m. Only the counts mean something, as the run time has the pages.
func (b *Base) sysctlPools(kern *sysctl.Node) {
	files := b.Procs.Find(0).Files().(*file.Table)
	lwps := func() (n int) {
		for _, p := range b.Procs.All() {
			n += p.NumLWPs()
		}
		return n
	}
	get := func() []byte {
		list := [...]abi.PoolSysctl{
			pool("procpl", len(usermem.BytesOf(new(proc.Proc))), b.Procs.Len(), b.Procs.MaxProcs()),
			pool("lwppl", len(usermem.BytesOf(new(proc.LWP))), lwps(), 0),
			pool("filepl", len(usermem.BytesOf(new(file.File))), files.Total(), files.Most()),
			pool("memory", 1, int(b.Mem.Used()), int(b.Mem.Limit())),
		}
		return usermem.BytesOfSlice(list[:])
	}
	kern.Add(sysctl.Spec{
		Num: sysctl.Auto, Name: "pool", Desc: "Get pool statistics", Type: abi.CTLTYPE_STRUCT,
		Handler: func(c *sysctl.Call) error {
			list := get()
			if c.Wanted() {
				var one abi.PoolSysctl
				n := len(usermem.BytesOf(&one))
				list = list[:min(len(list), c.Room()/n*n)]
			}
			return c.Return(list)
		},
	})
}

// pool describes n objects of size bytes, of which there may be most, 0 for
// any number.
func pool(name string, size, n, most int) abi.PoolSysctl {
	all := uint64(size * n)
	v := abi.PoolSysctl{
		Size: uint64(size), Pagesize: pageSize, Itemsperpage: uint64(pageSize / size),
		Nitems: uint64(n), Nout: uint64(n), Hardlimit: uint64(most), Npages: (all + pageMask) / pageSize,
	}
	copy(v.Wchan[:len(v.Wchan)-1], name)
	return v
}
