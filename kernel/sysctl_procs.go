// kern.proc, kern.proc2, kern.lwp and kern.proc_args: what ps(1) asks for.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// procSlop is how many more processes and lwps than there are a caller that
// asks for the size is told of: some may come meanwhile.
const procSlop = 5

func (b *Base) sysctlProcs(kern *sysctl.Node) {
	kern.Proc(abi.KERN_PROC, "proc", "System-wide process information", b.procNode).Loose()
	kern.Proc(abi.KERN_PROC2, "proc2", "Machine-independent process information", b.proc2Node).Loose()
	kern.Proc(abi.KERN_LWP, "lwp", "System-wide LWP information", b.lwpNode)
	kern.Proc(abi.KERN_PROC_ARGS, "proc_args", "Process argument information", b.procArgsNode).Loose()
}

// procNode answers kern.proc.OP.ARG, where KERN_PROC_ALL takes no argument.
func (b *Base) procNode(c *sysctl.Call) error {
	if len(c.Name) == 0 {
		return abi.EINVAL
	}
	op, arg := c.Name[0], int32(0)
	switch {
	case op == abi.KERN_PROC_ALL && len(c.Name) == 1:
	case op != abi.KERN_PROC_ALL && len(c.Name) == 2:
		arg = c.Name[1]
	default:
		return abi.EINVAL
	}
	var ki abi.KinfoProc
	size := len(usermem.BytesOf(&ki))
	r := newRecords(c, int32(size), -1)
	return b.eachProc(op, arg, r, procSlop*size, func(p *proc.Proc) []byte {
		ki = kinfoProc(p)
		return usermem.BytesOf(&ki)
	})
}

// proc2Node answers kern.proc2.OP.ARG.SIZE.COUNT.
func (b *Base) proc2Node(c *sysctl.Call) error {
	if len(c.Name) != 4 {
		return abi.EINVAL
	}
	var ki abi.KinfoProc2
	const slop = procSlop * 1280 // of the records of kern.proc
	r := newRecords(c, c.Name[2], c.Name[3])
	return b.eachProc(c.Name[0], c.Name[1], r, slop, func(p *proc.Proc) []byte {
		ki = b.kinfoProc2(p)
		return usermem.BytesOf(&ki)
	})
}

// eachProc returns a record of each process that op and arg select.
func (b *Base) eachProc(op, arg int32, r *records, slop int, record func(*proc.Proc) []byte) error {
	for _, p := range b.Procs.All() {
		ok, err := selected(p, op, arg)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := r.add(record(p)); err != nil {
			return err
		}
	}
	return r.whole(slop)
}

// selected reports whether op and arg (KERN_PROC_) mean p. No process has a
// terminal.
func selected(p *proc.Proc, op, arg int32) (bool, error) {
	c := p.Cred()
	switch op {
	case abi.KERN_PROC_ALL:
		return true, nil
	case abi.KERN_PROC_PID:
		return p.Pid == arg, nil
	case abi.KERN_PROC_PGRP:
		return p.Pgrp().ID == arg, nil
	case abi.KERN_PROC_SESSION:
		return p.Pgrp().Session.ID == arg, nil
	case abi.KERN_PROC_TTY:
		return arg == abi.KERN_PROC_TTY_NODEV, nil
	case abi.KERN_PROC_UID:
		return c.Euid == uint32(arg), nil
	case abi.KERN_PROC_RUID:
		return c.Ruid == uint32(arg), nil
	case abi.KERN_PROC_GID:
		return c.Egid == uint32(arg), nil
	case abi.KERN_PROC_RGID:
		return c.Rgid == uint32(arg), nil
	}
	return false, abi.EINVAL
}

// lwpNode answers kern.lwp.PID.SIZE.COUNT, where pid -1 means the lwps of all.
func (b *Base) lwpNode(c *sysctl.Call) error {
	if c.HasNew() || len(c.Name) != 3 {
		return abi.EINVAL
	}
	pid := c.Name[0]
	r := newRecords(c, c.Name[1], c.Name[2])
	procs := b.Procs.All()
	if pid != allProcs {
		p := b.Procs.Find(pid)
		if p == nil {
			return abi.ESRCH
		}
		procs = []*proc.Proc{p}
	}
	var ki abi.KinfoLwp
	slop := procSlop * len(usermem.BytesOf(&ki))
	for _, p := range procs {
		for _, l := range p.LWPs() {
			ki = kinfoLwp(p, l)
			if err := r.add(usermem.BytesOf(&ki)); err != nil {
				return err
			}
		}
	}
	return r.whole(slop)
}

// procArgsNode answers kern.proc_args.PID.OP. The kernel knows of a client's
// arguments only its name; the environment is shown to its user alone.
func (b *Base) procArgsNode(c *sysctl.Call) error {
	if c.HasNew() || len(c.Name) != 2 {
		return abi.EINVAL
	}
	op := c.Name[1]
	count := op == abi.KERN_PROC_NARGV || op == abi.KERN_PROC_NENV
	env := op == abi.KERN_PROC_ENV || op == abi.KERN_PROC_NENV
	if op == abi.KERN_PROC_PATHNAME { // of which no rump kernel knows
		c.Grow(c.Offered())
		return nil
	}
	if !count && !env && op != abi.KERN_PROC_ARGV {
		return abi.EINVAL
	}
	p := b.Procs.Find(c.Name[0])
	if p == nil {
		return abi.EINVAL
	}
	if me, it := c.L.Cred(), p.Cred(); env && !me.IsRoot() && (me.Ruid != it.Ruid || me.Ruid != it.Svuid) {
		return abi.EPERM
	}
	switch {
	case !c.Wanted() && !count:
		c.Grow(abi.ARG_MAX)
		return nil
	case p.Pid == 0 && c.Wanted(): // the kernel has neither
		return abi.EINVAL
	case op == abi.KERN_PROC_ARGV:
		return c.Return(append([]byte(p.Name()), 0))
	case op == abi.KERN_PROC_NARGV:
		return c.Return(le32(1))
	case op == abi.KERN_PROC_NENV:
		return c.Return(le32(0))
	}
	c.Grow(0)
	return nil
}
