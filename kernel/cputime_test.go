package kernel_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
	"github.com/rumpkit/rumpkit/tailored/base"
)

// ticking is a host whose clock goes on by a millisecond whenever it is read,
// so that each call takes at least that.
type ticking struct {
	*hypercall.Sim
	reads atomic.Int64
}

func (h *ticking) Mono() int64 { return h.reads.Add(1) * int64(time.Millisecond) }

// caller makes calls for which clients have no stubs.
type caller struct {
	t  *testing.T
	p  sysent.Process
	th sysent.Thread
}

func newCaller(t *testing.T, k *base.Kernel) *caller {
	t.Helper()
	p, err := k.Attach("caller", nil)
	if err != nil {
		t.Fatal(err)
	}
	th, err := p.NewThread()
	if err != nil {
		t.Fatal(err)
	}
	return &caller{t: t, p: p, th: th}
}

// call performs a call; a slice among args is memory.
func (c *caller) call(num int, args ...any) (int64, error) {
	var f sysent.Frame
	for i, a := range args {
		switch a := a.(type) {
		case int:
			f.Slot[i] = uint64(a)
		case []byte:
			f.Mem[i] = a
		}
	}
	err := c.th.Syscall(num, &f)
	return f.Ret[0], err
}

// used is the processor time of the process, by getrusage(2).
func (c *caller) used(who int) time.Duration {
	c.t.Helper()
	var ru abi.Rusage
	_, err := c.call(sysent.SYS___getrusage50, who, usermem.BytesOf(&ru))
	want(c.t, "getrusage", err, 0)
	return time.Duration(ru.Stime.Sec)*time.Second + time.Duration(ru.Stime.Usec)*time.Microsecond
}

// clock reads a clock.
func (c *caller) clock(id uint32) (time.Duration, error) {
	var ts abi.Timespec
	_, err := c.call(sysent.SYS___clock_gettime50, int(int32(id)), usermem.BytesOf(&ts))
	return time.Duration(ts.Sec)*time.Second + time.Duration(ts.Nsec), err
}

func (c *caller) work(calls int) {
	for range calls {
		_, _ = c.call(sysent.SYS_getppid)
	}
}

func TestProcessorTime(t *testing.T) {
	k, _ := boot(t, kernel.Config{Host: &ticking{Sim: hypercall.NewSim(1)}})
	c, other := newCaller(t, k), newCaller(t, k)
	c.work(10)
	if got := c.used(abi.RUSAGE_SELF); got != 0 {
		t.Errorf("%v are known, though nobody had asked", got)
	}
	c.work(10)
	got := c.used(abi.RUSAGE_SELF)
	if got < 10*time.Millisecond || got > 20*time.Millisecond {
		t.Errorf("ten calls took %v", got)
	}
	thread, err := c.clock(abi.CLOCK_THREAD_CPUTIME_ID)
	want(t, "clock_gettime of the lwp", err, 0)
	process, err := c.clock(abi.CLOCK_PROCESS_CPUTIME_ID)
	want(t, "clock_gettime of the process", err, 0)
	if thread < got || process < thread {
		t.Errorf("getrusage tells %v, then the lwp's clock %v, then the process's %v", got, thread, process)
	}
	for _, tc := range []struct {
		idtype, id int
		want       uint32
		err        abi.Errno
	}{
		{abi.P_PID, 0, uint32(c.p.Pid()) | abi.CLOCK_PROCESS_CPUTIME_ID, 0},
		{abi.P_PID, int(other.p.Pid()), uint32(other.p.Pid()) | abi.CLOCK_PROCESS_CPUTIME_ID, 0},
		{abi.P_LWPID, 77, 77 | abi.CLOCK_THREAD_CPUTIME_ID, 0},
		{abi.P_ALL, 0, 0, abi.EINVAL},
	} {
		var id uint32
		_, err := c.call(sysent.SYS_clock_getcpuclockid2, tc.idtype, tc.id, usermem.BytesOf(&id))
		want(t, "clock_getcpuclockid2", err, tc.err)
		if id != tc.want {
			t.Errorf("the clock of %d %d is %#x", tc.idtype, tc.id, id)
		}
	}
	first, err := other.clock(uint32(c.p.Pid()) | abi.CLOCK_PROCESS_CPUTIME_ID)
	if want(t, "another process's clock", err, 0); first < process {
		t.Errorf("another sees %v, we %v", first, process)
	}
	_, err = c.clock(4711 | abi.CLOCK_PROCESS_CPUTIME_ID)
	want(t, "the clock of no process", err, abi.ESRCH)
	_, err = c.clock(77 | abi.CLOCK_THREAD_CPUTIME_ID)
	want(t, "the clock of no lwp", err, abi.ESRCH)
	want(t, "exit", other.p.Close(), 0)
	_, err = c.call(sysent.SYS___getrusage50, 7, make([]byte, 144))
	want(t, "getrusage of nobody", err, abi.EINVAL)
}

