// Calls on sockets whose wrappers in package unix know every family of
// addresses there is, and with them types that no kernel uses.
package sp

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"
)

// portOf returns the port of a bound IPv4 socket.
func portOf(fd int) (port uint16, ok bool) {
	var sa unix.RawSockaddrInet4
	n := uint32(unsafe.Sizeof(sa))
	_, _, e := unix.RawSyscall(unix.SYS_GETSOCKNAME, uintptr(fd), uintptr(unsafe.Pointer(&sa)), uintptr(unsafe.Pointer(&n)))
	if e != 0 || sa.Family != unix.AF_INET {
		return 0, false
	}
	b := (*[2]byte)(unsafe.Pointer(&sa.Port))
	return binary.BigEndian.Uint16(b[:]), true
}

// accept takes a connection, nonblocking, whoever it is from.
func accept(fd uintptr) (int, error) {
	s, _, e := unix.Syscall6(unix.SYS_ACCEPT4, fd, 0, 0, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	if e != 0 {
		return -1, e
	}
	return int(s), nil
}
