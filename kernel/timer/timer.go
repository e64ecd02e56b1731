// Package timer is the timers of a process: the interval timers of
// setitimer(2) and those of timer_create(2).
package timer

import (
	"sync"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Bounds of timer ids: those of timer_create(2) follow the interval timers.
const (
	firstID  = abi.ITIMER_MONOTONIC + 1
	maxTimer = 32
)

// minInterval is the shortest period of a timer that runs again: one tick.
const minInterval = 10 * time.Millisecond

// Process is what timers know of their process.
type Process interface {
	// Signal sends a signal to it.
	Signal(sig int32)
	// CPUTime returns its processor time in nanoseconds; CPUAlarm has fn
	// called once that has reached at, 0 for never.
	CPUTime() int64
	CPUAlarm(at int64, fn func())
}

// Set is the timers of one process. It implements proc.Data.
type Set struct {
	host hypercall.Host
	p    Process

	mu     sync.Mutex
	timers [maxTimer]*Timer
	gone   bool
}

// Timer is one timer, protected by its set.
type Timer struct {
	clock    int32
	sig      int32 // 0: it tells nobody
	interval time.Duration
	next     int64 // on the timer's clock (Set.now), 0 when it is not armed
	gen      uint64
	pending  hypercall.Timer
	overrun  int32
}

// New returns the timers of process p.
func New(host hypercall.Host, p Process) *Set { return &Set{host: host, p: p} }

// Fork returns a child's timers: none.
func (s *Set) Fork(child *proc.Proc) proc.Data { return New(s.host, child) }

// Free ends all timers.
func (s *Set) Free(*proc.LWP) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = true
	for i, t := range s.timers {
		if t != nil {
			t.disarm()
			s.timers[i] = nil
		}
	}
}

// Exec ends the timers of timer_create(2), which a new program does not get.
func (s *Set) Exec() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := firstID; i < maxTimer; i++ {
		if t := s.timers[i]; t != nil {
			t.disarm()
			s.timers[i] = nil
		}
	}
}

// itimer returns an interval timer. Preconditions: s.mu is held.
func (s *Set) itimer(which int32) (*Timer, error) {
	if which < 0 || which > abi.ITIMER_MONOTONIC {
		return nil, abi.EINVAL
	}
	if s.timers[which] == nil {
		s.timers[which] = &Timer{clock: itimerClock[which], sig: itimerSignal[which]}
	}
	return s.timers[which], nil
}

// The clock that each interval timer runs on, and the signal it sends.
var (
	itimerClock = [...]int32{
		abi.CLOCK_REALTIME, abi.CLOCK_VIRTUAL, abi.CLOCK_PROF, abi.CLOCK_MONOTONIC,
	}
	itimerSignal = [...]int32{
		int32(abi.SIGALRM), int32(abi.SIGVTALRM), int32(abi.SIGPROF), int32(abi.SIGALRM),
	}
)

// Create makes a timer that sends sig, if that is not 0, and returns its id:
// EAGAIN when the process has too many.
func (s *Set) Create(clock, sig int32) (int32, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return 0, abi.ESRCH
	}
	for i := int32(firstID); i < maxTimer; i++ {
		if s.timers[i] == nil {
			s.timers[i] = &Timer{clock: clock, sig: sig}
			return i, nil
		}
	}
	return 0, abi.EAGAIN
}

// find returns a timer of Create. Preconditions: s.mu is held.
func (s *Set) find(id int32) (*Timer, error) {
	if id < firstID || id >= maxTimer || s.timers[id] == nil {
		return nil, abi.EINVAL
	}
	return s.timers[id], nil
}

// Delete ends a timer of Create.
func (s *Set) Delete(id int32) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.find(id)
	if err != nil {
		return err
	}
	t.disarm()
	s.timers[id] = nil
	return nil
}

// Overrun returns how often a timer of Create passed unseen before it was
// last heard.
func (s *Set) Overrun(id int32) (int32, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.find(id)
	if err != nil {
		return 0, err
	}
	return t.overrun, nil
}
