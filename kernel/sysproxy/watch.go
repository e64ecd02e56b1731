// The watcher: a reader whose call takes long without sleeping must not keep
// the client's other threads waiting.
package sysproxy

import (
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// watchStep is how often readers are looked at while calls come in. A call
// seen twice is long.
const watchStep = 5 * time.Millisecond

// watcher looks at all readers from time to time, but only while there are
// calls: an idle server does nothing. Its clock is a descriptor of the host,
// since a timer of the run time makes every wait for a client dearer, by a
// quarter of a null call.
type watcher struct {
	awake atomic.Bool

	mu     sync.Mutex
	file   *os.File // the clock, made when it is first needed
	raw    syscall.RawConn
	closed bool
	wg     sync.WaitGroup
}

// poke is told of each call that a reader performs.
func (t *watcher) poke(s *Server) {
	if !t.awake.Load() && t.awake.CompareAndSwap(false, true) {
		t.begin(s)
	}
}

// begin has the watcher look every step. A host that has no clock to give has
// no watcher.
func (t *watcher) begin(s *Server) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || t.file == nil && !t.open(s) {
		return
	}
	t.tick(watchStep)
}

// open makes the clock. Preconditions: t.mu is held.
func (t *watcher) open(s *Server) bool {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return false
	}
	t.file = os.NewFile(uintptr(fd), "clock")
	if t.raw, err = t.file.SyscallConn(); err != nil {
		return false
	}
	t.wg.Go(func() { t.watch(s) })
	return true
}

// tick sets the step of the clock, 0 stops it.
func (t *watcher) tick(step time.Duration) {
	ts := unix.NsecToTimespec(int64(step))
	_ = t.raw.Control(func(fd uintptr) {
		_ = unix.TimerfdSettime(int(fd), 0, &unix.ItimerSpec{Interval: ts, Value: ts}, nil)
	})
}

// watch looks at the readers until the clock is closed.
func (t *watcher) watch(s *Server) {
	var ticks [8]byte
	ready := func(fd uintptr) bool {
		_, err := unix.Read(int(fd), ticks[:])
		return err != unix.EAGAIN && err != unix.EINTR
	}
	for t.raw.Read(ready) == nil {
		if s.freeReaders() {
			continue
		}
		t.tick(0)
		t.awake.Store(false)
		if s.freeReaders() { // a call began meanwhile that took us for awake
			t.poke(s)
		}
	}
}

func (t *watcher) close() {
	t.mu.Lock()
	t.closed = true
	if t.file != nil {
		_ = t.file.Close()
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
