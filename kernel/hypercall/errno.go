// Errors of the host in NetBSD's numbering.
package hypercall

import (
	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// hostError turns an error of the host into one of NetBSD: EIO for what it
// does not know.
func hostError(err error) error {
	e, ok := err.(unix.Errno)
	if !ok {
		return abi.EIO
	}
	return FromHost(e)
}

// FromHost returns NetBSD's number for an error of the host.
func FromHost(e unix.Errno) abi.Errno {
	for _, r := range hostErrors {
		if r.host == e {
			return r.errno
		}
	}
	return abi.EIO
}

// ToHost returns the host's number for an error of NetBSD.
func ToHost(e abi.Errno) unix.Errno {
	for _, r := range hostErrors {
		if r.errno == e {
			return r.host
		}
	}
	return unix.EIO
}

// hostErrors pairs the numbers of both systems; it is searched from the top.
var hostErrors = [...]struct {
	host  unix.Errno
	errno abi.Errno
}{
	{unix.EPERM, abi.EPERM}, {unix.ENOENT, abi.ENOENT}, {unix.ESRCH, abi.ESRCH},
	{unix.EINTR, abi.EINTR}, {unix.EIO, abi.EIO}, {unix.ENXIO, abi.ENXIO},
	{unix.E2BIG, abi.E2BIG}, {unix.ENOEXEC, abi.ENOEXEC}, {unix.EBADF, abi.EBADF},
	{unix.ECHILD, abi.ECHILD}, {unix.EAGAIN, abi.EAGAIN}, {unix.ENOMEM, abi.ENOMEM},
	{unix.EACCES, abi.EACCES}, {unix.EFAULT, abi.EFAULT}, {unix.ENOTBLK, abi.ENOTBLK},
	{unix.EBUSY, abi.EBUSY}, {unix.EEXIST, abi.EEXIST}, {unix.EXDEV, abi.EXDEV},
	{unix.ENODEV, abi.ENODEV}, {unix.ENOTDIR, abi.ENOTDIR}, {unix.EISDIR, abi.EISDIR},
	{unix.EINVAL, abi.EINVAL}, {unix.ENFILE, abi.ENFILE}, {unix.EMFILE, abi.EMFILE},
	{unix.ENOTTY, abi.ENOTTY}, {unix.ETXTBSY, abi.ETXTBSY}, {unix.EFBIG, abi.EFBIG},
	{unix.ENOSPC, abi.ENOSPC}, {unix.ESPIPE, abi.ESPIPE}, {unix.EROFS, abi.EROFS},
	{unix.EMLINK, abi.EMLINK}, {unix.EPIPE, abi.EPIPE}, {unix.EDOM, abi.EDOM},
	{unix.ERANGE, abi.ERANGE}, {unix.EDEADLK, abi.EDEADLK},
	{unix.ENAMETOOLONG, abi.ENAMETOOLONG}, {unix.ENOLCK, abi.ENOLCK},
	{unix.ENOSYS, abi.ENOSYS}, {unix.ENOTEMPTY, abi.ENOTEMPTY}, {unix.ELOOP, abi.ELOOP},
	{unix.ENOMSG, abi.ENOMSG}, {unix.EIDRM, abi.EIDRM}, {unix.ENODATA, abi.ENODATA},
	{unix.ETIME, abi.ETIME}, {unix.ENOSR, abi.ENOSR}, {unix.ENOSTR, abi.ENOSTR},
	{unix.EREMOTE, abi.EREMOTE}, {unix.ENOLINK, abi.ENOLINK}, {unix.EPROTO, abi.EPROTO},
	{unix.EMULTIHOP, abi.EMULTIHOP}, {unix.EBADMSG, abi.EBADMSG},
	{unix.EOVERFLOW, abi.EOVERFLOW}, {unix.EILSEQ, abi.EILSEQ}, {unix.EUSERS, abi.EUSERS},
	{unix.ENOTSOCK, abi.ENOTSOCK}, {unix.EDESTADDRREQ, abi.EDESTADDRREQ},
	{unix.EMSGSIZE, abi.EMSGSIZE}, {unix.EPROTOTYPE, abi.EPROTOTYPE},
	{unix.ENOPROTOOPT, abi.ENOPROTOOPT}, {unix.EPROTONOSUPPORT, abi.EPROTONOSUPPORT},
	{unix.ESOCKTNOSUPPORT, abi.ESOCKTNOSUPPORT}, {unix.EOPNOTSUPP, abi.EOPNOTSUPP},
	{unix.ENOTSUP, abi.ENOTSUP},
	{unix.EPFNOSUPPORT, abi.EPFNOSUPPORT}, {unix.EAFNOSUPPORT, abi.EAFNOSUPPORT},
	{unix.EADDRINUSE, abi.EADDRINUSE}, {unix.EADDRNOTAVAIL, abi.EADDRNOTAVAIL},
	{unix.ENETDOWN, abi.ENETDOWN}, {unix.ENETUNREACH, abi.ENETUNREACH},
	{unix.ENETRESET, abi.ENETRESET}, {unix.ECONNABORTED, abi.ECONNABORTED},
	{unix.ECONNRESET, abi.ECONNRESET}, {unix.ENOBUFS, abi.ENOBUFS},
	{unix.EISCONN, abi.EISCONN}, {unix.ENOTCONN, abi.ENOTCONN},
	{unix.ESHUTDOWN, abi.ESHUTDOWN}, {unix.ETOOMANYREFS, abi.ETOOMANYREFS},
	{unix.ETIMEDOUT, abi.ETIMEDOUT}, {unix.ECONNREFUSED, abi.ECONNREFUSED},
	{unix.EHOSTDOWN, abi.EHOSTDOWN}, {unix.EHOSTUNREACH, abi.EHOSTUNREACH},
	{unix.EALREADY, abi.EALREADY}, {unix.EINPROGRESS, abi.EINPROGRESS},
	{unix.ESTALE, abi.ESTALE}, {unix.EDQUOT, abi.EDQUOT}, {unix.ECANCELED, abi.ECANCELED},
}
