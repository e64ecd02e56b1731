// Records of processes, lwps and files, as sysctl(7) hands them out.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// records hands out records of the size and number that a caller asked for.
type records struct {
	c      *sysctl.Call
	size   int
	count  uint32
	needed int // bytes of all records, whether or not they were copied
	copied int
}

// newRecords begins with none. size and count are as in the name: what is
// negative is very large.
func newRecords(c *sysctl.Call, size, count int32) *records {
	return &records{c: c, size: int(uint32(size)), count: uint32(count)}
}

// add copies one record out, or only counts it when there is no room.
func (r *records) add(rec []byte) error {
	r.needed += r.size
	if !r.c.Wanted() || r.count == 0 || r.c.Room() < r.size {
		r.count = 0
		return nil
	}
	r.count--
	r.copied += r.size
	n := min(len(rec), r.size)
	if err := r.c.Return(rec[:n]); err != nil {
		return err
	}
	r.c.Grow(r.size - n)
	return nil
}

// whole ends records of which the caller wants all: ENOMEM when some were not
// copied. Who asks for the size is told slop bytes more.
func (r *records) whole(slop int) error {
	switch {
	case !r.c.Wanted():
		r.c.Grow(r.needed + slop)
	case r.needed > r.copied:
		r.c.Grow(0)
		return abi.ENOMEM
	default:
		r.c.Grow(0)
	}
	return nil
}

// all ends records of which the caller is told the size of all, whatever was
// copied. Who asks for the size only is told of slop records more.
func (r *records) all(slop int) error {
	if !r.c.Wanted() {
		r.needed += slop * r.size
	}
	r.c.Grow(r.needed - r.copied)
	return nil
}

// status returns the state of a process and where it sleeps: that of an lwp
// in a call, if there is one.
func status(p *proc.Proc) (stat int8, where string) {
	stat = abi.LSSLEEP
	for _, l := range p.LWPs() {
		if n := l.Asleep(); n >= 0 {
			return abi.LSSLEEP, callName(n)
		}
		stat = abi.LSRUN
	}
	return stat, where
}

// kinfoProc2 describes a process. There is no memory to tell of, and processor
// time once somebody has asked for it (Proc.CountTime).
func (b *Base) kinfoProc2(p *proc.Proc) abi.KinfoProc2 {
	c, g := p.Cred(), p.Pgrp()
	start := timeval(p.Started())
	ki := abi.KinfoProc2{
		Pid: p.Pid, Ppid: p.Ppid(), Sid: g.Session.ID, Pgid: g.ID, Tpgid: -1,
		Flag: abi.P_INMEM, Uid: c.Euid, Ruid: c.Ruid, Gid: c.Egid, Rgid: c.Rgid,
		Svuid: c.Svuid, Svgid: c.Svgid, Ngroups: int16(len(c.Groups)), Tdev: ^uint32(0),
		Realstat: abi.SACTIVE, Nice: uint8(abi.NZERO + p.Nice()),
		Nlwps: uint64(p.NumLWPs()), Uvalid: 1,
		UstartSec: uint32(start.Sec), UstartUsec: uint32(start.Usec),
		Cpuid: noCPU,
	}
	if p.Pid == 0 {
		ki.Flag |= abi.P_SYSTEM
	}
	if p.Sugid() {
		ki.Flag |= abi.P_SUGID
	}
	ki.Realflag = uint64(ki.Flag)
	if g.Session.ID == p.Pid {
		ki.Eflag |= abi.EPROC_SLEADER
	}
	u := p.Usage()
	ran := timeval(u.CPU)
	ki.RtimeSec, ki.RtimeUsec = uint32(ran.Sec), uint32(ran.Usec)
	ki.UstimeSec, ki.UstimeUsec = ki.RtimeSec, ki.RtimeUsec
	ki.UruNvcsw, ki.UruNsignals = uint64(u.Sleeps), uint64(u.Signals)
	var where string
	ki.Stat, where = status(p)
	copy(ki.Wmesg[:len(ki.Wmesg)-1], where)
	copy(ki.Groups[:], c.Groups)
	copy(ki.Comm[:len(ki.Comm)-1], p.Name())
	copy(ki.Login[:len(ki.Login)-1], g.Session.Login())
	copy(ki.Ename[:len(ki.Ename)-1], "netbsd")
	return ki
}

// kinfoProc describes a process in the kernel's own layout.
func kinfoProc(p *proc.Proc) abi.KinfoProc {
	c, g := p.Cred(), p.Pgrp()
	ki := abi.KinfoProc{
		Stat: abi.SACTIVE, Pid: p.Pid, Nlwps: int32(p.NumLWPs()), Nice: uint8(abi.NZERO + p.Nice()),
		Ruid: c.Ruid, Svuid: c.Svuid, Rgid: c.Rgid, Svgid: c.Svgid,
		Ref: 1, Uid: c.Euid, Gid: c.Egid, Ngroups: uint32(len(c.Groups)),
		Ppid: p.Ppid(), Pgid: g.ID, Tdev: ^uint32(0), Sid: g.Session.ID,
	}
	if g.Session.ID == p.Pid {
		ki.Eflag |= abi.EPROC_SLEADER
	}
	_, where := status(p)
	copy(ki.Wmesg[:len(ki.Wmesg)-1], where)
	copy(ki.Groups[:], c.Groups)
	copy(ki.Comm[:len(ki.Comm)-1], p.Name())
	copy(ki.Login[:], g.Session.Login())
	return ki
}

// noCPU is KI_NOCPU: the lwp runs on no particular CPU.
const noCPU = 1<<64 - 1

func kinfoLwp(p *proc.Proc, l *proc.LWP) abi.KinfoLwp {
	ki := abi.KinfoLwp{
		Lid: l.ID(), Flag: abi.L_INMEM, Stat: abi.LSRUN, Pid: uint32(p.Pid), Cpuid: noCPU,
	}
	if n := l.Asleep(); n >= 0 {
		ki.Stat = abi.LSSLEEP
		copy(ki.Wmesg[:len(ki.Wmesg)-1], callName(n))
	}
	return ki
}
