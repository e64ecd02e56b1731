// The network of a kernel, with the functions that package net has.

package client

import (
	"context"
	"net"
	"net/netip"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Net is the network of a kernel. Networks are tcp, udp, unix, unixgram and
// unixpacket, and tcp4, tcp6, udp4, udp6. Hosts are addresses or "localhost",
// or, for dialling, names that the name servers of WithNameservers know; no
// host at all means IPv4. The process's sockets share one goroutine, which ends
// with the process.
type Net struct {
	c       *Client
	servers []netip.Addr
}

// Net returns the network as this process sees it.
func (c *Client) Net() Net { return Net{c: &Client{p: c.p}} }

// Dial connects to an address. The dynamic type is *Conn.
func (n Net) Dial(network, address string) (net.Conn, error) {
	return n.DialContext(context.Background(), network, address)
}

// DialContext connects to an address, as long as ctx allows; it does not
// matter afterwards. The addresses of a name are tried one after the other. It
// fits http.Transport.
func (n Net) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	s, err := n.dialAny(ctx, network, address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: text{network, address}, Err: err}
	}
	return newConn(s, network), nil
}

// dialAny connects to an address whose host may be a name.
func (n Net) dialAny(ctx context.Context, network, address string) (s *sock, err error) {
	list, err := n.addresses(ctx, network, address)
	for _, a := range list {
		if s, err = n.dial(ctx, network, a); err == nil {
			return s, nil
		}
	}
	return nil, err
}

func (n Net) dial(ctx context.Context, network, address string) (*sock, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	end, err := resolve(network, address, false)
	if err != nil {
		return nil, err
	}
	s, err := n.c.socket(end.family, end.typ, 0)
	if err != nil {
		return nil, err
	}
	err = s.connect(end.sa, ctx.Done())
	if err == nil {
		err = ctx.Err()
	}
	if err == nil && network[0] == 't' {
		err = s.setOption(abi.IPPROTO_TCP, abi.TCP_NODELAY, 1)
	}
	if err != nil {
		_ = s.close()
		return nil, err
	}
	return s, nil
}

// Listen accepts connections at an address; port 0 chooses one. The dynamic
// type is *Listener.
func (n Net) Listen(network, address string) (net.Listener, error) {
	s, err := n.bind(network, address)
	if err == nil {
		err = s.c.Listen(s.n, abi.SOMAXCONN)
		if err == nil {
			s.r.spin.on = s.unwatch != nil
			err = s.l.listens(s)
		}
		if err != nil {
			_ = s.close()
		}
	}
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: text{network, address}, Err: err}
	}
	return &Listener{s: s, network: network, addr: s.localAddr()}, nil
}

// ListenPacket receives datagrams at an address; port 0 chooses one. The
// dynamic type is *PacketConn.
func (n Net) ListenPacket(network, address string) (net.PacketConn, error) {
	s, err := n.bind(network, address)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: text{network, address}, Err: err}
	}
	return &PacketConn{Conn: Conn{s: s, network: network, local: s.localAddr()}}, nil
}

// bind makes a socket with an address.
func (n Net) bind(network, address string) (*sock, error) {
	end, err := resolve(network, address, true)
	if err != nil {
		return nil, err
	}
	s, err := n.c.socket(end.family, end.typ, 0)
	if err != nil {
		return nil, err
	}
	if end.typ == abi.SOCK_STREAM && end.family != abi.AF_LOCAL {
		err = s.setOption(abi.SOL_SOCKET, abi.SO_REUSEADDR, 1)
	}
	if err == nil {
		err = s.c.Bind(s.n, end.sa)
	}
	if err != nil {
		_ = s.close()
		return nil, err
	}
	return s, nil
}

// localAddr is the address that the socket is bound to.
func (s *sock) localAddr() net.Addr {
	sa, err := s.name(s.c.Getsockname)
	if err != nil {
		return nil
	}
	return netAddr(s.typ, sa)
}

// text is an address as the caller wrote it, for errors.
type text struct{ network, address string }

func (t text) Network() string { return t.network }
func (t text) String() string  { return t.address }
