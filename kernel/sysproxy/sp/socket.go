// Sockets of the host, nonblocking so that the run time waits for them.
package sp

import (
	"os"
	"syscall"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"golang.org/x/sys/unix"
)

const backlog = 256

// Socket makes a nonblocking socket for a.
func Socket(a Addr) (int, unix.Sockaddr, error) {
	family, sa := unix.AF_INET, unix.Sockaddr(nil)
	if a.Path != "" {
		family, sa = unix.AF_UNIX, &unix.SockaddrUnix{Name: a.Path}
	} else {
		sa = &unix.SockaddrInet4{Addr: a.IP, Port: int(a.Port)}
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, nil, HostErrno(err)
	}
	return fd, sa, nil
}

// NoDelay makes small frames leave at once. A unix socket does that anyway.
func NoDelay(fd int) {
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
}

// Listener is a listening socket.
type Listener struct {
	// Addr is where it listens, the port filled in.
	Addr Addr

	file     *os.File
	raw      syscall.RawConn
	dev, ino uint64 // of the socket in the file system
}

// Listen listens at a. A unix socket is its owner's alone (mode 0600);
// EADDRINUSE when the path exists.
func Listen(a Addr) (*Listener, error) {
	fd, sa, err := Socket(a)
	if err != nil {
		return nil, err
	}
	if a.Path != "" {
		err = unix.Fchmod(fd, 0o600) // before bind: the mode of what bind makes
	} else {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	}
	if err == nil {
		err = unix.Bind(fd, sa)
	}
	if err != nil {
		unix.Close(fd)
		return nil, HostErrno(err)
	}
	l := &Listener{Addr: a}
	if err := l.open(fd); err != nil {
		l.unlink()
		unix.Close(fd)
		return nil, HostErrno(err)
	}
	return l, nil
}

// open begins to listen on a bound socket.
func (l *Listener) open(fd int) error {
	l.remember(fd)
	if err := unix.Listen(fd, backlog); err != nil {
		return err
	}
	l.file = os.NewFile(uintptr(fd), "listener")
	raw, err := l.file.SyscallConn()
	l.raw = raw
	return err
}

// remember notes which file the path is, and which port was given.
func (l *Listener) remember(fd int) {
	if l.Addr.Path == "" {
		if port, ok := portOf(fd); ok {
			l.Addr.Port = port
		}
		return
	}
	var st unix.Stat_t
	if unix.Lstat(l.Addr.Path, &st) == nil {
		l.dev, l.ino = st.Dev, st.Ino
	}
}

// Accept waits for a client and returns its socket, nonblocking. After Close
// it is EBADF.
func (l *Listener) Accept() (int, error) {
	fd, aerr := -1, error(nil)
	err := l.raw.Read(func(s uintptr) bool {
		fd, aerr = accept(s)
		return aerr != unix.EAGAIN && aerr != unix.EINTR
	})
	switch {
	case err != nil:
		return -1, abi.EBADF
	case aerr != nil:
		return -1, HostErrno(aerr)
	}
	if l.Addr.Path == "" {
		NoDelay(fd)
	}
	return fd, nil
}

// Close ends Accept and removes the socket from the file system.
func (l *Listener) Close() {
	l.unlink()
	_ = l.file.Close()
}

// unlink removes the path, unless something else stands there by now.
func (l *Listener) unlink() {
	var st unix.Stat_t
	if l.Addr.Path == "" || unix.Lstat(l.Addr.Path, &st) != nil {
		return
	}
	if st.Dev == l.dev && st.Ino == l.ino {
		_ = unix.Unlink(l.Addr.Path)
	}
}