// What a process has used its parent knows of when it has ended.
func TestProcessorTimeOfChildren(t *testing.T) {
	k, _ := boot(t, kernel.Config{Host: &ticking{Sim: hypercall.NewSim(1)}})
	c := newCaller(t, k)
	p, err := c.p.Fork()
	want(t, "fork", err, 0)
	th, err := p.NewThread()
	want(t, "a thread", err, 0)
	child := &caller{t: t, p: p, th: th}
	child.used(abi.RUSAGE_SELF)
	child.work(10)
	th.Close()
	if got := c.used(abi.RUSAGE_CHILDREN); got != 0 {
		t.Errorf("children that live have used %v", got)
	}
	want(t, "exit", p.Close(), 0)
	if got := c.used(abi.RUSAGE_CHILDREN); got < 10*time.Millisecond {
		t.Errorf("the child has used %v", got)
	}
}

func TestProfilingTimers(t *testing.T) {
	k, _ := boot(t, kernel.Config{Host: &ticking{Sim: hypercall.NewSim(1)}})
	c := attach(t, k)
	var sigs signals
	c.OnSignal(sigs.add)
	work := func() {
		for range 100 {
			c.Getppid()
		}
	}
	it := abi.Itimerval{Value: abi.Timeval{Usec: 50000}}
	want(t, "setitimer", c.Setitimer(abi.ITIMER_PROF, &it, nil), 0)
	want(t, "setitimer", c.Setitimer(abi.ITIMER_VIRTUAL, &it, nil), 0)
	if work(); len(sigs.take()) != 1 {
		t.Error("no SIGPROF, or more than one")
	}
	var now abi.Itimerval
	want(t, "getitimer", c.Getitimer(abi.ITIMER_VIRTUAL, &now), 0)
	if now.Value.Usec != 50000 {
		t.Errorf("user mode took some of what is left of %v", now.Value)
	}
	it.Interval.Usec = 20000
	want(t, "setitimer", c.Setitimer(abi.ITIMER_PROF, &it, nil), 0)
	work()
	if got := sigs.take(); len(got) < 3 || got[0] != abi.SIGPROF {
		t.Errorf("signals %v", got)
	}
	want(t, "disarming", c.Setitimer(abi.ITIMER_PROF, &abi.Itimerval{}, &now), 0)
	if work(); len(sigs.take()) != 0 || now.Value.Usec == 0 || now.Value.Usec > 20000 {
		t.Errorf("%v was left, or the timer goes on", now.Value)
	}
	id, err := c.TimerCreate(abi.CLOCK_PROF, nil)
	want(t, "timer_create", err, 0)
	want(t, "timer_settime", c.TimerSettime(id, 0, &abi.Itimerspec{Value: abi.Timespec{Nsec: 3e7}}, nil), 0)
	if work(); len(sigs.take()) != 1 {
		t.Error("no SIGPROF of timer_create's, or more than one")
	}
}

