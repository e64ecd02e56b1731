// Who answers requests.
package device

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// lookEach is how many requests are answered between two looks for more, and
	// backlog how many looks, one after the other, must find some before there is
	// a helper.
	lookEach, backlog = 8, 2
	// watchTime is how often the deputy looks; watchIdle, how often in vain
	// before it stops.
	watchTime = 10 * time.Millisecond
	watchIdle = 10
)

// lead answers requests until the end, or until a deputy leads.
func (s *Server) lead() {
	w := s.worker(s.fd)
	defer s.done(w)
	at := s.state.Load()
	pace := pace{gap: longGap, cpus: runtime.NumCPU()}
	defer pace.close()
	for looks := backlog; ; {
		if pace.next(w) != nil { // ENODEV: it is unmounted, or the connection was aborted
			s.over.Store(true)
			return
		}
		if at/2%lookEach == 0 {
			looks = s.look(looks, &pace)
		}
		s.state.Store(at | 1)
		s.beWatched()
		w.answer()
		pace.answered = time.Now()
		if !s.state.CompareAndSwap(at|1, at+2) {
			return
		}
		at += 2
	}
}

// beWatched starts the deputy, unless there is one.
func (s *Server) beWatched() {
	if s.watched.Load() || !s.watched.CompareAndSwap(false, true) {
		return
	}
	s.idle = 0
	s.running.Add(1)
	s.watcher.Reset(watchTime)
}

// watch is the deputy's look: a leader that answers the same request as at the
// last one loses its place.
func (s *Server) watch() {
	defer s.running.Done()
	now := s.state.Load()
	if now&1 != 0 && now == s.seen && s.state.CompareAndSwap(now, now+1) {
		s.running.Go(s.lead)
	}
	if s.idle++; now != s.seen {
		s.idle = 0
	}
	s.seen = now
	if s.over.Load() {
		return
	}
	if s.idle < watchIdle {
		s.running.Add(1)
		s.watcher.Reset(watchTime)
		return
	}
	s.watched.Store(false)
	if s.state.Load()&1 != 0 {
		s.beWatched() // the leader may have seen that it was watched
	}
}

// look starts a helper when requests were waiting at the last of so many looks, and
// a processor does nothing: who asks ahead is busy itself, and a helper would take
// from it. It tells how many looks remain.
func (s *Server) look(looks int, p *pace) int {
	fds := [1]unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLIN}}
	if n, err := unix.Poll(fds[:], 0); n != 1 || err != nil {
		return backlog
	}
	if looks > 1 {
		return looks - 1
	}
	if running, ok := p.running(); ok && running < p.cpus {
		s.startHelper()
	}
	return backlog
}

// startHelper starts one unless there are enough.
func (s *Server) startHelper() {
	if s.helpers.Add(1) > s.maxHelpers {
		s.helpers.Add(-1)
		return
	}
	s.running.Go(s.help)
}

// help answers requests as long as there are any.
func (s *Server) help() {
	defer s.helpers.Add(-1)
	w := s.worker(s.eager)
	defer s.done(w)
	for w.try() == nil {
		w.answer()
	}
}
