// Waiting for descriptors: poll(2) and select(2).

package abi

// Events of a Pollfd, poll(2).
const (
	POLLIN     = 0x1
	POLLPRI    = 0x2
	POLLOUT    = 0x4
	POLLRDNORM = 0x40
	POLLWRNORM = 0x4
	POLLRDBAND = 0x80
	POLLWRBAND = 0x100
	POLLERR    = 0x8
	POLLHUP    = 0x10
	POLLNVAL   = 0x20
)

// Timeout of poll(2) that never passes.
const INFTIM = -1

// Pollfd is struct pollfd, poll(2).
type Pollfd struct {
	Fd      int32
	Events  int16
	Revents int16
}

// Number of descriptors an FdSet holds, and bits in one of its words.
const (
	FD_SETSIZE = 256
	NFDBITS    = 32
)

// FdSet is fd_set, select(2): descriptor n is bit n%32 of word n/32.
type FdSet struct {
	Bits [8]uint32
}
