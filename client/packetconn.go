// Sockets of datagrams, as net.PacketConn.

package client

import (
	"net"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// PacketConn is a socket that receives from anybody. Its methods are those of
// net.PacketConn and net.Conn.
type PacketConn struct {
	Conn
	// from and size are where the kernel puts the address of a datagram, to the
	// address of one to send: their side's mu protects them.
	from [abi.SS_MAXSIZE]byte
	size uint32
	to   [sizeofSockaddrIn6]byte
}

var _ net.PacketConn = (*PacketConn)(nil)

// ReadFrom receives a datagram and the address it came from. What of it does
// not fit p is lost.
func (c *PacketConn) ReadFrom(p []byte) (n int, from net.Addr, err error) {
	err = c.s.do(&c.s.r, func() error {
		c.size = uint32(len(c.from))
		var err error
		if n, err = c.s.c.Recvfrom(c.s.n, p, 0, c.from[:], &c.size); err == nil {
			from = netAddr(c.s.typ, c.from[:min(int(c.size), len(c.from))])
		}
		return err
	})
	if err != nil {
		return 0, nil, c.err("read", err)
	}
	return n, from, nil
}

// WriteTo sends a datagram to an address.
func (c *PacketConn) WriteTo(p []byte, to net.Addr) (n int, err error) {
	err = c.s.do(&c.s.w, func() error {
		sa, err := appendSockaddr(c.to[:0], to)
		if err == nil {
			n, err = c.s.c.Sendto(c.s.n, p, abi.MSG_NOSIGNAL, sa)
		}
		return err
	})
	if err != nil {
		return 0, &net.OpError{Op: "write", Net: c.network, Source: c.local, Addr: to, Err: err}
	}
	return n, nil
}
