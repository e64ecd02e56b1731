// The watcher: a reader whose call takes long without sleeping must not keep
// the client's other threads waiting.
package sysproxy

import (
	"sync"
	"sync/atomic"
	"time"
)

// watchStep is how often readers are looked at while calls come in. A call
// seen twice is long.
const watchStep = 5 * time.Millisecond

// watcher looks at all readers from time to time, but only while there are
// calls: an idle server does nothing.
type watcher struct {
	awake atomic.Bool

	mu     sync.Mutex
	timer  alarm
	closed bool
	wg     sync.WaitGroup // of looks that run
}

// poke is told of each call that a reader performs.
func (t *watcher) poke(s *Server) {
	if !t.awake.Load() && t.awake.CompareAndSwap(false, true) {
		t.again(s)
	}
}

// again has the watcher look a step from now.
func (t *watcher) again(s *Server) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
	case t.timer.reset == nil:
		t.timer = newAlarm(watchStep, func() { t.look(s) })
	default:
		t.timer.reset(watchStep)
	}
}

// look frees the readers that were in the same call at the last look.
func (t *watcher) look(s *Server) {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return
	}
	t.wg.Add(1)
	t.mu.Unlock()
	defer t.wg.Done()
	if s.freeReaders() {
		t.again(s)
		return
	}
	t.awake.Store(false)
	if s.freeReaders() { // a call began meanwhile that took us for awake
		t.poke(s)
	}
}

func (t *watcher) close() {
	t.mu.Lock()
	t.closed = true
	if t.timer.stop != nil {
		t.timer.stop()
	}
	t.mu.Unlock()
	t.wg.Wait()
}

// freeReaders takes the role from readers whose call lasts, and reports
// whether any reader is or was in a call since the last time.
func (s *Server) freeReaders() (active bool) {
	s.mu.Lock()
	conns := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
	}
	s.mu.Unlock()
	for _, c := range conns {
		active = c.freeReader() || active
	}
	return active
}

func (c *conn) freeReader() (active bool) {
	w := c.reader.Load()
	if w == nil {
		return false
	}
	seq := w.seq.Load()
	inCall := w.role.Load() == busy
	if inCall && seq == c.seen.Load() {
		w.yield()
	}
	return c.seen.Swap(seq) != seq || inCall
}

// alarm is a timer of package time, known only by what is done with it: a
// field of type *time.Timer would bring the formatting of dates into kernels.
type alarm struct {
	stop  func() bool
	reset func(time.Duration) bool
}

// newAlarm runs fn once, d from now, on a goroutine of its own.
func newAlarm(d time.Duration, fn func()) alarm {
	t := time.AfterFunc(d, fn)
	return alarm{stop: t.Stop, reset: t.Reset}
}
