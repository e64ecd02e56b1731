// Kernel events, kqueue(2).

package abi

// Filters of a Kevent.
const (
	EVFILT_READ     = 0
	EVFILT_WRITE    = 1
	EVFILT_AIO      = 2
	EVFILT_VNODE    = 3
	EVFILT_PROC     = 4
	EVFILT_SIGNAL   = 5
	EVFILT_TIMER    = 6
	EVFILT_SYSCOUNT = 7
)

// Flags of a Kevent.
const (
	EV_ADD      = 0x1
	EV_DELETE   = 0x2
	EV_ENABLE   = 0x4
	EV_DISABLE  = 0x8
	EV_ONESHOT  = 0x10
	EV_CLEAR    = 0x20
	EV_RECEIPT  = 0x40
	EV_DISPATCH = 0x80
	EV_SYSFLAGS = 0xf000
	EV_FLAG1    = 0x2000
	EV_EOF      = 0x8000
	EV_ERROR    = 0x4000
)

// Filter flags of a Kevent.
const (
	NOTE_LOWAT     = 0x1
	NOTE_DELETE    = 0x1
	NOTE_WRITE     = 0x2
	NOTE_EXTEND    = 0x4
	NOTE_ATTRIB    = 0x8
	NOTE_LINK      = 0x10
	NOTE_RENAME    = 0x20
	NOTE_REVOKE    = 0x40
	NOTE_EXIT      = 0x80000000
	NOTE_FORK      = 0x40000000
	NOTE_EXEC      = 0x20000000
	NOTE_PCTRLMASK = 0xf0000000
	NOTE_PDATAMASK = 0xfffff
	NOTE_TRACK     = 0x1
	NOTE_TRACKERR  = 0x2
	NOTE_CHILD     = 0x4
)

// Commands of ioctl(2) on a kqueue descriptor.
const (
	KFILTER_BYFILTER = 0xc0186b00
	KFILTER_BYNAME   = 0xc0186b01
)

// Kevent is struct kevent, kevent(2).
type Kevent struct {
	Ident  uint64
	Filter uint32
	Flags  uint32
	Fflags uint32
	_      [4]byte
	Data   int64
	Udata  int64
}
