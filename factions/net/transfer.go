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
	if s.proto.Traits&Atomic != 0 {
		if _, room := s.ep.Buffers(); len(m.Data) > room {
			return 0, abi.EMSGSIZE
		}
	}
	done := 0
	for {
		n, err := s.sendOnce(l, m, now)
		done += n
		if err == nil {
			m.Control = nil // it goes with the first piece
		}
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
		err := s.found()
		if err == nil {
			n, err = s.ep.Send(l, m)
		}
		return err
	})
	return n, err
}

// Recv fills m and returns the number of bytes, 0 at the end of a stream.
func (s *Socket) Recv(l *proc.LWP, m *Message, now bool) (int, error) {
	if m.Flags&abi.MSG_OOB != 0 {
		return s.recvUrgent(m)
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

// wantsMore reports whether MSG_WAITALL asks for the rest of a stream. What
// comes after control messages is of another message, and urgent data stops it.
func (s *Socket) wantsMore(m *Message, done, want int) bool {
	return m.Flags&abi.MSG_WAITALL != 0 && m.Flags&abi.MSG_PEEK == 0 && m.Out&abi.MSG_EOR == 0 &&
		s.proto.Traits&Atomic == 0 && done < want && len(m.Control) == 0 && m.Rights == nil && !s.atMark()
}

// atMark reports that reading a stream has stopped at urgent data.
func (s *Socket) atMark() bool {
	u, ok := s.ep.(Urgent)
	return ok && u.AtMark()
}

func (s *Socket) recvOnce(l *proc.LWP, m *Message, now bool) (n int, err error) {
	if len(m.Data) == 0 && s.proto.Traits&Atomic == 0 && !m.WantControl {
		return 0, s.recvNothing()
	}
	err = s.block(l, &s.in, now, s.opts.rcvTimeout(), func() error {
		if s.noRecv.Load() {
			return nil
		}
		if s.tooLittle(m) {
			return abi.EWOULDBLOCK
		}
		var err error
		n, err = s.ep.Recv(l, m)
		if n == 0 && (err == nil && s.proto.Traits&Atomic == 0 || err == abi.EWOULDBLOCK) {
			if e := s.found(); e != nil {
				return e
			}
		}
		return err
	})
	return n, err
}

// recvNothing is receiving into no room at all: it tells of errors.
func (s *Socket) recvNothing() error {
	if err := s.takeError(); err != nil {
		return err
	}
	if ended, _ := s.ep.Ended(); ended || s.noRecv.Load() || s.ep.Connecting() {
		return nil
	}
	_, err := s.ep.PeerAddr(nil)
	return err
}

// tooLittle reports that a stream holds less than a receiver waits for: what
// SO_RCVLOWAT says, and with MSG_WAITALL all that the buffer can hold. It does
// not wait for more than it asks for, nor with MSG_DONTWAIT.
func (s *Socket) tooLittle(m *Message) bool {
	low := int(s.opts.rcvLow.Load())
	all := m.Flags&abi.MSG_WAITALL != 0
	if low <= 1 && !all || m.Flags&abi.MSG_DONTWAIT != 0 || s.proto.Traits&Atomic != 0 {
		return false
	}
	if room, _ := s.ep.Buffers(); all && len(m.Data) <= room {
		low = len(m.Data)
	}
	if s.ep.Poll()&abi.POLLHUP != 0 || s.failed.Load() != 0 {
		return false
	}
	queued, _ := s.ep.Queued()
	return queued < min(low, len(m.Data))
}

// recvUrgent receives urgent data, which never waits: EOPNOTSUPP for protocols
// that have none.
func (s *Socket) recvUrgent(m *Message) (int, error) {
	if u, ok := s.ep.(Urgent); ok {
		return u.RecvUrgent(m)
	}
	return 0, abi.EOPNOTSUPP
}
