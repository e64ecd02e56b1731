// Connections, as net.Conn.

package client

import (
	"io"
	"net"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Conn is a connected socket, of any kind. Its methods are those of net.Conn
// and may be called by several goroutines; errors are *net.OpError.
type Conn struct {
	s             *sock
	network       string
	local, remote net.Addr
}

var _ net.Conn = (*Conn)(nil)

// newConn makes a Conn of a connected socket.
func newConn(s *sock, network string) *Conn {
	c := &Conn{s: s, network: network}
	if sa, err := s.name(s.c.Getsockname); err == nil {
		c.local = netAddr(s.typ, sa)
	}
	if sa, err := s.name(s.c.Getpeername); err == nil {
		c.remote = netAddr(s.typ, sa)
	}
	return c
}

// err wraps the error of an operation.
func (c *Conn) err(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &net.OpError{Op: op, Net: c.network, Source: c.local, Addr: c.remote, Err: err}
}

// Read receives what is there, at most len(p) bytes; io.EOF when the other
// side sends no more.
func (c *Conn) Read(p []byte) (n int, err error) {
	if len(p) == 0 && c.s.typ != abi.SOCK_DGRAM {
		return 0, nil
	}
	err = c.s.do(&c.s.r, func() error {
		n, err = c.s.c.Recvfrom(c.s.n, p, 0, nil, nil)
		return err
	})
	switch {
	case err != nil:
		return 0, c.err("read", err)
	case n == 0 && c.s.typ != abi.SOCK_DGRAM:
		return 0, io.EOF
	}
	return n, nil
}

// Write sends all of p.
func (c *Conn) Write(p []byte) (n int, err error) {
	err = c.s.do(&c.s.w, func() error {
		m, err := writeAll(p[n:], func(rest []byte, _ int) (int, error) {
			return c.s.c.Sendto(c.s.n, rest, abi.MSG_NOSIGNAL, nil)
		})
		n += m
		return err
	})
	return n, c.err("write", err)
}

// Close closes the connection. Calls that wait return net.ErrClosed.
func (c *Conn) Close() error { return c.err("close", c.s.close()) }

// CloseRead closes the receiving half.
func (c *Conn) CloseRead() error { return c.shutdown(abi.SHUT_RD) }

// CloseWrite closes the sending half: the other side reads io.EOF.
func (c *Conn) CloseWrite() error { return c.shutdown(abi.SHUT_WR) }

func (c *Conn) shutdown(how int) error {
	return c.err("close", c.with(func(s *sock) error { return s.c.Shutdown(s.n, how) }))
}

// with calls f on the socket, if it is open.
func (c *Conn) with(f func(s *sock) error) error {
	if c.s.use() != nil {
		return net.ErrClosed
	}
	defer c.s.done()
	return f(c.s)
}

// LocalAddr is the address of this side.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr is the address of the other side.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline bounds reading and writing, of calls under way too. A zero t
// takes the bound away.
func (c *Conn) SetDeadline(t time.Time) error {
	return c.err("set", c.s.setDeadline(t, &c.s.r, &c.s.w))
}

// SetReadDeadline bounds reading.
func (c *Conn) SetReadDeadline(t time.Time) error {
	return c.err("set", c.s.setDeadline(t, &c.s.r))
}

// SetWriteDeadline bounds writing.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	return c.err("set", c.s.setDeadline(t, &c.s.w))
}

// SetNoDelay tells TCP to send small segments at once, as it does at first, or
// to wait for more.
func (c *Conn) SetNoDelay(on bool) error {
	value := 0
	if on {
		value = 1
	}
	return c.SetOption(abi.IPPROTO_TCP, abi.TCP_NODELAY, value)
}

// SetOption sets a socket option that is an int.
func (c *Conn) SetOption(level, name, value int) error {
	return c.err("set", c.with(func(s *sock) error { return s.setOption(level, name, value) }))
}

// Fd is the descriptor. It is the connection's until Close, and does not block.
func (c *Conn) Fd() int { return c.s.n }
