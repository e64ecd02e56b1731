package kernel_test

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/tailored/base"
)

// settle waits until n timers of the simulated host are pending.
func settle(h *hypercall.Sim, n int) {
	for h.Pending() < n {
		runtime.Gosched()
	}
}

func TestClocks(t *testing.T) {
	h, _, c := bootSim(t)
	var ts abi.Timespec
	var tv abi.Timeval
	h.Advance(1500 * time.Millisecond)
	want(t, "clock_gettime", c.ClockGettime(abi.CLOCK_MONOTONIC, &ts), 0)
	if ts != (abi.Timespec{Sec: 2, Nsec: 500e6}) {
		t.Errorf("uptime is %+v, but it begins with 1 s", ts)
	}
	want(t, "gettimeofday", c.Gettimeofday(&tv, nil), 0)
	if tv.Sec != 946684801 || tv.Usec != 500000 {
		t.Errorf("the time is %+v", tv)
	}
	want(t, "clock_settime", c.ClockSettime(abi.CLOCK_REALTIME, &abi.Timespec{Sec: 50}), 0)
	h.Advance(time.Second)
	want(t, "clock_gettime", c.ClockGettime(abi.CLOCK_REALTIME, &ts), 0)
	if ts.Sec != 51 {
		t.Errorf("the time is %+v, one second after it was set", ts)
	}
	for _, tc := range []struct {
		name string
		err  error
		want abi.Errno
	}{
		{"clock_gettime of nothing", c.ClockGettime(77, &ts), abi.EINVAL},
		{"clock_getres", c.ClockGetres(abi.CLOCK_REALTIME, nil), 0},
		{"clock_getres of nothing", c.ClockGetres(77, &ts), abi.EINVAL},
		{"clock_settime of the uptime", c.ClockSettime(abi.CLOCK_MONOTONIC, &ts), abi.EINVAL},
		{"too many nanoseconds", c.ClockSettime(abi.CLOCK_REALTIME, &abi.Timespec{Nsec: 1e9}), abi.EINVAL},
		{"settimeofday before 1970", c.Settimeofday(&abi.Timeval{Sec: -1}, nil), abi.EINVAL},
		{"nanosleep below 0", c.Nanosleep(&abi.Timespec{Sec: -1}, nil), 0},
		{"nanosleep of nothing", c.Nanosleep(&abi.Timespec{}, nil), 0},
		{"clock_nanosleep of nothing", c.ClockNanosleep(99, 0, &ts, nil), abi.EINVAL},
	} {
		want(t, tc.name, tc.err, tc.want)
	}
}

func TestAdjtime(t *testing.T) {
	h, _, c := bootSim(t)
	var old abi.Timeval
	var ts abi.Timespec
	want(t, "adjtime", c.Adjtime(&abi.Timeval{Usec: 500000}, &old), 0)
	h.Advance(10 * time.Second)
	want(t, "clock_gettime", c.ClockGettime(abi.CLOCK_REALTIME, &ts), 0)
	if got := ts.Nsec; got != 50e6 {
		t.Errorf("after 10 s the clock was moved by %d ns", got)
	}
	want(t, "adjtime", c.Adjtime(nil, &old), 0)
	if old.Sec != 0 || old.Usec != 450000 {
		t.Errorf("left to adjust: %+v", old)
	}
	h.Advance(1000 * time.Second)
	want(t, "clock_gettime", c.ClockGettime(abi.CLOCK_REALTIME, &ts), 0)
	if ts.Nsec != 500e6 {
		t.Errorf("in the end the clock was moved by %d ns", ts.Nsec)
	}
}

// The wall clock goes where the host's does, even after it was set or while it
// is slewed; the uptime does not.
func TestHostClockJumps(t *testing.T) {
	h, _, c := bootSim(t)
	now := func(id int) int64 {
		var ts abi.Timespec
		want(t, "clock_gettime", c.ClockGettime(id, &ts), 0)
		return ts.Sec
	}
	h.Jump(time.Hour)
	if got := now(abi.CLOCK_REALTIME); got != 946684800+3600 {
		t.Errorf("the host's clock went on an hour, ours is %d", got)
	}
	want(t, "clock_settime", c.ClockSettime(abi.CLOCK_REALTIME, &abi.Timespec{Sec: 5000}), 0)
	h.Jump(-time.Minute)
	if got := now(abi.CLOCK_REALTIME); got != 4940 {
		t.Errorf("the host's clock went back a minute, ours from 5000 to %d", got)
	}
	want(t, "adjtime", c.Adjtime(&abi.Timeval{Sec: 1}, nil), 0)
	h.Jump(time.Minute)
	h.Advance(200 * time.Second)
	if got := now(abi.CLOCK_REALTIME); got != 5201 {
		t.Errorf("the clock is %d after a jump while it was slewed", got)
	}
	if got := now(abi.CLOCK_MONOTONIC); got != 201 {
		t.Errorf("the uptime is %d", got)
	}
}

