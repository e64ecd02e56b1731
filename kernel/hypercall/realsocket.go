// Sockets of the real host. They are nonblocking: the run time waits for them.
package hypercall

import (
	"os"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// listenBacklog is how many streams wait to be accepted.
const listenBacklog = 256

// realSocket is a socket of the host. The file keeps its descriptor from
// being used again while somebody waits in it.
type realSocket struct {
	file *os.File
	raw  syscall.RawConn
	kind SocketKind
	// news is whether there was urgent data when Ready last came back.
	news atomic.Bool
}

// newRealSocket takes over a nonblocking descriptor.
func newRealSocket(fd int, kind SocketKind) (*realSocket, error) {
	s := &realSocket{file: os.NewFile(uintptr(fd), "socket"), kind: kind}
	raw, err := s.file.SyscallConn()
	if err != nil {
		return nil, abi.EBADF
	}
	s.raw = raw
	return s, nil
}

// openSocket makes a socket of a kind for a's family.
func openSocket(kind SocketKind, a *SocketAddr) (int, error) {
	family, typ, proto := unix.AF_INET, unix.SOCK_STREAM, 0
	if a.V6 {
		family = unix.AF_INET6
	}
	switch kind {
	case Datagram:
		typ = unix.SOCK_DGRAM
	case Echo:
		typ, proto = unix.SOCK_DGRAM, unix.IPPROTO_ICMP
		if a.V6 {
			proto = unix.IPPROTO_ICMPV6
		}
	}
	fd, err := unix.Socket(family, typ|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, proto)
	if err != nil {
		return -1, hostError(err)
	}
	return fd, nil
}

func (a *SocketAddr) host() unix.Sockaddr {
	if a.V6 {
		return &unix.SockaddrInet6{Addr: a.IP, Port: int(a.Port)}
	}
	return &unix.SockaddrInet4{Addr: [4]byte(a.IP[:4]), Port: int(a.Port)}
}

func fromHostAddr(sa unix.Sockaddr) (a SocketAddr) {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		copy(a.IP[:], sa.Addr[:])
		a.Port = uint16(sa.Port)
	case *unix.SockaddrInet6:
		a = SocketAddr{IP: sa.Addr, V6: true, Port: uint16(sa.Port)}
	}
	return a
}

// tuneStream sets the options of streams: nothing is held back, and urgent data
// stays where it is.
func tuneStream(fd int) {
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_OOBINLINE, 1)
}

func (h *real) Dial(kind SocketKind, to SocketAddr) (Socket, error) {
	fd, err := openSocket(kind, &to)
	if err != nil {
		return nil, err
	}
	if kind == Stream {
		tuneStream(fd)
	}
	if err := unix.Connect(fd, to.host()); err != nil && err != unix.EINPROGRESS {
		unix.Close(fd)
		return nil, hostError(err)
	}
	return newRealSocket(fd, kind)
}

// wait calls fn, when the socket is ready, until it gives another answer than
// EAGAIN.
func wait(on func(func(uintptr) bool) error, fn func(fd int) error) error {
	var err error
	werr := on(func(fd uintptr) bool {
		for {
			if err = fn(int(fd)); err != unix.EINTR {
				return err != unix.EAGAIN
			}
		}
	})
	switch {
	case werr != nil:
		return abi.EBADF // closed
	case err != nil:
		return hostError(err)
	}
	return nil
}

func (s *realSocket) Connected() error {
	return wait(s.raw.Write, func(fd int) error {
		code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
		if err != nil || s.kind != Stream {
			return err
		}
		if code != 0 {
			return unix.Errno(code)
		}
		if _, err := unix.Getpeername(fd); err == unix.ENOTCONN {
			return unix.EAGAIN
		}
		return nil
	})
}

func (s *realSocket) Ready() error {
	return wait(s.raw.Read, func(fd int) error {
		p := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN | unix.POLLPRI}}
		n, err := unix.Poll(p[:], 0)
		s.news.Store(p[0].Revents&unix.POLLPRI != 0)
		if n == 0 && err == nil {
			return unix.EAGAIN
		}
		return err
	})
}

func (s *realSocket) Read(b []byte) (n int, err error) {
	err = wait(s.raw.Read, func(fd int) (err error) {
		n, err = unix.Read(fd, b)
		return err
	})
	return max(n, 0), err
}

func (s *realSocket) WriteUrgent(b byte) error {
	return wait(s.raw.Write, func(fd int) error {
		_, err := unix.SendmsgN(fd, []byte{b}, nil, nil, unix.MSG_NOSIGNAL|unix.MSG_OOB)
		return err
	})
}

func (s *realSocket) AtMark() (at bool) {
	if s.news.Load() {
		_ = s.control(func(fd int) error {
			n, err := unix.IoctlGetInt(fd, unix.SIOCATMARK)
			at = err == nil && n != 0
			return err
		})
	}
	return at
}

func (s *realSocket) Write(b []byte) error {
	for {
		n := 0
		err := wait(s.raw.Write, func(fd int) (err error) {
			n, err = unix.SendmsgN(fd, b, nil, nil, unix.MSG_NOSIGNAL)
			return err
		})
		if err != nil || n >= len(b) || s.kind != Stream {
			return err
		}
		b = b[n:]
	}
}

// control calls fn with the descriptor, ready or not.
func (s *realSocket) control(fn func(fd int) error) error {
	err := error(abi.EBADF)
	_ = s.raw.Control(func(fd uintptr) {
		if err = fn(int(fd)); err != nil {
			err = hostError(err)
		}
	})
	return err
}

func (s *realSocket) CloseWrite() error {
	return s.control(func(fd int) error { return unix.Shutdown(fd, unix.SHUT_WR) })
}

func (s *realSocket) Reset() error {
	_ = s.control(func(fd int) error {
		return unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	})
	return s.Close()
}

func (s *realSocket) Close() error {
	if s.file.Close() != nil {
		return abi.EBADF
	}
	return nil
}
