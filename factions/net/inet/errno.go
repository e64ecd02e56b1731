// The stack's errors as NetBSD's.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// errno returns the error number of err, nil for nil. One that the stack
// should not return to a socket is EIO.
func errno(err tcpip.Error) error {
	switch err.(type) {
	case nil:
		return nil
	case *tcpip.ErrWouldBlock:
		return abi.EWOULDBLOCK
	case *tcpip.ErrConnectStarted:
		return abi.EINPROGRESS
	case *tcpip.ErrAlreadyConnecting:
		return abi.EALREADY
	case *tcpip.ErrAlreadyConnected:
		return abi.EISCONN
	case *tcpip.ErrNotConnected:
		return abi.ENOTCONN
	case *tcpip.ErrClosedForSend:
		return abi.EPIPE
	case *tcpip.ErrConnectionRefused:
		return abi.ECONNREFUSED
	case *tcpip.ErrConnectionReset:
		return abi.ECONNRESET
	case *tcpip.ErrAborted, *tcpip.ErrConnectionAborted:
		return abi.ECONNABORTED
	case *tcpip.ErrTimeout:
		return abi.ETIMEDOUT
	}
	return errnoSetup(err)
}

// errnoSetup is the errors of addresses, routes and sizes.
func errnoSetup(err tcpip.Error) error {
	switch err.(type) {
	case *tcpip.ErrPortInUse, *tcpip.ErrDuplicateAddress:
		return abi.EADDRINUSE
	case *tcpip.ErrNoPortAvailable:
		return abi.EAGAIN
	case *tcpip.ErrBadLocalAddress, *tcpip.ErrBadAddress:
		return abi.EADDRNOTAVAIL
	case *tcpip.ErrDestinationRequired:
		return abi.EDESTADDRREQ
	case *tcpip.ErrAddressFamilyNotSupported:
		return abi.EAFNOSUPPORT
	case *tcpip.ErrNetworkUnreachable, *tcpip.ErrHostUnreachable, *tcpip.ErrNoNet:
		return abi.EHOSTUNREACH // what having no route is
	case *tcpip.ErrHostDown:
		return abi.EHOSTDOWN
	case *tcpip.ErrMessageTooLong:
		return abi.EMSGSIZE
	case *tcpip.ErrNoBufferSpace:
		return abi.ENOBUFS
	case *tcpip.ErrBroadcastDisabled:
		return abi.EACCES
	case *tcpip.ErrNotPermitted:
		return abi.EPERM
	}
	return errnoMisuse(err)
}

// errnoMisuse is the errors of calls at the wrong time or with wrong values.
func errnoMisuse(err tcpip.Error) error {
	switch err.(type) {
	case *tcpip.ErrAlreadyBound, *tcpip.ErrInvalidEndpointState,
		*tcpip.ErrInvalidOptionValue, *tcpip.ErrInvalidPortRange, *tcpip.ErrMalformedHeader:
		return abi.EINVAL
	case *tcpip.ErrNotSupported:
		return abi.EOPNOTSUPP
	case *tcpip.ErrUnknownProtocol:
		return abi.EPROTONOSUPPORT
	case *tcpip.ErrUnknownProtocolOption:
		return abi.ENOPROTOOPT
	case *tcpip.ErrUnknownNICID, *tcpip.ErrInvalidNICID, *tcpip.ErrUnknownDevice:
		return abi.ENXIO
	case *tcpip.ErrNoSuchFile:
		return abi.ENOENT
	case *tcpip.ErrBadBuffer:
		return abi.EFAULT
	}
	return abi.EIO
}
