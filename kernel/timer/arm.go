// Setting timers, and what happens when they expire.
package timer

import (
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Value is what a timer shows: how long until it expires, 0 when it is not
// armed, and its period, 0 for one that expires once.
type Value struct {
	Left, Interval time.Duration
}

// Get returns the value of interval timer which.
func (s *Set) Get(which int32) (Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.itimer(which)
	if err != nil {
		return Value{}, err
	}
	return s.value(t), nil
}

// Set arms interval timer which, or disarms it, and returns its old value.
func (s *Set) Set(which int32, v Value) (Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.itimer(which)
	if err != nil {
		return Value{}, err
	}
	return s.set(t, v), nil
}

// Clock returns the clock of a timer of Create.
func (s *Set) Clock(id int32) (int32, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.find(id)
	if err != nil {
		return 0, err
	}
	return t.clock, nil
}

// GetTimer returns the value of a timer of Create.
func (s *Set) GetTimer(id int32) (Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.find(id)
	if err != nil {
		return Value{}, err
	}
	return s.value(t), nil
}

// SetTimer arms a timer of Create, or disarms it, and returns its old value.
func (s *Set) SetTimer(id int32, v Value) (Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.find(id)
	if err != nil {
		return Value{}, err
	}
	return s.set(t, v), nil
}

func (s *Set) value(t *Timer) Value {
	v := Value{Left: t.rest, Interval: t.interval}
	if t.next != 0 {
		v.Left = max(time.Duration(t.next-s.host.Mono()), 1)
	}
	return v
}

// set arms t. Preconditions: s.mu is held.
func (s *Set) set(t *Timer, v Value) (old Value) {
	old = s.value(t)
	t.disarm()
	if s.gone || v.Left <= 0 {
		return old
	}
	if v.Interval > 0 {
		v.Interval = max(v.Interval, minInterval)
	}
	t.interval, t.overrun = v.Interval, 0
	if t.clock == abi.CLOCK_VIRTUAL || t.clock == abi.CLOCK_PROF {
		t.rest = v.Left // the processor time of a process never passes here
		return old
	}
	t.next = s.host.Mono() + int64(v.Left)
	s.schedule(t, v.Left)
	return old
}

// schedule has t expire after d. Preconditions: s.mu is held.
func (s *Set) schedule(t *Timer, d time.Duration) {
	gen := t.gen
	t.pending = s.host.AfterFunc(max(d, 0), func() { s.expire(t, gen) })
}

// expire sends the signal of t and arms it again, unless it was set anew
// since.
func (s *Set) expire(t *Timer, gen uint64) {
	s.mu.Lock()
	if t.gen != gen || t.next == 0 {
		s.mu.Unlock()
		return
	}
	t.again(s)
	sig := t.sig
	s.mu.Unlock()
	if sig != 0 {
		s.signal(sig)
	}
}

// again arms a periodic timer for its next time, passing over those missed.
func (t *Timer) again(s *Set) {
	if t.interval == 0 {
		t.next, t.pending = 0, nil
		return
	}
	now := s.host.Mono()
	t.next += int64(t.interval)
	t.overrun = 0
	if late := now - t.next; late >= 0 {
		missed := late/int64(t.interval) + 1
		t.next += missed * int64(t.interval)
		t.overrun = int32(min(missed, 1<<31-1))
	}
	s.schedule(t, time.Duration(t.next-now))
}

func (t *Timer) disarm() {
	t.gen++
	if t.pending != nil {
		t.pending.Stop()
	}
	t.pending, t.next, t.rest, t.interval = nil, 0, 0, 0
}
