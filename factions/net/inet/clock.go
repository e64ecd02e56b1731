// The stack's clock and random numbers: those of the kernel's host, so that a
// simulated host rules time and chance.
package inet

import (
	"sync"
	"sync/atomic"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// clock implements tcpip.Clock on a host.
type clock struct{ host hypercall.Host }

// Now implements tcpip.Clock.
func (c clock) Now() time.Time { return time.Unix(0, c.host.Now()) }

// NowMonotonic implements tcpip.Clock.
func (c clock) NowMonotonic() tcpip.MonotonicTime { return monotonic(c.host.Mono()) }

// AfterFunc implements tcpip.Clock.
func (c clock) AfterFunc(d time.Duration, fn func()) tcpip.Timer {
	t := &timer{host: c.host, fn: fn}
	t.Reset(d)
	return t
}

// timer is a host's timer that can be set again. Moving it on, as the stack does
// with each segment, touches no timer of the host: the one that is set runs too
// early then, and is set again.
type timer struct {
	host hypercall.Host
	fn   func()

	mu sync.Mutex
	// t is the host's timer, nil when none is set. It runs at due; at is when fn
	// is to, not before due. Both are of the monotonic clock.
	t       hypercall.Timer
	at, due int64
	// count tells the host's timers apart: one may run that was stopped too late.
	count uint32
}

// Stop implements tcpip.Timer.
func (t *timer) Stop() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stop()
}

// stop stops the host's timer, and reports whether one was set. Preconditions:
// t.mu is held.
func (t *timer) stop() bool {
	if t.t == nil {
		return false
	}
	t.t.Stop()
	t.t = nil
	t.count++
	return true
}

// Reset implements tcpip.Timer.
func (t *timer) Reset(d time.Duration) {
	now := t.host.Mono()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at = now + int64(min(d, maxTimer))
	if t.t == nil || t.at < t.due {
		t.stop()
		t.arm(now)
	}
}

// maxTimer bounds timers: the clock does not overflow.
const maxTimer = 1 << 61

// arm sets the host's timer. Preconditions: t.mu is held.
func (t *timer) arm(now int64) {
	count := t.count
	t.due = t.at
	t.t = t.host.AfterFunc(time.Duration(t.at-now), func() { t.run(count) })
}

// run is what the host's timer does.
func (t *timer) run(count uint32) {
	now := t.host.Mono()
	t.mu.Lock()
	if t.count != count {
		t.mu.Unlock()
		return
	}
	t.t = nil
	t.count++
	if now < t.at {
		t.arm(now)
		t.mu.Unlock()
		return
	}
	t.mu.Unlock()
	t.fn()
}

// randomReader reads the host's random bytes.
type randomReader struct{ host hypercall.Host }

func (r randomReader) Read(b []byte) (int, error) {
	if err := r.host.Random(b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// randomSource is a small source of numbers that need not be secret
// (splitmix64), safe for use by many goroutines.
type randomSource struct{ state atomic.Uint64 }

func newRandomSource(host hypercall.Host) *randomSource {
	var b [8]byte
	_ = host.Random(b[:])
	s := &randomSource{}
	for i, c := range b {
		s.state.Store(s.state.Load() | uint64(c)<<(8*i))
	}
	return s
}

// Int63 implements rand.Source.
func (s *randomSource) Int63() int64 { return int64(s.Uint64() >> 1) }

// Seed implements rand.Source.
func (s *randomSource) Seed(seed int64) { s.state.Store(uint64(seed)) }

// Uint64 implements rand.Source64.
func (s *randomSource) Uint64() uint64 {
	z := s.state.Add(0x9e3779b97f4a7c15)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
