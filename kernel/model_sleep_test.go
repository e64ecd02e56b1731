// A model of sleeping while clocks jump and signals come.
package kernel_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// sleepsModel is a process that sleeps again and again.
type sleepsModel struct {
	clocksModel
	p *proc.Proc
}

// sleepModel is one sleep: until clock shows end.
type sleepModel struct {
	clock    int
	end      int64
	absolute bool
	done     chan error
	left     abi.Timespec
}

// start draws a sleep and begins it.
func (m *sleepsModel) start(t *rapid.T) *sleepModel {
	s := &sleepModel{
		clock: rapid.SampledFrom([]int{abi.CLOCK_REALTIME, abi.CLOCK_MONOTONIC}).Draw(t, "clock"),
		done:  make(chan error, 1), left: abi.Timespec{Sec: 77},
	}
	d := rapid.SampledFrom([]int64{0, 1, 1000, 1e9, 1500e6, 7e9}).Draw(t, "d")
	s.end = m.clock(s.clock) + d
	call := func() error {
		ts := timespecOf(d)
		if s.clock == abi.CLOCK_MONOTONIC {
			return m.c.Nanosleep(&ts, &s.left)
		}
		return m.c.ClockNanosleep(s.clock, 0, &ts, &s.left)
	}
	if s.absolute = rapid.Bool().Draw(t, "absolute"); s.absolute {
		s.end = max(s.end-rapid.SampledFrom([]int64{0, 0, 3e9}).Draw(t, "back"), 1)
		ts := timespecOf(s.end)
		call = func() error { return m.c.ClockNanosleep(s.clock, abi.TIMER_ABSTIME, &ts, &s.left) }
	}
	go func() { s.done <- call() }()
	return s
}

// wait waits for the end of a sleep, whose error is known.
func (m *sleepsModel) wait(t *rapid.T, s *sleepModel, errno abi.Errno) {
	isErr(t, "a sleep", <-s.done, errno)
	want := timespecOf(max(s.end-m.clock(s.clock), 0))
	if errno == abi.EINTR && s.absolute {
		want = abi.Timespec{Sec: 77} // it is not told
	}
	if s.left != want {
		t.Fatalf("%+v is left to sleep, want %+v", s.left, want)
	}
}

// sleep sleeps once. The wall clock may jump meanwhile: a sleep that ends too
// soon for it goes on, one that is late is not cut short.
func (m *sleepsModel) sleep(t *rapid.T) {
	s := m.start(t)
	for m.clock(s.clock) < s.end {
		settle(m.h, 1)
		for wake := m.mono + s.end - m.clock(s.clock); m.mono < wake; {
			switch rapid.SampledFrom([]string{"advance", "advance", "end", "jump", "signal"}).Draw(t, "what") {
			case "advance":
				m.pass(rapid.Int64Range(1, wake-m.mono).Draw(t, "by"))
			case "end":
				m.pass(wake - m.mono)
			case "jump":
				d := rapid.Int64Range(-4e9, 4e9).Draw(t, "jump")
				m.wall += d
				m.h.Jump(time.Duration(d))
			case "signal":
				m.p.Signal(int32(abi.SIGUSR1))
				m.wait(t, s, abi.EINTR)
				m.p.TakeSignal()
				return
			}
		}
	}
	m.wait(t, s, 0)
}

// pass lets time pass.
func (m *sleepsModel) pass(d int64) {
	m.mono += d
	m.h.Advance(time.Duration(d))
}

// Sleeps end when the model says, and tell what is left of them.
func TestSleepModel(t *testing.T) {
	h := hypercall.NewSim(1)
	k, _ := boot(t, kernel.Config{Host: h, SigModel: proc.SigRecord})
	rapid.Check(t, func(t *rapid.T) {
		c, err := client.New(k, "model")
		isErr(t, "attach", err, 0)
		defer func() { _ = c.Exit() }()
		m := &sleepsModel{newClocks(t, c, h), k.Procs.Find(int32(c.Getpid()))}
		t.Repeat(map[string]func(*rapid.T){"sleep": m.sleep, "jump": m.jump, "": m.checkClocks})
	})
}
