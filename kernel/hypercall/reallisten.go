// Sockets of the real host that talk with many peers.
package hypercall

import (
	"golang.org/x/sys/unix"
)

// bound makes a socket at an address.
func bound(kind SocketKind, at *SocketAddr) (*realSocket, SocketAddr, error) {
	fd, err := openSocket(kind, at)
	if err != nil {
		return nil, SocketAddr{}, err
	}
	if kind == Stream {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	}
	if err == nil && at.V6 {
		err = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1)
	}
	if err == nil {
		err = unix.Bind(fd, at.host())
	}
	if err == nil && kind == Stream {
		err = unix.Listen(fd, listenBacklog)
	}
	sa := unix.Sockaddr(nil)
	if err == nil {
		sa, err = unix.Getsockname(fd)
	}
	if err != nil {
		unix.Close(fd)
		return nil, SocketAddr{}, hostError(err)
	}
	s, err := newRealSocket(fd, kind)
	return s, fromHostAddr(sa), err
}

// realListener is a listening socket of the host.
type realListener struct {
	*realSocket
	at SocketAddr
}

func (h *real) Listen(at SocketAddr) (Listener, error) {
	s, at, err := bound(Stream, &at)
	if err != nil {
		return nil, err
	}
	return &realListener{s, at}, nil
}

func (l *realListener) Addr() SocketAddr { return l.at }

func (l *realListener) Accept() (Socket, SocketAddr, error) {
	var fd int
	var from unix.Sockaddr
	err := wait(l.raw.Read, func(s int) (err error) {
		fd, from, err = unix.Accept4(s, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		return err
	})
	if err != nil {
		return nil, SocketAddr{}, err
	}
	tuneStream(fd)
	s, err := newRealSocket(fd, Stream)
	if err != nil {
		return nil, SocketAddr{}, err
	}
	return s, fromHostAddr(from), nil
}

// realPackets is a datagram socket of the host.
type realPackets struct {
	*realSocket
	at SocketAddr
}

func (h *real) ListenPacket(at SocketAddr) (PacketSocket, error) {
	s, at, err := bound(Datagram, &at)
	if err != nil {
		return nil, err
	}
	return &realPackets{s, at}, nil
}

func (p *realPackets) Addr() SocketAddr { return p.at }

func (p *realPackets) ReadFrom(b []byte) (int, SocketAddr, error) {
	var n int
	var from unix.Sockaddr
	err := wait(p.raw.Read, func(fd int) (err error) {
		n, from, err = unix.Recvfrom(fd, b, 0)
		return err
	})
	if err != nil {
		return 0, SocketAddr{}, err
	}
	return n, fromHostAddr(from), nil
}

func (p *realPackets) WriteTo(b []byte, to SocketAddr) error {
	return wait(p.raw.Write, func(fd int) error {
		return unix.Sendto(fd, b, unix.MSG_NOSIGNAL, to.host())
	})
}
