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

// show reads a T and appends it, or the address where there is none.
func show[T any](t *tracer, m usermem.Mem, print func(t *tracer, v *T)) {
	v, err := usermem.In[T]{Mem: m}.Get()
	if err != nil {
		t.fault(m)
		return
	}
	print(t, &v)
}

// element appends the object of kind x at m.
func (t *tracer) element(m usermem.Mem, x uint8) {
	switch x {
	case elemInt:
		show(t, m, func(t *tracer, v *int32) { t.int(int64(*v)) })
	case elemUint:
		show(t, m, func(t *tracer, v *uint32) { t.uint(uint64(*v)) })
	case elemLong:
		show(t, m, func(t *tracer, v *int64) { t.int(*v) })
	case elemUlong:
		show(t, m, func(t *tracer, v *uint64) { t.uint(*v) })
	case elemPollfd:
		show(t, m, (*tracer).pollfd)
	case elemKevent:
		show(t, m, (*tracer).kevent)
	case elemIovec:
		show(t, m, func(t *tracer, v *abi.Iovec) {
			t.str("{")
			t.uint(v.Len)
			t.str(" bytes}")
		})
	case elemRlimit:
		show(t, m, (*tracer).rlimit)
	case elemStat:
		show(t, m, (*tracer).stat)
	default:
		t.times(m, x)
	}
}

// times appends structures of time: {1.500000000}.
func (t *tracer) times(m usermem.Mem, x uint8) {
	switch x {
	case elemTimespec:
		show(t, m, func(t *tracer, v *abi.Timespec) { t.span(v.Sec, v.Nsec, 9) })
	case elemTimeval:
		show(t, m, func(t *tracer, v *abi.Timeval) { t.span(v.Sec, int64(v.Usec), 6) })
	case elemTimespec50:
		show(t, m, func(t *tracer, v *abi.Timespec50) { t.span(int64(v.Sec), v.Nsec, 9) })
	case elemTimeval50:
		show(t, m, func(t *tracer, v *abi.Timeval50) { t.span(v.Sec, v.Usec, 6) })
	case elemItimerval:
		show(t, m, func(t *tracer, v *abi.Itimerval) {
			t.span(v.Value.Sec, int64(v.Value.Usec), 6)
			t.str(" every ")
			t.span(v.Interval.Sec, int64(v.Interval.Usec), 6)
		})
	case elemItimerspec:
		show(t, m, func(t *tracer, v *abi.Itimerspec) {
			t.span(v.Value.Sec, v.Value.Nsec, 9)
			t.str(" every ")
			t.span(v.Interval.Sec, v.Interval.Nsec, 9)
		})
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
	show(t, in.Mem, func(t *tracer, v *abi.Flock) {
		t.str("{type=")
		t.int(int64(v.Type))
		t.field("whence")
		t.named(setWhence, uint32(uint16(v.Whence)))
		t.field("start")
		t.int(v.Start)
		t.field("len")
		t.int(v.Len)
		t.str("}")
	})
}
