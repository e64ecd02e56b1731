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
func (c clock) NowMonotonic() tcpip.MonotonicTime {
	return tcpip.MonotonicTime{}.Add(time.Duration(c.host.Mono()))
}

// AfterFunc implements tcpip.Clock.
func (c clock) AfterFunc(d time.Duration, fn func()) tcpip.Timer {
	t := &timer{host: c.host, fn: fn}
	t.Reset(d)
	return t
}

// timer is a host's timer that can be set again.
type timer struct {
	host hypercall.Host
	fn   func()

	mu sync.Mutex
	t  hypercall.Timer
}

// resetter is a host's timer that can be set again itself.
type resetter interface{ Reset(time.Duration) bool }

// Stop implements tcpip.Timer.
func (t *timer) Stop() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.t.Stop()
}

// Reset implements tcpip.Timer.
func (t *timer) Reset(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r, ok := t.t.(resetter); ok {
		r.Reset(d)
		return
	}
	if t.t != nil {
		t.t.Stop()
	}
	t.t = t.host.AfterFunc(d, t.fn)
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