func TestSleep(t *testing.T) {
	h, k, c := bootSim(t)
	done := make(chan error)
	go func() { done <- c.Nanosleep(&abi.Timespec{Sec: 3}, nil) }()
	settle(h, 1)
	h.Advance(2 * time.Second)
	select {
	case err := <-done:
		t.Fatal("the sleep ended too soon:", err)
	default:
	}
	h.Advance(time.Second)
	want(t, "nanosleep", <-done, 0)
	var left abi.Timespec
	d := attach(t, k)
	th, err := d.NewThread()
	if err != nil {
		t.Fatal(err)
	}
	go func() { done <- th.Nanosleep(&abi.Timespec{Sec: 9}, &left) }()
	settle(h, 1)
	h.Advance(4 * time.Second)
	want(t, "exit", d.Exit(), 0)
	want(t, "nanosleep of a process that ended", <-done, abi.EINTR)
	if left.Sec != 5 {
		t.Errorf("%+v were left to sleep", left)
	}
}

// In a bubble of package synctest a kernel's time is the bubble's.
func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, err := base.Boot(kernel.Config{})
		if err != nil {
			t.Fatal(err)
		}
		defer k.Close()
		c := attach(t, k)
		start := time.Now()
		want(t, "nanosleep", c.Nanosleep(&abi.Timespec{Sec: 3600}, nil), 0)
		if d := time.Since(start); d != time.Hour {
			t.Errorf("the sleep took %v", d)
		}
		r, _ := pipe(t, c)
		fds := []abi.Pollfd{{Fd: int32(r), Events: abi.POLLIN}}
		if n, err := c.Poll(fds, 60000); n != 0 || err != nil || time.Since(start) != time.Hour+time.Minute {
			t.Errorf("poll = %d, %v after %v", n, err, time.Since(start))
		}
	})
}

// signals collects the signals of a process.
type signals struct {
	mu   sync.Mutex
	list []abi.Signal
}

func (s *signals) add(sig abi.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, sig)
}

func (s *signals) take() []abi.Signal {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.list
	s.list = nil
	return l
}

func TestItimer(t *testing.T) {
	h, _, c := bootSim(t)
	var sigs signals
	c.OnSignal(sigs.add)
	it := abi.Itimerval{Value: abi.Timeval{Sec: 2}, Interval: abi.Timeval{Sec: 1}}
	want(t, "setitimer", c.Setitimer(abi.ITIMER_REAL, &it, nil), 0)
	h.Advance(1500 * time.Millisecond)
	var now abi.Itimerval
	want(t, "getitimer", c.Getitimer(abi.ITIMER_REAL, &now), 0)
	if now.Value.Sec != 0 || now.Value.Usec != 500000 || now.Interval.Sec != 1 {
		t.Errorf("getitimer gives %+v", now)
	}
	h.Advance(3 * time.Second)
	if got := sigs.take(); len(got) != 3 || got[0] != abi.SIGALRM {
		t.Errorf("signals: %v", got)
	}
	want(t, "disarming", c.Setitimer(abi.ITIMER_REAL, &abi.Itimerval{}, &now), 0)
	h.Advance(5 * time.Second)
	if got := sigs.take(); len(got) != 0 || h.Pending() != 0 {
		t.Errorf("signals of a timer that is not armed: %v", got)
	}
	want(t, "a timer that is not", c.Setitimer(9, &it, nil), abi.EINVAL)
	want(t, "a time that is none", c.Setitimer(0, &abi.Itimerval{Value: abi.Timeval{Usec: 1e6}}, nil), abi.EINVAL)
	want(t, "a virtual timer", c.Setitimer(abi.ITIMER_VIRTUAL, &it, nil), 0)
	want(t, "exit", c.Exit(), 0)
	if h.Pending() != 0 {
		t.Error("an ended process left a timer")
	}
}

func TestTimers(t *testing.T) {
	h, _, c := bootSim(t)
	var sigs signals
	c.OnSignal(sigs.add)
	id, err := c.TimerCreate(abi.CLOCK_MONOTONIC, &abi.Sigevent{Notify: abi.SIGEV_SIGNAL, Signo: int32(abi.SIGUSR1)})
	want(t, "timer_create", err, 0)
	at := abi.Itimerspec{Value: abi.Timespec{Sec: 5}} // of the uptime, which begins with 1
	want(t, "timer_settime", c.TimerSettime(id, abi.TIMER_ABSTIME, &at, nil), 0)
	h.Advance(3 * time.Second)
	var now abi.Itimerspec
	want(t, "timer_gettime", c.TimerGettime(id, &now), 0)
	if now.Value.Sec != 1 || len(sigs.take()) != 0 {
		t.Errorf("timer_gettime gives %+v", now)
	}
	h.Advance(time.Second)
	if got := sigs.take(); len(got) != 1 || got[0] != abi.SIGUSR1 {
		t.Errorf("signals: %v", got)
	}
	if n, err := c.TimerGetoverrun(id); n != 0 || err != nil {
		t.Errorf("timer_getoverrun = %d, %v", n, err)
	}
	want(t, "timer_delete", c.TimerDelete(id), 0)
	want(t, "timer_delete again", c.TimerDelete(id), abi.EINVAL)
	_, err = c.TimerCreate(99, nil)
	want(t, "a timer of no clock", err, abi.EINVAL)
	_, err = c.TimerCreate(0, &abi.Sigevent{Notify: abi.SIGEV_SIGNAL})
	want(t, "a timer of no signal", err, abi.EINVAL)
	for range 100 {
		if _, err = c.TimerCreate(0, nil); err != nil {
			break
		}
	}
	want(t, "too many timers", err, abi.EAGAIN)
}
