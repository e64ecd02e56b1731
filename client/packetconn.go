// Sockets of datagrams, as net.PacketConn.

package client

import (
	"net"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// PacketConn is a socket that receives from anybody. Its methods are those of
// net.PacketConn and net.Conn.
type PacketConn struct{ Conn }

var _ net.PacketConn = (*PacketConn)(nil)

// ReadFrom receives a datagram and the address it came from. What of it does
// not fit p is lost.
func (c *PacketConn) ReadFrom(p []byte) (n int, from net.Addr, err error) {
	sa := make([]byte, abi.SS_MAXSIZE)
	var size uint32
	err = c.s.do(&c.s.r, func() error {
		size = uint32(len(sa))
		n, err = c.s.c.Recvfrom(c.s.n, p, 0, sa, &size)
		return err
	})
	if err != nil {
		return 0, nil, c.err("read", err)
	}
	return n, netAddr(c.s.typ, sa[:min(int(size), len(sa))]), nil
}

// WriteTo sends a datagram to an address.
func (c *PacketConn) WriteTo(p []byte, to net.Addr) (n int, err error) {
	sa, err := sockaddrOf(to)
	if err == nil {
		err = c.s.do(&c.s.w, func() error {
			n, err = c.s.c.Sendto(c.s.n, p, abi.MSG_NOSIGNAL, sa)
			return err
		})
	}
	if err != nil {
		return 0, &net.OpError{Op: "write", Net: c.network, Source: c.local, Addr: to, Err: err}
	}
	return n, nil
}
