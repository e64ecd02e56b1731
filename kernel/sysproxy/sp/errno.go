// The host's errors in NetBSD's numbering.
package sp

import (
	"errors"
	"os"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"golang.org/x/sys/unix"
)

// HostErrno returns the errno of an error of the host: what sockets and paths
// give has its own number, the rest is EIO.
func HostErrno(err error) abi.Errno {
	if e, ok := errors.AsType[abi.Errno](err); ok {
		return e
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return abi.ETIMEDOUT
	}
	h, ok := errors.AsType[unix.Errno](err)
	if !ok {
		return abi.EIO
	}
	if h <= unix.ERANGE && h != unix.EAGAIN { // the old numbers are the same
		return abi.Errno(h)
	}
	return newErrno(h)
}

// newErrno translates the numbers in which the hosts differ.
func newErrno(h unix.Errno) abi.Errno {
	switch h {
	case unix.EAGAIN:
		return abi.EAGAIN
	case unix.EADDRINUSE:
		return abi.EADDRINUSE
	case unix.EADDRNOTAVAIL:
		return abi.EADDRNOTAVAIL
	case unix.ECONNREFUSED:
		return abi.ECONNREFUSED
	case unix.ECONNRESET:
		return abi.ECONNRESET
	case unix.ECONNABORTED:
		return abi.ECONNABORTED
	case unix.ENETUNREACH:
		return abi.ENETUNREACH
	case unix.EHOSTUNREACH:
		return abi.EHOSTUNREACH
	case unix.ETIMEDOUT:
		return abi.ETIMEDOUT
	case unix.ENOTCONN:
		return abi.ENOTCONN
	case unix.ENAMETOOLONG:
		return abi.ENAMETOOLONG
	case unix.ELOOP:
		return abi.ELOOP
	case unix.ENOTSOCK:
		return abi.ENOTSOCK
	case unix.EPROTOTYPE:
		return abi.EPROTOTYPE
	}
	return abi.EIO
}
