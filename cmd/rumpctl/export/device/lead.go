// Who answers requests.
package device

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// backlog is how many requests must have been there already, one after the
	// other, before there is a helper.
	backlog = 8
	// watchTime is how often the deputy looks; watchIdle, how often in vain
	// before it stops.
	watchTime = 10 * time.Millisecond
	watchIdle = 10
)

// lead answers requests until the end, or until a deputy leads.
func (s *Server) lead() {
	w := s.spare.Get().(*worker)
	defer s.spare.Put(w)
	at := s.state.Load()
	pace := pace{gap: longGap, cpus: runtime.NumCPU()}
	defer pace.close()
	for waiting := 0; ; {
		err := w.receive()
		waiting++
		if err == unix.EAGAIN {
			waiting = 0
			err = pace.next(w)
		}
		if err != nil { // ENODEV: it is unmounted, or the connection was aborted
			s.over.Store(true)
			return
		}
		if waiting >= backlog {
			waiting = 0
			s.startHelper()
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
	w := s.spare.Get().(*worker)
	defer s.spare.Put(w)
	for w.receive() == nil {
		w.answer()
	}
}
