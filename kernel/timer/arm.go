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

// now returns what the clock that t runs on shows: the monotonic clock of the
// host or, for CLOCK_PROF, the processor time of the process. CLOCK_VIRTUAL is
// the part of that which was spent in user mode: the kernel knows of none, so
// a timer on it is armed but never expires.
func (s *Set) now(t *Timer) int64 {
	switch t.clock {
	case abi.CLOCK_VIRTUAL:
		return 0
	case abi.CLOCK_PROF:
		return s.p.CPUTime()
	}
	return s.host.Mono()
}

func (s *Set) value(t *Timer) Value {
	v := Value{Interval: t.interval}
	if t.next != 0 {
		v.Left = max(time.Duration(t.next-s.now(t)), 1)
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
	t.next = s.now(t) + int64(v.Left)
	s.schedule(t, v.Left)
	return old
}

// schedule has t expire after d. Preconditions: s.mu is held.
func (s *Set) schedule(t *Timer, d time.Duration) {
	switch t.clock {
	case abi.CLOCK_VIRTUAL:
	case abi.CLOCK_PROF:
		s.setAlarm()
	default:
		gen := t.gen
		t.pending = s.host.AfterFunc(max(d, 0), func() { s.expire(t, gen) })
	}
}

// setAlarm waits for the processor time at which the next timer that runs on it
// expires. Preconditions: s.mu is held.
func (s *Set) setAlarm() {
	first := int64(0)
	for _, t := range s.timers {
		if t != nil && t.clock == abi.CLOCK_PROF && t.next != 0 && (first == 0 || t.next < first) {
			first = t.next
		}
	}
	s.p.CPUAlarm(first, s.ring)
}

// ring expires the timers for which enough processor time has passed.
func (s *Set) ring() {
	var sigs []int32
	s.mu.Lock()
	for _, t := range s.timers {
		if t != nil && t.clock == abi.CLOCK_PROF && t.next != 0 && t.next <= s.now(t) {
			t.again(s)
			sigs = append(sigs, t.sig)
		}
	}
	if !s.gone {
		s.setAlarm()
	}
	s.mu.Unlock()
	for _, sig := range sigs {
		s.send(sig)
	}
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
	s.send(sig)
}

// send sends the signal of a timer that has expired, if it has one.
func (s *Set) send(sig int32) {
	if sig != 0 {
		s.p.Signal(sig)
	}
}

// again arms a periodic timer for its next time, passing over those missed.
func (t *Timer) again(s *Set) {
	if t.interval == 0 {
		t.next, t.pending = 0, nil
		return
	}
	now := s.now(t)
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
	t.pending, t.next, t.interval = nil, 0, 0
}
