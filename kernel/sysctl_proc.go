// The proc nodes: settings of processes by pid, proc.PID.rlimit.LIMIT.soft and
// its like.
package kernel

import (
	"encoding/binary"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// limitNames are the nodes of the limits, in order of RLIMIT_.
var limitNames = [abi.RLIM_NLIMITS]string{
	"cputime", "filesize", "datasize", "stacksize", "coredumpsize", "memoryuse",
	"memorylocked", "maxproc", "descriptors", "sbsize", "vmemoryuse", "maxlwp",
}

// sysctlProc makes the nodes below any pid; curproc is the caller's own.
func (b *Base) sysctlProc(top *sysctl.Node) {
	p := top.Add(sysctl.Spec{
		Num: abi.PROC_CURPROC, Name: "curproc", Desc: "Per-process settings",
		Type: abi.CTLTYPE_NODE, Flags: abi.CTLFLAG_ANYNUMBER,
	})
	b.procSetting(p, abi.PROC_PID_CORENAME, "corename", "Core file name", abi.CTLTYPE_STRING, abi.MAXPATHLEN, b.corenameCall)
	limits := p.Node(abi.PROC_PID_LIMIT, "rlimit", "Process limits")
	for i, name := range limitNames {
		n := limits.Node(int32(i+1), name, "Limit of "+name)
		b.limitNode(n, abi.PROC_PID_LIMIT_TYPE_SOFT, "soft", i)
		b.limitNode(n, abi.PROC_PID_LIMIT_TYPE_HARD, "hard", i)
	}
	for i, name := range [...]string{"fork", "exec", "exit"} {
		b.procSetting(p, int32(abi.PROC_PID_STOPFORK+i), "stop"+name, "Stop the process at "+name+": without effect",
			abi.CTLTYPE_INT, 4, func(c *sysctl.Call, p *proc.Proc) error { return stopCall(c, p, 1<<i) })
	}
	p.Loose()
}

// procSetting makes a node that anybody may set for a process of its own.
func (b *Base) procSetting(n *sysctl.Node, num int32, name, desc string, typ uint32, size int,
	call func(c *sysctl.Call, p *proc.Proc) error) {
	n.Add(sysctl.Spec{
		Num: num, Name: name, Desc: desc, Type: typ, Size: size,
		Flags: abi.CTLFLAG_READWRITE | abi.CTLFLAG_ANYWRITE,
		Handler: func(c *sysctl.Call) error {
			p, err := b.pathProc(c)
			if err != nil {
				return err
			}
			return call(c, p)
		},
	})
}

func (b *Base) limitNode(n *sysctl.Node, num int32, name string, which int) {
	b.procSetting(n, num, name, "The "+name+" limit", abi.CTLTYPE_QUAD, 8, func(c *sysctl.Call, p *proc.Proc) error {
		return limitCall(c, p, which, num == abi.PROC_PID_LIMIT_TYPE_HARD)
	})
}

// limitCall reads and sets one limit of p.
func limitCall(c *sysctl.Call, p *proc.Proc, which int, hard bool) error {
	lim := p.Limit(which)
	v := &lim.Cur
	if hard {
		v = &lim.Max
	}
	get := func(*proc.LWP) ([]byte, error) { return le64(*v), nil }
	return c.Exchange(get, func(l *proc.LWP, nv []byte) error {
		if !mayChange(l, p) {
			return abi.EPERM
		}
		*v = binary.LittleEndian.Uint64(nv)
		return p.SetLimitBy(l.Cred(), which, lim)
	})
}

// corenameCall reads and sets the name of p's core files: "core", or what ends
// in "/core" or ".core". Others may not even see it.
func (b *Base) corenameCall(c *sysctl.Call, p *proc.Proc) error {
	if c.Wanted() && !mayChange(c.L, p) {
		return abi.EPERM
	}
	get := func(*proc.LWP) ([]byte, error) { return append([]byte(p.Corename()), 0), nil }
	return c.Exchange(get, func(l *proc.LWP, nv []byte) error {
		name := string(nv)
		switch {
		case !mayChange(l, p):
			return abi.EPERM
		case name != "core" && !strings.HasSuffix(name, "/core") && !strings.HasSuffix(name, ".core"):
			return abi.EINVAL
		}
		p.SetCorename(name)
		return nil
	})
}

// stopCall reads and sets a flag of p.
func stopCall(c *sysctl.Call, p *proc.Proc, bit uint32) error {
	get := func(*proc.LWP) ([]byte, error) {
		if p.StopFlag(bit) {
			return le32(1), nil
		}
		return le32(0), nil
	}
	return c.Exchange(get, func(l *proc.LWP, nv []byte) error {
		if !mayChange(l, p) {
			return abi.EPERM
		}
		p.SetStopFlag(bit, binary.LittleEndian.Uint32(nv) != 0)
		return nil
	})
}

// mayChange reports whether l is root's, or p is of l's user and groups and
// has not changed its identity.
func mayChange(l *proc.LWP, p *proc.Proc) bool {
	me, it := l.Cred(), p.Cred()
	return me.IsRoot() || me.Ruid == it.Ruid && me.Ruid == it.Svuid && it.Rgid == it.Svgid && me.InGroup(it.Rgid)
}

// pathProc returns the process that the second number of a path names: ESRCH
// when there is none.
func (b *Base) pathProc(c *sysctl.Call) (*proc.Proc, error) {
	if len(c.Name) != 0 {
		return nil, abi.EINVAL
	}
	if pid := c.Path[1]; pid != abi.PROC_CURPROC {
		if p := b.Procs.Find(pid); p != nil {
			return p, nil
		}
		return nil, abi.ESRCH
	}
	return c.L.Proc(), nil
}
