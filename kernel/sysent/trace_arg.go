// Trace printing of arguments by kind: numbers, bits with names, pointers.

package sysent

import (
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// traceSet is what the bits of a number, or the numbers it can be, are called:
// names, with spaces between, those whose bits under the mask are the value. A
// mask of 0 is all bits of a number that is one of several, and the value's
// own bits else.
type traceSet struct {
	bits   bool
	names  string
	values []traceValue
}

type traceValue struct{ mask, value uint32 }

// arg appends the argument in slot i.
func (t *tracer) arg(i int, a traceArg) {
	switch a.kind {
	case argInt:
		t.int(int64(t.f.Int32(i)))
	case argUint:
		t.uint(uint64(t.f.Uint32(i)))
	case argLong:
		t.int(t.f.Int64(i))
	case argUlong:
		t.uint(t.f.Slot[i])
	case argMode:
		t.octal(uint64(t.f.Uint32(i)))
	case argSet:
		t.named(a.x, t.f.Uint32(i))
	case argSignal:
		t.signal(t.f.Int32(i))
	case argAtFD:
		t.atFD(t.f.Int32(i))
	case argIoctl:
		t.ioctl(i)
	case argFcntl:
		t.fcntl(i)
	case argOption:
		t.option(i)
	default:
		t.pointer(i, a)
	}
}

// pointer appends the argument in slot i, which points to memory.
func (t *tracer) pointer(i int, a traceArg) {
	switch {
	case a.kind == argAddr:
		t.addr(i)
	case t.f.Ref(i).IsNil():
		t.str("NULL")
	case a.dir == dirOut && t.failed:
		t.str("…")
	case a.kind == argString:
		t.string(i)
	case a.kind == argBytes && a.x == elemSockaddr:
		t.sockaddr(t.f.Buf(i, t.length(a)), t.length(a))
	case a.kind == argBytes && a.x == elemNone:
		t.bytes(t.f.Ref(i), t.length(a))
	case a.kind == argBytes:
		t.str("{…}")
	case a.kind == argSized:
		t.sized(i, a)
	case a.kind == argOne:
		t.object(t.f.Ref(i), a.x)
	default:
		t.array(i, a)
	}
}

// length is the number of elements behind a pointer; of what a call has
// filled, those that it says it did.
func (t *tracer) length(a traceArg) uint64 {
	if a.n < 0 {
		return uint64(-int(a.n))
	}
	n := t.f.Slot[a.n]
	if a.dir == dirOut && t.done && t.row.ret == retInt {
		n = min(n, uint64(max(t.f.Ret[0], 0)))
	}
	return n
}

// named appends the names in set x for the number v, and what is left of it.
func (t *tracer) named(x uint8, v uint32) {
	set, begin := &traceSets[x], len(t.dst)
	name, rest := "", set.names
	for _, n := range set.values {
		name, rest, _ = strings.Cut(rest, " ")
		mask := n.mask
		switch {
		case !set.bits:
			mask = 1<<32 - 1
		case mask == 0:
			mask = n.value
		}
		if v&mask != n.value {
			continue
		}
		if len(t.dst) > begin {
			t.str("|")
		}
		t.str(name)
		if v &^= mask; !set.bits {
			return
		}
	}
	t.unnamed(set, x, v, len(t.dst) > begin)
}

// unnamed appends what is left of a number; more is set when it had names.
func (t *tracer) unnamed(set *traceSet, x uint8, v uint32, more bool) {
	switch {
	case !set.bits && x == setIoctl:
		t.command(v)
	case !set.bits:
		t.int(int64(int32(v)))
	case !more && v == 0:
		t.str("0")
	case v != 0:
		if more {
			t.str("|")
		}
		t.hex(uint64(v))
	}
}

// command appends an ioctl command that has no name here: _IOW('t', 3, 4).
func (t *tracer) command(v uint32) {
	switch v & abi.IOC_DIRMASK {
	case abi.IOC_VOID:
		t.str("_IO")
	case abi.IOC_OUT:
		t.str("_IOR")
	case abi.IOC_IN:
		t.str("_IOW")
	case abi.IOC_INOUT:
		t.str("_IOWR")
	default:
		t.hex(uint64(v))
		return
	}
	t.str("(")
	if g := abi.IocGroup(v); g > ' ' && g < 0x7f {
		t.dst = append(t.dst, '\'', g, '\'')
	} else {
		t.hex(uint64(g))
	}
	t.str(", ")
	t.int(int64(abi.IocNr(v)))
	t.str(", ")
	t.int(int64(abi.IocLen(v)))
	t.str(")")
}

func (t *tracer) signal(sig int32) {
	if sig > 0 && sig <= int32(abi.SIGPWR) {
		t.str(abi.Signal(sig).Name())
		return
	}
	t.int(int64(sig))
}

func (t *tracer) atFD(fd int32) {
	if fd == abi.AT_FDCWD {
		t.str("AT_FDCWD")
		return
	}
	t.int(int64(fd))
}

// addr appends a slot that is an address or a number: addresses in this
// process mean nothing to a reader.
func (t *tracer) addr(i int) {
	switch {
	case t.f.Mem[i] != nil:
		t.str("…")
	case t.f.Slot[i] == 0:
		t.str("NULL")
	default:
		t.hex(t.f.Slot[i])
	}
}

// ioctl appends the data of ioctl(2): an int as such, larger things not.
func (t *tracer) ioctl(i int) {
	cmd := t.f.Uint32(i - 1)
	m := t.f.Ref(i)
	switch {
	case m.IsNil() || abi.IocLen(cmd) != 4 || t.failed && !abi.IocReads(cmd):
		t.addr(i)
	case abi.IocReads(cmd) || abi.IocWrites(cmd):
		t.object(m, elemInt)
	default:
		t.addr(i)
	}
}

// fcntl appends the argument of fcntl(2).
func (t *tracer) fcntl(i int) {
	switch t.f.Int32(i - 1) {
	case abi.F_GETFD, abi.F_GETFL, abi.F_GETOWN, abi.F_CLOSEM, abi.F_MAXFD, abi.F_GETNOSIGPIPE:
		t.str("0")
	case abi.F_SETFL:
		t.named(setOpen, t.f.Uint32(i))
	case abi.F_GETLK, abi.F_SETLK, abi.F_SETLKW:
		t.lock(usermem.In[abi.Flock]{Mem: t.f.Ref(i)})
	case abi.F_DUPFD, abi.F_DUPFD_CLOEXEC, abi.F_SETFD, abi.F_SETOWN, abi.F_SETNOSIGPIPE:
		t.int(int64(t.f.Int32(i)))
	default:
		t.addr(i)
	}
}

// option appends the name of a socket option, which the level in front of it
// decides.
func (t *tracer) option(i int) {
	switch t.f.Int32(i - 1) {
	case abi.SOL_SOCKET:
		t.named(setSo, t.f.Uint32(i))
	case abi.IPPROTO_TCP:
		t.named(setTcp, t.f.Uint32(i))
	default:
		t.int(int64(t.f.Int32(i)))
	}
}
