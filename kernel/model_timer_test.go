// A model of the timers of a process: interval timers and those of
// timer_create(2), on clocks that are set and jump.
package kernel_test

import (
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Timer ids: interval timers are below the first one of timer_create(2).
const (
	firstTimer = abi.ITIMER_MONOTONIC + 1
	lastTimer  = firstTimer + 4
)

// clocksModel is the clocks, in nanoseconds, on a simulated host.
type clocksModel struct {
	c    *client.Client
	h    *hypercall.Sim
	mono int64 // CLOCK_MONOTONIC
	wall int64 // what CLOCK_REALTIME is ahead of it
}

// newClocks reads the clocks once.
func newClocks(t *rapid.T, c *client.Client, h *hypercall.Sim) clocksModel {
	var mono, real abi.Timespec
	isErr(t, "clock_gettime", c.ClockGettime(abi.CLOCK_MONOTONIC, &mono), 0)
	isErr(t, "clock_gettime", c.ClockGettime(abi.CLOCK_REALTIME, &real), 0)
	m := clocksModel{c: c, h: h, mono: mono.Sec*1e9 + mono.Nsec}
	m.wall = real.Sec*1e9 + real.Nsec - m.mono
	return m
}

// clock returns what a clock shows.
func (m *clocksModel) clock(id int) int64 {
	if id == abi.CLOCK_REALTIME {
		return m.mono + m.wall
	}
	return m.mono
}

// jump moves the wall clock alone: the host's, or the kernel's by setting it.
func (m *clocksModel) jump(t *rapid.T) {
	d := rapid.Int64Range(-100e9, 100e9).Draw(t, "jump")
	m.wall += d
	if rapid.Bool().Draw(t, "host") {
		m.h.Jump(time.Duration(d))
		return
	}
	ts := timespecOf(m.mono + m.wall)
	isErr(t, "clock_settime", m.c.ClockSettime(abi.CLOCK_REALTIME, &ts), 0)
}

func (m *clocksModel) checkClocks(t *rapid.T) {
	for _, id := range []int{abi.CLOCK_REALTIME, abi.CLOCK_MONOTONIC} {
		var ts abi.Timespec
		isErr(t, "clock_gettime", m.c.ClockGettime(id, &ts), 0)
		if want := timespecOf(m.clock(id)); ts != want {
			t.Fatalf("clock %d shows %+v, want %+v", id, ts, want)
		}
	}
}

func timespecOf(ns int64) abi.Timespec { return abi.Timespec{Sec: ns / 1e9, Nsec: ns % 1e9} }

// timevalOf rounds up.
func timevalOf(ns int64) abi.Timeval {
	us := (ns + 999) / 1000
	return abi.Timeval{Sec: us / 1e6, Usec: int32(us % 1e6)}
}

// timerModel is a timer: next is when it expires on CLOCK_MONOTONIC, 0 when it
// is not armed.
type timerModel struct {
	clock    int
	sig      abi.Signal
	next     int64
	interval int64
	overrun  int64
}

// timersModel is a process's.
type timersModel struct {
	clocksModel
	timers map[int]*timerModel // the interval timers too
	heard  [abi.NSIG]atomic.Int32
	sent   [abi.NSIG]int32
}

// value is what a timer shows.
func (m *timersModel) value(id int) (left, interval int64) {
	tm := m.timers[id]
	if tm == nil || tm.next == 0 {
		return 0, 0
	}
	return tm.next - m.mono, tm.interval
}

// expire has all timers expire that are due, once each: what they missed by
// being late they pass over.
func (m *timersModel) expire() {
	for _, tm := range m.timers {
		if tm.next == 0 || tm.next > m.mono {
			continue
		}
		if m.sent[tm.sig]++; tm.interval == 0 {
			tm.next = 0
			continue
		}
		tm.overrun = (m.mono - tm.next) / tm.interval
		tm.next += (tm.overrun + 1) * tm.interval
	}
}

// first returns when the first timer expires, 0 for never.
func (m *timersModel) first() (at int64) {
	for _, tm := range m.timers {
		if tm.next != 0 && (at == 0 || tm.next < at) {
			at = tm.next
		}
	}
	return at
}

// advance lets time pass; each timer expires at its time.
func (m *timersModel) advance(t *rapid.T) {
	d := rapid.Int64Range(1, 1e9).Draw(t, "d")
	m.h.Advance(time.Duration(d))
	end := m.mono + d
	for at := m.first(); at != 0 && at <= end; at = m.first() {
		m.mono = at
		m.expire()
	}
	m.mono = end
}

// late has the host tell too late that a timer is due.
func (m *timersModel) late(t *rapid.T) {
	at, late := m.first(), rapid.Int64Range(0, 5e9).Draw(t, "late")
	if m.h.AdvanceNext(time.Duration(late)) != (at != 0) {
		t.Fatalf("the host's timers are not ours: the first is at %d", at)
	}
	if at != 0 {
		m.mono = at + late
		m.expire()
	}
}

// arm sets a timer to expire after left, or never: then it keeps how often it
// was missed.
func (m *timersModel) arm(tm *timerModel, left, interval int64) {
	tm.next, tm.interval = 0, 0
	if left > 0 {
		tm.next, tm.interval, tm.overrun = m.mono+left, interval, 0
		if interval > 0 {
			tm.interval = max(interval, 10e6) // a tick
		}
	}
}

// setitimer sets an interval timer, in microseconds.
func (m *timersModel) setitimer(t *rapid.T) {
	which := rapid.SampledFrom([]int{abi.ITIMER_REAL, abi.ITIMER_MONOTONIC}).Draw(t, "which")
	left := rapid.Int64Range(0, 3e6).Draw(t, "value") * 1000
	interval := rapid.SampledFrom([]int64{0, 1, 10000, 12345, 2500000}).Draw(t, "interval") * 1000
	var old abi.Itimerval
	it := abi.Itimerval{Value: timevalOf(left), Interval: timevalOf(interval)}
	isErr(t, "setitimer", m.c.Setitimer(which, &it, &old), 0)
	m.isItimer(t, which, old)
	m.arm(m.timers[which], left, interval)
}

func (m *timersModel) isItimer(t *rapid.T, which int, got abi.Itimerval) {
	left, interval := m.value(which)
	if want := (abi.Itimerval{Value: timevalOf(left), Interval: timevalOf(interval)}); got != want {
		t.Fatalf("interval timer %d shows %+v, want %+v", which, got, want)
	}
}

func (m *timersModel) create(t *rapid.T) {
	id := firstTimer
	for ; m.timers[id] != nil; id++ {
	}
	if id > lastTimer {
		return
	}
	tm := &timerModel{
		clock: rapid.SampledFrom([]int{abi.CLOCK_REALTIME, abi.CLOCK_MONOTONIC}).Draw(t, "clock"),
		sig:   rapid.SampledFrom([]abi.Signal{0, abi.SIGALRM, abi.SIGUSR1, abi.SIGUSR2}).Draw(t, "signal"),
	}
	ev := &abi.Sigevent{Notify: abi.SIGEV_SIGNAL, Signo: int32(tm.sig)}
	switch tm.sig {
	case 0:
		ev = &abi.Sigevent{Notify: abi.SIGEV_NONE}
	case abi.SIGALRM:
		ev = nil
	}
	got, err := m.c.TimerCreate(tm.clock, ev)
	isErr(t, "timer_create", err, 0)
	if got != id {
		t.Fatalf("timer_create gives %d, want %d", got, id)
	}
	m.timers[id] = tm
}

// any draws a timer of timer_create(2), or an id that is none.
func (m *timersModel) any(t *rapid.T) (int, *timerModel, abi.Errno) {
	id := rapid.IntRange(firstTimer-1, lastTimer+1).Draw(t, "id")
	if tm := m.timers[id]; tm != nil && id >= firstTimer {
		return id, tm, 0
	}
	return id, nil, abi.EINVAL
}

// settime sets a timer, for a time or until one.
func (m *timersModel) settime(t *rapid.T) {
	id, tm, errno := m.any(t)
	left := rapid.SampledFrom([]int64{0, 1, 1e6, 999999999, 3e9}).Draw(t, "value")
	interval := rapid.SampledFrom([]int64{0, 1, 10e6, 12345678, 3e9}).Draw(t, "interval")
	flags, at := 0, left
	if rapid.Bool().Draw(t, "absolute") && tm != nil {
		flags, at = abi.TIMER_ABSTIME, m.clock(tm.clock)+left
		if back := rapid.SampledFrom([]int64{0, 0, 4e9}).Draw(t, "back"); back != 0 {
			at = max(at-back, 1)
		}
		left = max(at-m.clock(tm.clock), 1)
	}
	var old abi.Itimerspec
	it := abi.Itimerspec{Value: timespecOf(at), Interval: timespecOf(interval)}
	isErr(t, "timer_settime", m.c.TimerSettime(id, flags, &it, &old), errno)
	if tm != nil {
		m.isTimer(t, id, old)
		m.arm(tm, left, interval)
	}
}

func (m *timersModel) isTimer(t *rapid.T, id int, got abi.Itimerspec) {
	left, interval := m.value(id)
	if want := (abi.Itimerspec{Value: timespecOf(left), Interval: timespecOf(interval)}); got != want {
		t.Fatalf("timer %d shows %+v, want %+v", id, got, want)
	}
}

func (m *timersModel) delete(t *rapid.T) {
	id, _, errno := m.any(t)
	isErr(t, "timer_delete", m.c.TimerDelete(id), errno)
	if errno == 0 {
		delete(m.timers, id)
	}
}

// exec leaves the interval timers alone.
func (m *timersModel) exec(t *rapid.T) {
	isErr(t, "exec", m.c.Exec("model"), 0)
	for id := firstTimer; id <= lastTimer; id++ {
		delete(m.timers, id)
	}
}

// check compares all timers, and the signals so far.
func (m *timersModel) check(t *rapid.T) {
	m.checkClocks(t)
	for _, which := range []int{abi.ITIMER_REAL, abi.ITIMER_MONOTONIC} {
		var it abi.Itimerval
		isErr(t, "getitimer", m.c.Getitimer(which, &it), 0)
		m.isItimer(t, which, it)
	}
	for id := firstTimer; id <= lastTimer; id++ {
		tm, errno := m.timers[id], abi.Errno(0)
		if tm == nil {
			errno = abi.EINVAL
		}
		var it abi.Itimerspec
		isErr(t, "timer_gettime", m.c.TimerGettime(id, &it), errno)
		m.isTimer(t, id, it)
		n, err := m.c.TimerGetoverrun(id)
		isErr(t, "timer_getoverrun", err, errno)
		if tm != nil && int64(n) != tm.overrun {
			t.Fatalf("timer %d was missed %d times, want %d", id, n, tm.overrun)
		}
	}
	for sig := 1; sig < abi.NSIG; sig++ {
		if got := m.heard[sig].Load(); got != m.sent[sig] {
			t.Fatalf("%d signals %d, want %d", got, sig, m.sent[sig])
		}
	}
}

// Timers expire when the model says, and show what is left and missed.
func TestTimerModel(t *testing.T) {
	h := hypercall.NewSim(1)
	k, _ := boot(t, kernel.Config{Host: h})
	rapid.Check(t, func(t *rapid.T) {
		c, err := client.New(k, "model")
		isErr(t, "attach", err, 0)
		m := &timersModel{clocksModel: newClocks(t, c, h), timers: map[int]*timerModel{
			abi.ITIMER_REAL: {sig: abi.SIGALRM}, abi.ITIMER_MONOTONIC: {sig: abi.SIGALRM},
		}}
		c.OnSignal(func(sig abi.Signal) { m.heard[sig].Add(1) })
		defer func() {
			if _ = c.Exit(); h.Pending() != 0 {
				t.Errorf("a process that ended left %d timers", h.Pending())
			}
		}()
		t.Repeat(map[string]func(*rapid.T){
			"setitimer": m.setitimer, "create": m.create, "settime": m.settime, "settime again": m.settime,
			"delete": m.delete, "exec": m.exec, "jump": m.jump, "advance": m.advance, "late": m.late, "": m.check,
		})
	})
}
