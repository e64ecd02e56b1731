// A file that is traced to: its queue, and who writes it.
package ktrace

import (
	"slices"
	"strconv"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/lists"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

const (
	// maxQueue bounds the records that wait to be written, in bytes. As many
	// again are being written.
	maxQueue = 256 << 10
	// patience is how long a traced process waits for the writer.
	patience = 5 * time.Second
	// maxWrite is the most one write moves, in bytes.
	maxWrite = 64 << 10
	// again is how long the writer rests when the file would block.
	again = 10 * time.Millisecond
)

// session is one file that is traced to. All but f and w is protected by
// Tracing.mu.
type session struct {
	f *file.File
	w *proc.LWP // the writer's, of pid 0
	// refs counts the processes traced to the file, and who is setting it up.
	refs int
	// queue is records not yet written, spare the buffer they take turns with.
	queue, spare []byte
	// lost counts records for which there was no room since it was last told.
	lost int
	// slow is set when the writer was waited for in vain: nobody waits until
	// it comes round.
	slow bool
	// more is where the writer sleeps, drained where those do that wait for it.
	more, drained proc.Cond
	done          chan struct{}
}

// over reports that the writer is done.
func (s *session) over() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// sameFile reports that two open files are one, or have one thing behind them.
func sameFile(a, b *file.File) bool {
	return a == b || a.Kind == b.Kind && a.Ops == b.Ops && a.Data == b.Data && (a.Kind != file.KindVnode || a.Data != nil)
}

// find returns the session of a file, nil when there is none. Preconditions:
// t.mu is held.
func (t *Tracing) find(f *file.File) *session {
	i := slices.IndexFunc(t.sessions, func(s *session) bool { return sameFile(s.f, f) })
	if i < 0 {
		return nil
	}
	return t.sessions[i]
}

// open returns the session of a file, made if there is none, with a reference.
// ENOMEM when the kernel has no room for a queue.
func (t *Tracing) open(f *file.File) (*session, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return nil, abi.ESRCH
	}
	s := t.find(f)
	if s == nil {
		w, err := t.conf.Procs.Find(0).NewLWP(true)
		if err != nil {
			return nil, err
		}
		if err := t.conf.Mem.Reserve(2 * maxQueue); err != nil {
			w.Release()
			return nil, err
		}
		f.Hold()
		s = &session{f: f, w: w, done: make(chan struct{})}
		t.sessions = append(t.sessions, s)
		t.conf.Go(func() { t.write(s) })
	}
	s.refs++
	return s, nil
}

// unref gives a reference to a session back. Preconditions: t.mu is held.
func (t *Tracing) unref(s *session) {
	if s.refs--; s.refs == 0 {
		s.more.Signal()
	}
	s.drained.Broadcast()
}

// write is the writer: it ends when nothing is traced to the file any more.
func (t *Tracing) write(s *session) {
	defer t.close(s)
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		for len(s.queue) == 0 {
			if s.refs == 0 {
				return
			}
			if s.more.Wait(s.w, &t.mu, proc.Forever) != nil && len(s.queue) == 0 {
				return // the kernel ends
			}
		}
		b, lost := s.queue, s.lost
		s.queue, s.lost, s.slow = s.spare[:0], 0, false
		s.drained.Broadcast()
		t.mu.Unlock()
		if lost > 0 {
			t.conf.Log("ktrace: " + strconv.Itoa(lost) + " records lost\n")
		}
		err := s.writeAll(b)
		t.mu.Lock()
		s.spare = b
		if err != nil {
			t.fail(s, err)
		}
	}
}

// close is the end of a session.
func (t *Tracing) close(s *session) {
	t.mu.Lock()
	t.fail(s, abi.EPIPE)
	t.sessions = lists.Without(t.sessions, s)
	t.mu.Unlock()
	_ = s.f.Drop(s.w)
	s.w.Release()
	t.conf.Mem.Release(2 * maxQueue)
	close(s.done)
}

// writeAll writes b. A file that would block is tried again.
func (s *session) writeAll(b []byte) error {
	for len(b) > 0 {
		n, err := s.f.Ops.Write(s.w, s.f, b[:min(len(b), maxWrite)])
		b = b[n:]
		switch {
		case err == abi.EAGAIN:
			if err := s.w.Sleep(again); err != nil {
				return err
			}
		case err != nil:
			return err
		case n == 0:
			return abi.EIO
		}
	}
	return nil
}

// fail ends all tracing to a file that could not be written; that a reader has
// gone is no news. Preconditions: t.mu is held.
func (t *Tracing) fail(s *session, err error) {
	if err != abi.EPIPE && err != abi.EINTR {
		if e, ok := err.(abi.Errno); ok {
			t.conf.Log("ktrace write failed, errno " + strconv.Itoa(int(e)) + ", tracing stopped\n")
		}
	}
	for p, g := range t.targets {
		if g.s == s {
			t.set(p, nil)
		}
	}
	s.queue = s.queue[:0]
}
