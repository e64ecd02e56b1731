// Error numbers of NetBSD 7.99.34, see errno(2), and how they behave as Go errors.

package abi

import (
	"errors"
	"io/fs"
	"strconv"
)

// Errno is a NetBSD error number. The zero Errno means success and is never
// returned as an error. Converting a positive Errno to error does not allocate.
type Errno int32

// Error numbers a system call can return, errno(2).
const (
	EPERM           Errno = 1
	ENOENT          Errno = 2
	ESRCH           Errno = 3
	EINTR           Errno = 4
	EIO             Errno = 5
	ENXIO           Errno = 6
	E2BIG           Errno = 7
	ENOEXEC         Errno = 8
	EBADF           Errno = 9
	ECHILD          Errno = 10
	EDEADLK         Errno = 11
	ENOMEM          Errno = 12
	EACCES          Errno = 13
	EFAULT          Errno = 14
	ENOTBLK         Errno = 15
	EBUSY           Errno = 16
	EEXIST          Errno = 17
	EXDEV           Errno = 18
	ENODEV          Errno = 19
	ENOTDIR         Errno = 20
	EISDIR          Errno = 21
	EINVAL          Errno = 22
	ENFILE          Errno = 23
	EMFILE          Errno = 24
	ENOTTY          Errno = 25
	ETXTBSY         Errno = 26
	EFBIG           Errno = 27
	ENOSPC          Errno = 28
	ESPIPE          Errno = 29
	EROFS           Errno = 30
	EMLINK          Errno = 31
	EPIPE           Errno = 32
	EDOM            Errno = 33
	ERANGE          Errno = 34
	EAGAIN          Errno = 35
	EINPROGRESS     Errno = 36
	EALREADY        Errno = 37
	ENOTSOCK        Errno = 38
	EDESTADDRREQ    Errno = 39
	EMSGSIZE        Errno = 40
	EPROTOTYPE      Errno = 41
	ENOPROTOOPT     Errno = 42
	EPROTONOSUPPORT Errno = 43
	ESOCKTNOSUPPORT Errno = 44
	EOPNOTSUPP      Errno = 45
	EPFNOSUPPORT    Errno = 46
	EAFNOSUPPORT    Errno = 47
	EADDRINUSE      Errno = 48
	EADDRNOTAVAIL   Errno = 49
	ENETDOWN        Errno = 50
	ENETUNREACH     Errno = 51
	ENETRESET       Errno = 52
	ECONNABORTED    Errno = 53
	ECONNRESET      Errno = 54
	ENOBUFS         Errno = 55
	EISCONN         Errno = 56
	ENOTCONN        Errno = 57
	ESHUTDOWN       Errno = 58
	ETOOMANYREFS    Errno = 59
	ETIMEDOUT       Errno = 60
	ECONNREFUSED    Errno = 61
	ELOOP           Errno = 62
	ENAMETOOLONG    Errno = 63
	EHOSTDOWN       Errno = 64
	EHOSTUNREACH    Errno = 65
	ENOTEMPTY       Errno = 66
	EPROCLIM        Errno = 67
	EUSERS          Errno = 68
	EDQUOT          Errno = 69
	ESTALE          Errno = 70
	EREMOTE         Errno = 71
	EBADRPC         Errno = 72
	ERPCMISMATCH    Errno = 73
	EPROGUNAVAIL    Errno = 74
	EPROGMISMATCH   Errno = 75
	EPROCUNAVAIL    Errno = 76
	ENOLCK          Errno = 77
	ENOSYS          Errno = 78
	EFTYPE          Errno = 79
	EAUTH           Errno = 80
	ENEEDAUTH       Errno = 81
	EIDRM           Errno = 82
	ENOMSG          Errno = 83
	EOVERFLOW       Errno = 84
	EILSEQ          Errno = 85
	ENOTSUP         Errno = 86
	ECANCELED       Errno = 87
	EBADMSG         Errno = 88
	ENODATA         Errno = 89
	ENOSR           Errno = 90
	ENOSTR          Errno = 91
	ETIME           Errno = 92
	ENOATTR         Errno = 93
	EMULTIHOP       Errno = 94
	ENOLINK         Errno = 95
	EPROTO          Errno = 96

	EWOULDBLOCK = EAGAIN // a non-blocking operation would block
	ELAST       = EPROTO // the largest error number
)

// Negative values a handler can return to the system call layer. None of them
// reaches a client.
const (
	EJUSTRETURN  Errno = -2 // leave the registers as they are
	ERESTART     Errno = -3 // a signal arrived: restart the call
	EPASSTHROUGH Errno = -4 // the ioctl command belongs to a lower layer
	EDUPFD       Errno = -5 // open: duplicate the descriptor left in the lwp
	EMOVEFD      Errno = -6 // open: move the descriptor left in the lwp
)

// Error is the text of the error number, in strerror(3)'s usual wording.
func (e Errno) Error() string {
	if e >= 0 && int(e) < len(errnoTable) {
		return errnoTable[e].text
	}
	if n := e.internalName(); n != "" {
		return "kernel-internal error " + n
	}
	return "unknown error: " + strconv.Itoa(int(e))
}

// Name is the symbolic name of the error number, "ENOENT"; for a number without
// one it is "errno N".
func (e Errno) Name() string {
	if e > 0 && int(e) < len(errnoTable) {
		return errnoTable[e].name
	}
	if n := e.internalName(); n != "" {
		return n
	}
	return "errno " + strconv.Itoa(int(e))
}

func (e Errno) internalName() string {
	switch e {
	case EJUSTRETURN:
		return "EJUSTRETURN"
	case ERESTART:
		return "ERESTART"
	case EPASSTHROUGH:
		return "EPASSTHROUGH"
	case EDUPFD:
		return "EDUPFD"
	case EMOVEFD:
		return "EMOVEFD"
	}
	return ""
}

// Is makes errors.Is match the portable errors of io/fs and errors, with the choices
// package syscall makes. There is none for fs.ErrInvalid and fs.ErrClosed:
// EINVAL and EBADF have wider meanings.
func (e Errno) Is(target error) bool {
	switch target {
	case fs.ErrPermission:
		return e == EACCES || e == EPERM
	case fs.ErrExist:
		return e == EEXIST || e == ENOTEMPTY
	case fs.ErrNotExist:
		return e == ENOENT
	case errors.ErrUnsupported:
		return e == ENOSYS || e == ENOTSUP || e == EOPNOTSUPP
	}
	return false
}

// Timeout reports whether the error is a deadline that passed.
func (e Errno) Timeout() bool {
	return e == EAGAIN || e == ETIMEDOUT
}

// Temporary reports whether the same call can succeed later.
func (e Errno) Temporary() bool {
	return e == EINTR || e == EMFILE || e == ENFILE || e.Timeout()
}
