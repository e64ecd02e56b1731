// Trace printing of the structures that calls carry most.

package sysent

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// What a pointer points at.
const (
	elemNone = iota // bytes
	elemInt
	elemUint
	elemLong
	elemUlong
	elemSockaddr // bytes
	elemSize     // bytes, the length of which is a size_t
	elemPollfd
	elemKevent
	elemIovec
	elemTimespec
	elemTimeval
	elemTimespec50
	elemTimeval50
	elemItimerval
	elemItimerspec
	elemRlimit
	elemStat
	elemOther // a structure that is not printed
)

// elemSizes are the sizes of elements of arrays in bytes, 0 of those that are
// not printed.
var elemSizes = [...]int{
	elemInt: 4, elemUint: 4, elemLong: 8, elemUlong: 8,
	elemPollfd: 8, elemKevent: 40, elemIovec: 16,
	elemTimespec: 16, elemTimeval: 16, elemTimespec50: 16, elemTimeval50: 16,
	elemOther: 0,
}

// read fills an object from m; when it can't, it appends the address instead.
func (t *tracer) read(m usermem.Mem, object []byte) bool {
	if m.Read(object) != nil {
		t.fault(m)
		return false
	}
	return true
}

// element appends the object of kind x at m.
func (t *tracer) element(m usermem.Mem, x uint8) {
	switch x {
	case elemInt:
		if v := int32(0); t.read(m, usermem.BytesOf(&v)) {
			t.int(int64(v))
		}
	case elemUint:
		if v := uint32(0); t.read(m, usermem.BytesOf(&v)) {
			t.uint(uint64(v))
		}
	case elemLong:
		if v := int64(0); t.read(m, usermem.BytesOf(&v)) {
			t.int(v)
		}
	case elemUlong:
		if v := uint64(0); t.read(m, usermem.BytesOf(&v)) {
			t.uint(v)
		}
	default:
		t.structure(m, x)
	}
}

// structure appends the structure of kind x at m.
func (t *tracer) structure(m usermem.Mem, x uint8) {
	switch x {
	case elemPollfd:
		var v abi.Pollfd
		if t.read(m, usermem.BytesOf(&v)) {
			t.pollfd(&v)
		}
	case elemKevent:
		var v abi.Kevent
		if t.read(m, usermem.BytesOf(&v)) {
			t.kevent(&v)
		}
	case elemIovec:
		var v abi.Iovec
		if t.read(m, usermem.BytesOf(&v)) {
			t.str("{")
			t.uint(v.Len)
			t.str(" bytes}")
		}
	case elemRlimit:
		var v abi.Rlimit
		if t.read(m, usermem.BytesOf(&v)) {
			t.rlimit(&v)
		}
	case elemStat:
		var v abi.Stat
		if t.read(m, usermem.BytesOf(&v)) {
			t.stat(&v)
		}
	default:
		t.times(m, x)
	}
}

// times appends structures of time: {1.500000000}.
func (t *tracer) times(m usermem.Mem, x uint8) {
	switch x {
	case elemTimespec:
		var v abi.Timespec
		if t.read(m, usermem.BytesOf(&v)) {
			t.span(v.Sec, v.Nsec, 9)
		}
	case elemTimeval:
		var v abi.Timeval
		if t.read(m, usermem.BytesOf(&v)) {
			t.span(v.Sec, int64(v.Usec), 6)
		}
	case elemTimespec50:
		var v abi.Timespec50
		if t.read(m, usermem.BytesOf(&v)) {
			t.span(int64(v.Sec), v.Nsec, 9)
		}
	case elemTimeval50:
		var v abi.Timeval50
		if t.read(m, usermem.BytesOf(&v)) {
			t.span(v.Sec, v.Usec, 6)
		}
	case elemItimerval:
		var v abi.Itimerval
		if t.read(m, usermem.BytesOf(&v)) {
			t.span(v.Value.Sec, int64(v.Value.Usec), 6)
			t.str(" every ")
			t.span(v.Interval.Sec, int64(v.Interval.Usec), 6)
		}
	case elemItimerspec:
		var v abi.Itimerspec
		if t.read(m, usermem.BytesOf(&v)) {
			t.span(v.Value.Sec, v.Value.Nsec, 9)
			t.str(" every ")
			t.span(v.Interval.Sec, v.Interval.Nsec, 9)
		}
	default:
		t.str("{…}")
	}
}

// span appends seconds and a fraction of so many digits.
func (t *tracer) span(sec, frac int64, digits int) {
	t.str("{")
	t.int(sec)
	t.str(".")
	if frac < 0 {
		t.int(frac)
		t.str("}")
		return
	}
	for unit := int64(10); digits > 1; digits-- {
		if frac < unit {
			t.zeros(digits - 1)
			break
		}
		unit *= 10
	}
	t.int(frac)
	t.str("}")
}

func (t *tracer) zeros(n int) {
	for range n {
		t.str("0")
	}
}

func (t *tracer) pollfd(v *abi.Pollfd) {
	t.str("{fd=")
	t.int(int64(v.Fd))
	t.str(", ")
	t.named(setPoll, uint32(uint16(v.Events)))
	if t.done && v.Revents != 0 {
		t.str(" → ")
		t.named(setPoll, uint32(uint16(v.Revents)))
	}
	t.str("}")
}

func (t *tracer) kevent(v *abi.Kevent) {
	t.str("{")
	t.uint(v.Ident)
	t.str(", ")
	t.named(setEvfilt, v.Filter)
	t.str(", ")
	t.named(setEv, v.Flags)
	t.str(", ")
	t.hex(uint64(v.Fflags))
	t.str(", ")
	t.int(v.Data)
	t.str("}")
}

func (t *tracer) rlimit(v *abi.Rlimit) {
	t.str("{")
	t.limit(v.Cur)
	t.str(", ")
	t.limit(v.Max)
	t.str("}")
}

func (t *tracer) limit(v uint64) {
	if v == abi.RLIM_INFINITY {
		t.str("RLIM_INFINITY")
		return
	}
	t.uint(v)
}

func (t *tracer) stat(v *abi.Stat) {
	t.str("{")
	t.named(setFiletype, v.Mode&abi.S_IFMT)
	t.str("|")
	t.octal(uint64(v.Mode &^ abi.S_IFMT))
	t.field("ino")
	t.uint(v.Ino)
	t.field("size")
	t.int(v.Size)
	t.str("}")
}

// lock appends a struct flock.
func (t *tracer) lock(in usermem.In[abi.Flock]) {
	if in.IsNil() {
		t.str("NULL")
		return
	}
	var v abi.Flock
	if !t.read(in.Mem, usermem.BytesOf(&v)) {
		return
	}
	t.str("{type=")
	t.int(int64(v.Type))
	t.field("whence")
	t.named(setWhence, uint32(uint16(v.Whence)))
	t.field("start")
	t.int(v.Start)
	t.field("len")
	t.int(v.Len)
	t.str("}")
}
