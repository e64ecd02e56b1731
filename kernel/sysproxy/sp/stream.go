// A framed stream over a nonblocking socket. Frames are read through a small
// buffer, large payloads straight to where they belong; nothing is allocated
// for what a peer announces.
package sp

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ErrFrame is a frame whose length makes no sense.
var ErrFrame = errors.New("sysproxy: bad frame length")

const inputBuffer = 2048

// Stream is one end of a connection. One goroutine at a time reads, and one
// at a time writes; the others may be called at any time.
type Stream struct {
	file *os.File
	raw  syscall.RawConn

	buf  [inputBuffer]byte
	r, w int    // what of buf is not consumed yet
	left uint64 // payload of the present frame that is not consumed yet
	err  error  // why reading ended: it stays

	dst    []byte // of the read in progress
	n      int
	readFn func(fd uintptr) bool
	readEr error

	src     []byte // of the write in progress
	tail    []byte // what a TryWrite could not send
	stall   time.Duration
	onStall func()
	armed   bool // a write deadline is set
	hurried atomic.Bool
	writeFn func(fd uintptr) bool
	writeEr error
}

// NewStream takes over the connected, nonblocking socket fd. A peer that takes
// nothing for stall is given up; 0 waits for ever.
func NewStream(fd int, stall time.Duration) (*Stream, error) {
	s := &Stream{file: os.NewFile(uintptr(fd), "client"), stall: stall}
	raw, err := s.file.SyscallConn()
	if err != nil {
		return nil, err
	}
	s.raw, s.readFn, s.writeFn = raw, s.readReady, s.writeReady
	return s, nil
}

// readReady reads once; false waits for more.
func (s *Stream) readReady(fd uintptr) bool {
	for {
		s.n, s.readEr = unix.Read(int(fd), s.dst)
		if s.readEr == nil {
			return true
		}
		s.n = 0
		if s.readEr != unix.EINTR {
			return s.readEr != unix.EAGAIN
		}
	}
}

// read fills some of dst, waiting for the first byte.
func (s *Stream) read(dst []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	s.dst, s.n = dst, 0
	err := s.raw.Read(s.readFn)
	s.dst = nil
	switch {
	case err != nil:
		s.err = err
	case s.readEr != nil:
		s.err = s.readEr
	case s.n == 0:
		s.err = io.EOF
	}
	return s.n, s.err
}

// fill reads more into the buffer.
func (s *Stream) fill() error {
	if s.r == s.w {
		s.r, s.w = 0, 0
	} else if s.w == len(s.buf) {
		s.w = copy(s.buf[:], s.buf[s.r:s.w])
		s.r = 0
	}
	n, err := s.read(s.buf[s.w:])
	s.w += n
	return err
}

// Line returns one line of at most max bytes, its newline included: what a
// server says before the first frame.
func (s *Stream) Line(max int) (string, error) {
	for {
		for i, c := range s.buf[s.r:s.w] {
			if c == '\n' && i < max {
				line := string(s.buf[s.r : s.r+i+1])
				s.r += i + 1
				return line, nil
			}
		}
		if s.w-s.r >= max {
			return "", ErrFrame
		}
		if err := s.fill(); err != nil {
			return "", err
		}
	}
}

// Next returns the header of the next frame; what is left of the one before is
// skipped. A length out of bounds is ErrFrame, and nothing comes after it.
func (s *Stream) Next() (Header, error) {
	if err := s.skip(); err != nil {
		return Header{}, err
	}
	for s.w-s.r < HeaderLen {
		if err := s.fill(); err != nil {
			return Header{}, err
		}
	}
	h := ParseHeader(s.buf[s.r:])
	if h.Len < HeaderLen || h.Len > MaxFrame {
		s.err = ErrFrame
		return Header{}, s.err
	}
	s.r += HeaderLen
	s.left = h.Payload()
	return h, nil
}

func (s *Stream) skip() error {
	for s.left > 0 {
		if s.r == s.w {
			if err := s.fill(); err != nil {
				return err
			}
		}
		n := min(s.left, uint64(s.w-s.r))
		s.r += int(n)
		s.left -= n
	}
	return nil
}

// Payload fills dst with the next bytes of the present frame's payload, which
// has that many.
func (s *Stream) Payload(dst []byte) error {
	s.left -= uint64(len(dst))
	for len(dst) > 0 {
		if s.r == s.w && len(dst) >= len(s.buf) {
			n, err := s.read(dst)
			if err != nil {
				return err
			}
			dst = dst[n:]
			continue
		}
		if s.r == s.w {
			if err := s.fill(); err != nil {
				return err
			}
		}
		n := copy(dst, s.buf[s.r:s.w])
		s.r += n
		dst = dst[n:]
	}
	return nil
}

// Buffered reports whether bytes wait in the buffer.
func (s *Stream) Buffered() bool { return s.w > s.r }
