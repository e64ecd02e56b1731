// Calls on the timers of a process.
package kernel

import (
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/timer"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func timersOf(l *proc.LWP) *timer.Set { return l.Proc().Data(proc.SlotTimers).(*timer.Set) }

// itimervalue checks a struct itimerval: EINVAL when it is not one.
func itimervalue(it abi.Itimerval) (v timer.Value, err error) {
	if v.Left, err = duration(fromTimeval(it.Value)); err != nil {
		return v, err
	}
	v.Interval, err = duration(fromTimeval(it.Interval))
	return v, err
}

// toItimerval rounds up, so that a timer that is armed never shows 0.
func toItimerval(v timer.Value) abi.Itimerval {
	const up = time.Microsecond - 1
	return abi.Itimerval{Value: timeval(int64(v.Left + up)), Interval: timeval(int64(v.Interval))}
}

// SysSetitimer50 is setitimer(2), row 425. Without a new value it is
// getitimer(2). ITIMER_VIRTUAL is kept and never expires: what callers do
// between their calls the kernel does not see, and waiting on the host would
// look like work. ITIMER_PROF runs while the process is in a call. NetBSD's
// rump kernel runs neither.
func (b *Base) SysSetitimer50(l *proc.LWP, which int32, itv usermem.In[abi.Itimerval], oitv usermem.Out[abi.Itimerval]) error {
	if itv.IsNil() {
		if oitv.IsNil() {
			return nil
		}
		return b.SysGetitimer50(l, which, oitv)
	}
	it, err := itv.Get()
	if err != nil {
		return err
	}
	v, err := itimervalue(it)
	if err != nil {
		return err
	}
	old, err := timersOf(l).Set(which, v)
	if err != nil || oitv.IsNil() {
		return err
	}
	return oitv.Put(toItimerval(old))
}

// SysGetitimer50 is getitimer(2), row 426.
func (b *Base) SysGetitimer50(l *proc.LWP, which int32, itv usermem.Out[abi.Itimerval]) error {
	v, err := timersOf(l).Get(which)
	if err != nil {
		return err
	}
	return itv.Put(toItimerval(v))
}

// SysTimerCreate is timer_create(2), row 235. Without evp the timer sends
// SIGALRM, or what the clock's interval timer sends.
func (b *Base) SysTimerCreate(l *proc.LWP, id int32, evp usermem.In[abi.Sigevent], timerid usermem.Out[int32]) error {
	if id < abi.CLOCK_REALTIME || id > abi.CLOCK_MONOTONIC {
		return abi.EINVAL
	}
	sig := int32(abi.SIGALRM)
	switch id {
	case abi.CLOCK_VIRTUAL:
		sig = int32(abi.SIGVTALRM)
	case abi.CLOCK_PROF:
		sig = int32(abi.SIGPROF)
	}
	if !evp.IsNil() {
		ev, err := evp.Get()
		if err != nil {
			return err
		}
		if sig, err = eventSignal(ev); err != nil {
			return err
		}
	}
	n, err := timersOf(l).Create(id, sig)
	if err != nil {
		return err
	}
	if err := timerid.Put(n); err != nil {
		_ = timersOf(l).Delete(n)
		return err
	}
	return nil
}

// eventSignal returns the signal that a struct sigevent asks for, 0 for none
// and for threads, which are the library's affair.
func eventSignal(ev abi.Sigevent) (int32, error) {
	switch ev.Notify {
	case abi.SIGEV_NONE, abi.SIGEV_THREAD:
		return 0, nil
	case abi.SIGEV_SIGNAL:
		if ev.Signo > 0 && ev.Signo < abi.NSIG {
			return ev.Signo, nil
		}
	}
	return 0, abi.EINVAL
}

// SysTimerDelete is timer_delete(2), row 236.
func (b *Base) SysTimerDelete(l *proc.LWP, id int32) error { return timersOf(l).Delete(id) }

// SysTimerGetoverrun is timer_getoverrun(2), row 239.
func (b *Base) SysTimerGetoverrun(l *proc.LWP, id int32) (int32, error) {
	return timersOf(l).Overrun(id)
}

// SysTimerSettime50 is timer_settime(2), row 446.
func (b *Base) SysTimerSettime50(l *proc.LWP, id, flags int32, value usermem.In[abi.Itimerspec], ovalue usermem.Out[abi.Itimerspec]) error {
	it, err := value.Get()
	if err != nil {
		return err
	}
	var v timer.Value
	if v.Left, err = duration(it.Value); err != nil {
		return err
	}
	if v.Interval, err = duration(it.Interval); err != nil {
		return err
	}
	clock, err := timersOf(l).Clock(id)
	if err != nil {
		return err
	}
	if flags&abi.TIMER_ABSTIME != 0 && v.Left > 0 {
		now, err := b.readClock(clock)
		if err != nil {
			return err
		}
		v.Left = max(v.Left-time.Duration(now), 1)
	}
	old, err := timersOf(l).SetTimer(id, v)
	if err != nil || ovalue.IsNil() {
		return err
	}
	return ovalue.Put(toItimerspec(old))
}

// SysTimerGettime50 is timer_gettime(2), row 447.
func (b *Base) SysTimerGettime50(l *proc.LWP, id int32, value usermem.Out[abi.Itimerspec]) error {
	v, err := timersOf(l).GetTimer(id)
	if err != nil {
		return err
	}
	return value.Put(toItimerspec(v))
}

func toItimerspec(v timer.Value) abi.Itimerspec {
	return abi.Itimerspec{Value: Timespec(int64(v.Left)), Interval: Timespec(int64(v.Interval))}
}
