// The proc nodes: limits of processes by pid, proc.PID.rlimit.LIMIT.soft.
package kernel

import (
	"encoding/binary"

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
	p.ConstString(abi.PROC_PID_CORENAME, "corename", "Core file name", "rumpdump")
	limits := p.Node(abi.PROC_PID_LIMIT, "rlimit", "Process limits")
	for i, name := range limitNames {
		n := limits.Node(int32(i+1), name, "Limit of "+name)
		b.limitNode(n, abi.PROC_PID_LIMIT_TYPE_SOFT, "soft", i)
		b.limitNode(n, abi.PROC_PID_LIMIT_TYPE_HARD, "hard", i)
	}
}

func (b *Base) limitNode(n *sysctl.Node, num int32, name string, which int) {
	n.Add(sysctl.Spec{
		Num: num, Name: name, Desc: "The " + name + " limit", Type: abi.CTLTYPE_QUAD, Size: 8,
		Flags: abi.CTLFLAG_READWRITE | abi.CTLFLAG_ANYWRITE,
		Handler: func(c *sysctl.Call) error {
			return b.limitCall(c, which, num == abi.PROC_PID_LIMIT_TYPE_HARD)
		},
	})
}

// limitCall reads and sets one limit of the process that the path names.
func (b *Base) limitCall(c *sysctl.Call, which int, hard bool) error {
	p, err := b.pathProc(c)
	if err != nil {
		return err
	}
	lim := p.Limit(which)
	v := &lim.Cur
	if hard {
		v = &lim.Max
	}
	if err := c.Return(binary.LittleEndian.AppendUint64(nil, *v)); err != nil || !c.HasNew() {
		return err
	}
	if c.NewLen() != 8 {
		return abi.EINVAL
	}
	nv, err := c.New(8)
	if err != nil {
		return err
	}
	*v = binary.LittleEndian.Uint64(nv)
	return p.SetLimit(which, lim)
}

// pathProc returns the process that the second number of a path names: ESRCH
// when there is none, EPERM when it is somebody else's.
func (b *Base) pathProc(c *sysctl.Call) (*proc.Proc, error) {
	if len(c.Name) != 0 {
		return nil, abi.ENOTDIR
	}
	pid := c.Path[1]
	if pid == abi.PROC_CURPROC {
		return c.L.Proc(), nil
	}
	p := b.Procs.Find(pid)
	if p == nil {
		return nil, abi.ESRCH
	}
	if me := c.L.Cred(); !me.IsRoot() && me.Euid != p.Cred().Ruid {
		return nil, abi.EPERM
	}
	return p, nil
}
