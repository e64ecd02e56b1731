// Sending and receiving, blocking or not.
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Send sends m and returns how much was: all of it, or less when the call is
// nonblocking, interrupted or timed out. EPIPE comes with SIGPIPE unless
// MSG_NOSIGNAL, O_NOSIGPIPE or SO_NOSIGPIPE is set.
func (s *Socket) Send(l *proc.LWP, f *file.File, m *Message) (int, error) {
	n, err := s.send(l, m, f.Nonblock() || m.Flags&(abi.MSG_DONTWAIT|abi.MSG_NBIO) != 0)
	if err == abi.EPIPE && m.Flags&abi.MSG_NOSIGNAL == 0 && f.Flags()&abi.O_NOSIGPIPE == 0 && !s.opts.has(abi.SO_NOSIGPIPE) {
		l.Proc().Signal(int32(abi.SIGPIPE))
	}
	return n, err
}

func (s *Socket) send(l *proc.LWP, m *Message, now bool) (int, error) {
	if s.noSend.Load() {
		return 0, abi.EPIPE
	}
	if m.Flags&abi.MSG_OOB != 0 {
		return 0, abi.EOPNOTSUPP
	}
	if s.proto.Traits&Atomic != 0 {
		if _, room := s.ep.Buffers(); len(m.Data) > room {
			return 0, abi.EMSGSIZE
		}
	}
	done := 0
	for {
		n, err := s.sendOnce(l, m, now)
		done += n
		m.Data = m.Data[n:]
		if err != nil && done > 0 && partial(err) {
			return done, nil
		}
		if err != nil || len(m.Data) == 0 {
			return done, err
		}
	}
}

// partial reports an error that a transfer cut short by it does not return.
func partial(err error) bool { return err == abi.EWOULDBLOCK || err == abi.EINTR }

func (s *Socket) sendOnce(l *proc.LWP, m *Message, now bool) (n int, err error) {
	err = s.block(l, &s.out, now, s.opts.sndTimeout(), func() error {
		if s.noSend.Load() {
			return abi.EPIPE
		}
		var err error
		n, err = s.ep.Send(l, m)
		return err
	})
	return n, err
}

// Recv fills m and returns the number of bytes, 0 at the end of a stream.
func (s *Socket) Recv(l *proc.LWP, m *Message, now bool) (int, error) {
	if m.Flags&abi.MSG_OOB != 0 {
		return 0, s.noUrgent()
	}
	if s.noRecv.Load() {
		return 0, nil
	}
	now = now || m.Flags&(abi.MSG_DONTWAIT|abi.MSG_NBIO) != 0
	buf, done := m.Data, 0
	for {
		m.Data = buf[done:]
		n, err := s.recvOnce(l, m, now)
		done += n
		if err != nil && done > 0 && partial(err) {
			err = nil
		}
		if err != nil || n == 0 || !s.wantsMore(m, done, len(buf)) {
			m.Data = buf
			return done, err
		}
	}
}

// wantsMore reports whether MSG_WAITALL asks for the rest of a stream.
func (s *Socket) wantsMore(m *Message, done, want int) bool {
	return m.Flags&abi.MSG_WAITALL != 0 && m.Flags&abi.MSG_PEEK == 0 &&
		s.proto.Traits&Atomic == 0 && done < want
}

func (s *Socket) recvOnce(l *proc.LWP, m *Message, now bool) (n int, err error) {
	if len(m.Data) == 0 && s.proto.Traits&Atomic == 0 {
		return 0, s.ep.TakeError()
	}
	err = s.block(l, &s.in, now, s.opts.rcvTimeout(), func() error {
		if s.noRecv.Load() {
			return nil
		}
		var err error
		n, err = s.ep.Recv(l, m)
		return err
	})
	return n, err
}

// noUrgent answers MSG_OOB: there is never urgent data.
func (s *Socket) noUrgent() error {
	if s.proto.Traits&Connected == 0 {
		return abi.EOPNOTSUPP
	}
	return abi.EINVAL
}
