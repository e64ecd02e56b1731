// Sockets that do not block in the kernel: who has to wait waits here, where a
// deadline or Close can end it.

package client

import (
	"net"
	"os"
	"sync"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// sock is a socket.
type sock struct {
	desc
	l      *poller
	family int
	typ    int
	// r is for receiving and accepting, w for sending and connecting.
	r, w side
	// unwatch ends what the poller has begun for it.
	unwatch func()
}

// side is one direction of a socket.
type side struct {
	// mu is held by the call that transfers: there is one at a time.
	mu sync.Mutex
	// ready has a token when there is a reason to try again: events, a
	// deadline, the end of the socket or of the process.
	ready    chan struct{}
	deadline deadline
	spin     spinner
}

func (s *side) init() {
	s.ready = make(chan struct{}, 1)
	s.deadline.ready = s.ready
}

// wake tells who waits, or who will wait next, to try again.
func (s *side) wake() { wake(s.ready) }

func wake(ready chan<- struct{}) {
	select {
	case ready <- struct{}{}:
	default:
	}
}

// told wakes who waits for some of the events (POLLIN, POLLOUT).
func (s *sock) told(events int16) {
	if events&^abi.POLLOUT != 0 {
		s.r.wake()
	}
	if events&^abi.POLLIN != 0 {
		s.w.wake()
	}
}

// newSock makes a socket of descriptor n, which does not block. The
// descriptor is closed if that fails.
func (c *Client) newSock(n, family, typ int) (*sock, error) {
	s := &sock{desc: desc{c: &Client{p: c.p}, n: n}, family: family, typ: typ}
	s.r.init()
	s.w.init()
	l, err := c.p.poller()
	if err == nil {
		s.l = l
		err = l.add(s)
	}
	if err != nil {
		_ = s.close()
		return nil, err
	}
	return s, nil
}

// socket makes a socket.
func (c *Client) socket(family, typ, protocol int) (*sock, error) {
	n, err := c.Socket(family, typ|abi.SOCK_CLOEXEC|abi.SOCK_NONBLOCK|abi.SOCK_NOSIGPIPE, protocol)
	if err != nil {
		return nil, err
	}
	return c.newSock(n, family, typ)
}

// close closes the socket and ends the calls that wait. net.ErrClosed the
// second time.
func (s *sock) close() error {
	if err := s.use(); err != nil {
		return net.ErrClosed
	}
	defer s.done()
	if s.desc.close() != nil {
		return net.ErrClosed
	}
	if s.l != nil {
		s.l.remove(s)
	}
	for _, side := range []*side{&s.r, &s.w} {
		side.deadline.stop()
		side.wake()
	}
	return nil
}

// do calls transfer again and again until it does not say EAGAIN. The error is
// net.ErrClosed after close, os.ErrDeadlineExceeded after the side's deadline.
func (s *sock) do(side *side, transfer func() error) error {
	side.mu.Lock()
	defer side.mu.Unlock()
	for {
		if side.deadline.passed() {
			return os.ErrDeadlineExceeded
		}
		if s.use() != nil {
			return net.ErrClosed
		}
		err := transfer()
		s.done()
		if err == abi.EAGAIN {
			if err = s.l.failed(); err == nil {
				side.spin.wait(side.ready)
				<-side.ready
				continue
			}
		}
		return s.ended(err)
	}
}

// ended makes net.ErrClosed of what calls say when the process has ended.
func (s *sock) ended(err error) error {
	if err != nil && s.c.p.lwps.isClosed() {
		return net.ErrClosed
	}
	return err
}

// setDeadline sets the deadlines of sides. net.ErrClosed after close.
func (s *sock) setDeadline(t time.Time, sides ...*side) error {
	if s.use() != nil {
		return net.ErrClosed
	}
	defer s.done()
	for _, side := range sides {
		side.deadline.set(t)
	}
	return nil
}

// connect connects to the address sa, until cancel is closed.
func (s *sock) connect(sa []byte, cancel <-chan struct{}) error {
	switch err := s.c.Connect(s.n, sa); err {
	case abi.EINPROGRESS, abi.EINTR, abi.EALREADY, abi.EAGAIN:
	default:
		return err
	}
	for {
		if err := s.l.failed(); err != nil {
			return err
		}
		s.w.spin.wait(s.w.ready)
		select {
		case <-s.w.ready:
		case <-cancel:
			return nil
		}
		if done, err := s.connected(); done {
			return err
		}
	}
}

// connected tells whether connecting has ended, and how.
func (s *sock) connected() (bool, error) {
	if n, err := s.option(abi.SOL_SOCKET, abi.SO_ERROR); err != nil || n != 0 {
		if err == nil {
			err = abi.Errno(n)
		}
		return true, err
	}
	_, err := s.name(s.c.Getpeername)
	if err == abi.ENOTCONN {
		return false, nil
	}
	return true, err
}

// option returns an option that is an int.
func (s *sock) option(level, name int) (int, error) {
	var buf [4]byte
	n := uint32(len(buf))
	if err := s.c.Getsockopt(s.n, level, name, buf[:], &n); err != nil {
		return 0, err
	}
	return int(int32(uint32(buf[0]) | uint32(buf[1])<<8 | uint32(buf[2])<<16 | uint32(buf[3])<<24)), nil
}

// setOption sets an option that is an int.
func (s *sock) setOption(level, name, value int) error {
	v := uint32(value)
	return s.c.Setsockopt(s.n, level, name, []byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)})
}

// name returns the address that get, Getsockname or Getpeername, gives.
func (s *sock) name(get func(int, []byte, *uint32) error) ([]byte, error) {
	buf := make([]byte, abi.SS_MAXSIZE)
	n := uint32(len(buf))
	if err := get(s.n, buf, &n); err != nil {
		return nil, err
	}
	return buf[:min(int(n), len(buf))], nil
}
