// Listening sockets, as net.Listener.

package client

import (
	"net"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Listener is a socket that accepts connections. Its methods are those of
// net.Listener.
type Listener struct {
	s       *sock
	network string
	addr    net.Addr
}

var _ net.Listener = (*Listener)(nil)

// Accept waits for a connection. Its dynamic type is *Conn.
func (l *Listener) Accept() (net.Conn, error) {
	var fd int
	err := l.s.do(&l.s.r, func() (err error) {
		fd, err = l.s.c.Paccept(l.s.n, nil, nil, nil, abi.SOCK_CLOEXEC|abi.SOCK_NONBLOCK|abi.SOCK_NOSIGPIPE)
		if err == abi.ECONNABORTED {
			// Who connected has gone; the next may be there already.
			err = abi.EAGAIN
			l.s.r.wake()
		}
		return err
	})
	if err != nil {
		return nil, l.err("accept", err)
	}
	s, err := l.s.c.newSock(fd, l.s.family, l.s.typ)
	if err != nil {
		return nil, l.err("accept", err)
	}
	return newConn(s, l.network), nil
}

func (l *Listener) err(op string, err error) error {
	if err == nil {
		return nil
	}
	return &net.OpError{Op: op, Net: l.network, Addr: l.addr, Err: err}
}

// Close closes the socket. A call that waits returns net.ErrClosed.
func (l *Listener) Close() error { return l.err("close", l.s.close()) }

// Addr is the address that the socket listens at.
func (l *Listener) Addr() net.Addr { return l.addr }

// SetDeadline bounds Accept.
func (l *Listener) SetDeadline(t time.Time) error {
	return l.err("set", l.s.setDeadline(t, &l.s.r))
}
