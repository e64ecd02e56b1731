// A socket as a file: read, write, poll, stat and close.
package net

import (
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Read implements file.Ops.
func (s *Socket) Read(l *proc.LWP, f *file.File, p []byte) (int, error) {
	return s.Recv(l, &Message{Data: p}, f.Nonblock())
}

// Write implements file.Ops: SIGPIPE as Send says.
func (s *Socket) Write(l *proc.LWP, f *file.File, p []byte) (int, error) {
	return s.Send(l, f, &Message{Data: p})
}

// Events implements file.Ops.
func (s *Socket) Events(*file.File) *event.Queue { return &s.queue }

// Poll implements file.Ops. A half that is shut down is ready, as an
// operation on it does not block; a socket never hangs up.
func (s *Socket) Poll(_ *file.File, events event.Mask) event.Mask {
	ready := s.ep.Poll()
	if s.noRecv.Load() {
		ready |= abi.POLLIN
	} else if ready&abi.POLLIN != 0 && !s.enough(ready) {
		ready &^= abi.POLLIN
	}
	if s.noSend.Load() {
		ready |= abi.POLLOUT
	}
	if s.failed.Load() != 0 {
		ready |= abi.POLLIN | abi.POLLOUT
	}
	var r event.Mask
	if ready&abi.POLLIN != 0 {
		r |= events & (abi.POLLIN | abi.POLLRDNORM)
	}
	if ready&abi.POLLOUT != 0 {
		r |= events & (abi.POLLOUT | abi.POLLWRNORM)
	}
	if ready&abi.POLLPRI != 0 {
		r |= events & (abi.POLLPRI | abi.POLLRDBAND)
	}
	return r
}

// enough reports whether what can be read reaches SO_RCVLOWAT. A stream that
// ended or failed (POLLHUP) is readable however little there is.
func (s *Socket) enough(ready event.Mask) bool {
	low := int(s.opts.rcvLow.Load())
	if low <= 1 || ready&abi.POLLHUP != 0 || s.proto.Traits&Atomic != 0 || s.listening.Load() {
		return true
	}
	n, _ := s.ep.Queued()
	return n >= low
}

// Stat implements file.Ops.
func (s *Socket) Stat(_ *proc.LWP, _ *file.File, st *abi.Stat) error {
	_, send := s.ep.Buffers()
	st.Mode = abi.S_IFSOCK
	st.Blksize = int32(send)
	if e, ok := s.ep.(Stater); ok {
		e.Stat(st)
	}
	return nil
}

// CloseDescriptor implements file.Closer: an lwp that is blocked in a call on
// the descriptor finds it gone. Nothing has come for who waits for events.
func (s *Socket) CloseDescriptor(_ *proc.LWP, f *file.File) {
	if w, ok := s.ep.(Watcher); ok {
		w.DescriptorClosed(f)
	}
	if f.Refs() > 1 {
		s.closes.Add(1)
		s.wake(abi.POLLIN | abi.POLLOUT)
	}
}

// Close implements file.Ops. With SO_LINGER a connected socket that does not
// have O_NONBLOCK waits until its data is acknowledged, or the time is over.
func (s *Socket) Close(l *proc.LWP, f *file.File) error {
	on, d := s.opts.linger()
	if on && d > 0 && !f.Nonblock() && s.proto.Traits&Connected != 0 {
		s.drain(l, d)
	}
	s.release()
	return nil
}

// drainStep bounds how long an acknowledgement goes unseen while draining.
const drainStep = 20 * time.Millisecond

func (s *Socket) drain(l *proc.LWP, d time.Duration) {
	if s.ep.Shutdown(abi.SHUT_WR) != nil {
		return
	}
	host := s.net.host
	end := time.Duration(host.Mono()) + d
	for s.ep.Draining() {
		left := end - time.Duration(host.Mono())
		if left <= 0 || l.Interrupted() != nil {
			return
		}
		s.mu.Lock()
		_ = s.out.cond.Wait(l, &s.mu, min(left, drainStep))
		s.mu.Unlock()
	}
}
