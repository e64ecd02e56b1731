// kern.proc2, kern.lwp and kern.proc_args: what ps(1) asks for.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Bounds of the records that clients ask for, and how many more are announced
// than there are, as some may come meanwhile.
const (
	maxRecord  = 4096
	recordSlop = 5
)

func (b *Base) sysctlProcs(kern *sysctl.Node) {
	kern.Proc(abi.KERN_PROC2, "proc2", "Machine-independent process information", b.proc2Node)
	kern.Proc(abi.KERN_LWP, "lwp", "System-wide LWP information", b.lwpNode)
	kern.Proc(abi.KERN_PROC_ARGS, "proc_args", "Process argument information", b.procArgsNode)
}

// records hands out records of the size and number that the caller asked for.
type records struct {
	c     *sysctl.Call
	size  int
	count int32
}

// newRecords takes the last two numbers of a name: the size of a record and
// the most records to copy.
func newRecords(c *sysctl.Call, at int) (*records, error) {
	if len(c.Name) != at+2 {
		return nil, abi.EINVAL
	}
	size, count := c.Name[at], c.Name[at+1]
	if size <= 0 || size > maxRecord || count < 0 {
		return nil, abi.EINVAL
	}
	return &records{c: c, size: int(size), count: count}, nil
}

// add copies out one record, or only counts it when there is no room.
func (r *records) add(rec []byte) error {
	if !r.c.Wanted() {
		r.c.Grow(r.size)
		return nil
	}
	if r.count <= 0 || r.c.Room() < r.size {
		return abi.ENOMEM
	}
	r.count--
	return r.c.Return(pad(rec, r.size))
}

// end tells a caller who only asks for the size a little more.
func (r *records) end() error {
	if !r.c.Wanted() {
		r.c.Grow(recordSlop * r.size)
	}
	return nil
}

// proc2Node answers kern.proc2.OP.ARG.SIZE.COUNT.
func (b *Base) proc2Node(c *sysctl.Call) error {
	r, err := newRecords(c, 2)
	if err != nil {
		return err
	}
	procs := b.Procs.All()
	for _, p := range procs {
		ok, err := selected(p, c.Name[0], c.Name[1])
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		ki := b.kinfoProc2(p)
		if err := r.add(usermem.BytesOf(&ki)); err != nil {
			return err
		}
	}
	return r.end()
}

// selected reports whether op and arg (KERN_PROC_) mean p.
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

// kinfoProc2 describes a process. There is no memory and no processor time to
// tell of.
func (b *Base) kinfoProc2(p *proc.Proc) abi.KinfoProc2 {
	c, g := p.Cred(), p.Pgrp()
	start := timeval(p.Started())
	ki := abi.KinfoProc2{
		Pid: p.Pid, Ppid: p.Ppid(), Sid: g.Session.ID, Pgid: g.ID, Tpgid: -1,
		Flag: abi.P_INMEM, Uid: c.Euid, Ruid: c.Ruid, Gid: c.Egid, Rgid: c.Rgid,
		Svuid: c.Svuid, Svgid: c.Svgid, Ngroups: int16(len(c.Groups)), Tdev: ^uint32(0),
		Stat: abi.LSSLEEP, Realstat: abi.SACTIVE, Nice: abi.NZERO,
		Nlwps: uint64(p.NumLWPs()), Uvalid: 1,
		UstartSec: uint32(start.Sec), UstartUsec: uint32(start.Usec),
		Cpuid: noCPU,
	}
	if p.Pid == 0 {
		ki.Flag |= abi.P_SYSTEM
	}
	if g.Session.ID == p.Pid {
		ki.Eflag |= abi.EPROC_SLEADER
	}
	copy(ki.Groups[:], c.Groups)
	copy(ki.Comm[:len(ki.Comm)-1], p.Name())
	copy(ki.Login[:len(ki.Login)-1], g.Session.Login())
	copy(ki.Ename[:len(ki.Ename)-1], "netbsd")
	return ki
}

// noCPU is KI_NOCPU: the lwp runs on no particular CPU.
const noCPU = 1<<64 - 1

// lwpNode answers kern.lwp.PID.SIZE.COUNT.
func (b *Base) lwpNode(c *sysctl.Call) error {
	r, err := newRecords(c, 1)
	if err != nil {
		return err
	}
	p := b.Procs.Find(c.Name[0])
	if p == nil {
		return abi.ESRCH
	}
	for _, l := range p.LWPs() {
		ki := abi.KinfoLwp{
			Lid: l.ID(), Flag: abi.L_INMEM, Stat: abi.LSRUN, Pid: uint32(p.Pid), Cpuid: noCPU,
		}
		if l.Asleep() >= 0 {
			ki.Stat = abi.LSSLEEP
			copy(ki.Wmesg[:len(ki.Wmesg)-1], callName(l.Asleep()))
		}
		if err := r.add(usermem.BytesOf(&ki)); err != nil {
			return err
		}
	}
	return r.end()
}

// procArgsNode answers kern.proc_args.PID.OP. The kernel knows of a client's
// arguments only its name.
func (b *Base) procArgsNode(c *sysctl.Call) error {
	if len(c.Name) != 2 {
		return abi.EINVAL
	}
	p := b.Procs.Find(c.Name[0])
	if p == nil {
		return abi.EINVAL
	}
	switch c.Name[1] {
	case abi.KERN_PROC_ARGV:
		return c.Return(append([]byte(p.Name()), 0))
	case abi.KERN_PROC_NARGV:
		return c.Return(le32(1))
	case abi.KERN_PROC_ENV:
		return nil
	case abi.KERN_PROC_NENV:
		return c.Return(le32(0))
	}
	return abi.EINVAL
}
