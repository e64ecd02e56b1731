package device

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Answering, and reading where there may be nothing, never sleeps, so Go's
// scheduler is not told of it: it would look after each call for some time, on a
// thread of its own.

// tryRead reads into b without waiting.
func tryRead(fd int, b []byte) (int, error) {
	n, _, e := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	if e != 0 {
		return 0, e
	}
	return int(n), nil
}

// tryMove moves a request to a pipe without waiting.
func tryMove(from, to, length int) (int, error) {
	n, _, e := unix.RawSyscall6(unix.SYS_SPLICE, uintptr(from), 0, uintptr(to), 0, uintptr(length), 0)
	if e != 0 {
		return 0, e
	}
	return int(n), nil
}

// write writes b.
func write(fd int, b []byte) error {
	_, _, e := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	if e != 0 {
		return e
	}
	return nil
}

// clone has a descriptor of the device serve the mount of another one as well.
func clone(fd, other int) error {
	mount := uint32(other)
	_, _, e := unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), devClone, uintptr(unsafe.Pointer(&mount)))
	if e != 0 {
		return e
	}
	return nil
}
