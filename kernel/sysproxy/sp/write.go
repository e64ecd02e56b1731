// The writing half of a stream, and its end.
package sp

import (
	"time"

	"golang.org/x/sys/unix"
)

// writeReady writes as much as the socket takes; false waits for room, for the
// stall time at most.
func (s *Stream) writeReady(fd uintptr) bool {
	for len(s.src) > 0 {
		n, err := unix.Write(int(fd), s.src)
		switch {
		case err == nil:
			s.src = s.src[n:]
		case err == unix.EAGAIN:
			s.arm()
			if s.onStall != nil {
				s.onStall()
			}
			return false
		case err != unix.EINTR:
			s.writeEr = err
			return true
		}
	}
	return true
}

// OnStall sets a function that a writer calls before it waits for the peer to
// take what it was sent.
func (s *Stream) OnStall(fn func()) { s.onStall = fn }

// arm bounds the wait that follows.
func (s *Stream) arm() {
	if s.stall <= 0 || s.hurried.Load() {
		return
	}
	s.armed = true
	_ = s.file.SetWriteDeadline(time.Now().Add(s.stall))
	if s.hurried.Load() {
		_ = s.file.SetWriteDeadline(time.Now())
	}
}

// Write sends b whole.
func (s *Stream) Write(b []byte) error {
	if len(s.tail) > 0 {
		tail := s.tail
		s.tail = nil
		if err := s.write(tail); err != nil {
			return err
		}
	}
	return s.write(b)
}

func (s *Stream) write(b []byte) error {
	s.src = b
	err := s.raw.Write(s.writeFn)
	s.src = nil
	if err == nil {
		err = s.writeEr
	}
	if s.armed && err == nil && !s.hurried.Load() {
		s.armed = false
		_ = s.file.SetWriteDeadline(time.Time{})
	}
	return err
}

// TryWrite sends b without waiting and reports whether it was sent; when a
// part was, the rest goes ahead of the next Write.
func (s *Stream) TryWrite(b []byte) bool {
	if len(s.tail) > 0 {
		return false
	}
	var n int
	var err error
	werr := s.raw.Write(func(fd uintptr) bool {
		n, err = unix.Write(int(fd), b)
		return true
	})
	if werr != nil || err != nil || n <= 0 {
		return false
	}
	if n < len(b) {
		s.tail = append(s.tail, b[n:]...)
	}
	return true
}

// SetReadDeadline ends reads that wait after t; the zero time waits for ever.
func (s *Stream) SetReadDeadline(t time.Time) { _ = s.file.SetReadDeadline(t) }

// SetWriteDeadline ends writes that wait after t.
func (s *Stream) SetWriteDeadline(t time.Time) { _ = s.file.SetWriteDeadline(t) }

// Hurry ends reading now, and writing after grace at the latest.
func (s *Stream) Hurry(grace time.Duration) {
	if s.hurried.CompareAndSwap(false, true) {
		_ = s.file.SetWriteDeadline(time.Now().Add(grace))
	}
	_ = s.file.SetReadDeadline(time.Unix(1, 0))
}

// Close closes the socket. What was written arrives: the peer is told of the
// end first, and what it sent in vain is taken off, since closing over it
// would throw away what is on its way.
func (s *Stream) Close() {
	_ = s.raw.Control(func(fd uintptr) {
		_ = unix.Shutdown(int(fd), unix.SHUT_WR)
		for range drainReads {
			if n, err := unix.Read(int(fd), s.buf[:]); n <= 0 || err != nil {
				return
			}
		}
	})
	_ = s.file.Close()
}

const drainReads = 64

// CloseWrite tells the peer that nothing more comes.
func (s *Stream) CloseWrite() {
	_ = s.raw.Control(func(fd uintptr) { _ = unix.Shutdown(int(fd), unix.SHUT_WR) })
}

// Connected waits until a connect in progress has ended, and returns how.
func (s *Stream) Connected() error {
	var err error
	werr := s.raw.Write(func(fd uintptr) bool {
		// The socket is asked: that it can be written may have been told, and
		// forgotten, before we began to wait.
		poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
		if n, perr := unix.Poll(poll, 0); n == 0 || perr == unix.EINTR {
			return false
		}
		var e int
		if e, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR); err == nil && e != 0 {
			err = unix.Errno(e)
		}
		return true
	})
	if werr != nil {
		return werr
	}
	return err
}