func TestPriority(t *testing.T) {
	k, _ := boot(t, kernel.Config{})
	c := newCaller(t, k)
	self := int(c.p.Pid())
	for _, tc := range []struct {
		num, which, who, prio int
		ret                   int64
		err                   abi.Errno
	}{
		{sysent.SYS_getpriority, abi.PRIO_PROCESS, 0, 0, 0, 0},
		{sysent.SYS_setpriority, abi.PRIO_PROCESS, 0, 7, 0, 0},
		{sysent.SYS_getpriority, abi.PRIO_PROCESS, self, 0, 7, 0},
		{sysent.SYS_getpriority, abi.PRIO_USER, 0, 0, 0, 0}, // pid 1 is less nice
		{sysent.SYS_setpriority, abi.PRIO_PROCESS, self, -99, 0, 0},
		{sysent.SYS_getpriority, abi.PRIO_PROCESS, 0, 0, -20, 0},
		{sysent.SYS_getpriority, abi.PRIO_PROCESS, 4711, 0, 0, abi.ESRCH},
		{sysent.SYS_setpriority, abi.PRIO_PGRP, 4711, 0, 0, abi.ESRCH},
		{sysent.SYS_getpriority, 9, 0, 0, 0, abi.EINVAL},
	} {
		ret, err := c.call(tc.num, tc.which, tc.who, tc.prio)
		want(t, "priority", err, tc.err)
		if err == nil && int32(ret) != int32(tc.ret) {
			t.Errorf("call %d of %d %d gives %d, not %d", tc.num, tc.which, tc.who, ret, tc.ret)
		}
	}
	_, err := c.call(sysent.SYS_setuid, 5)
	want(t, "setuid", err, 0)
	_, err = c.call(sysent.SYS_setpriority, abi.PRIO_PROCESS, 0, -21)
	want(t, "as nice as before", err, 0)
	_, err = c.call(sysent.SYS_setpriority, abi.PRIO_PROCESS, 0, 3)
	want(t, "nicer", err, 0)
	_, err = c.call(sysent.SYS_setpriority, abi.PRIO_PROCESS, 0, 2)
	want(t, "less nice", err, abi.EACCES)
	_, err = c.call(sysent.SYS_setpriority, abi.PRIO_PROCESS, 1, 2)
	want(t, "another's", err, abi.EPERM)
	_, err = c.call(sysent.SYS_sched_yield)
	want(t, "sched_yield", err, 0)
}

func TestKill(t *testing.T) {
	k, _ := boot(t, kernel.Config{})
	c, victim := newCaller(t, k), attach(t, k)
	var sigs signals
	victim.OnSignal(sigs.add)
	pid := int(victim.Getpid())
	kill := func(pid, sig int, errno abi.Errno, taken int) {
		t.Helper()
		_, err := c.call(sysent.SYS_kill, pid, sig)
		want(t, "kill", err, errno)
		if got := sigs.take(); len(got) != taken || taken > 0 && int(got[0]) != sig {
			t.Errorf("kill(%d, %d): the victim got %v", pid, sig, got)
		}
	}
	kill(pid, int(abi.SIGUSR1), 0, 1)
	kill(pid, 0, 0, 0)
	kill(-1, int(abi.SIGTERM), 0, 1)
	kill(pid, 64, abi.EINVAL, 0)
	kill(pid, -1, abi.EINVAL, 0)
	kill(4711, 0, abi.ESRCH, 0)
	kill(-4711, 0, abi.ESRCH, 0)
	want(t, "setpgid", victim.Setpgid(0, 0), 0)
	kill(-pid, int(abi.SIGHUP), 0, 1)
	kill(0, int(abi.SIGHUP), 0, 0)
	_, err := c.call(sysent.SYS_setuid, 5)
	want(t, "setuid", err, 0)
	kill(pid, int(abi.SIGHUP), abi.EPERM, 0)
	want(t, "setuid", victim.Setuid(5), 0)
	kill(pid, int(abi.SIGHUP), 0, 1)
}
