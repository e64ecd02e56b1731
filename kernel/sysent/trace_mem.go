// Trace printing of a caller's memory: text, bytes, addresses of sockets,
// objects and arrays of them.

package sysent

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// string appends the text that slot i points to. No byte behind its NUL is
// asked for.
func (t *tracer) string(i int) {
	m := t.f.Ref(i)
	if m.IsLocal() {
		t.bytes(m, uint64(m.Len()))
		return
	}
	switch s, err := (usermem.String{Mem: m}).Get(traceText + 1); err {
	case nil:
		t.quote([]byte(s))
	case abi.ENAMETOOLONG:
		t.bytes(m, traceText+1)
	default:
		t.fault(m)
	}
}

// bytes appends n bytes of memory, the first of them if they are many.
func (t *tracer) bytes(m usermem.Mem, n uint64) {
	b := t.load(m, n)
	if b == nil {
		t.fault(m)
		return
	}
	t.quote(b)
	if n > uint64(len(b)) {
		t.str("...")
	}
}

// load copies at most n bytes in; nil if they are not there.
func (t *tracer) load(m usermem.Mem, n uint64) []byte {
	b := t.text[:min(n, traceText)]
	if m.IsLocal() {
		b = b[:min(len(b), m.Len())]
	}
	if m.CopyIn(b) != nil {
		return nil
	}
	return b
}

// fault appends memory that could not be read.
func (t *tracer) fault(m usermem.Mem) {
	if m.Addr() == 0 {
		t.str("…")
		return
	}
	t.hex(m.Addr())
}

// sized appends a buffer that the kernel filled as far as the number behind
// the next pointer says.
func (t *tracer) sized(i int, a traceArg) {
	var n uint64
	size := t.f.Ref(int(a.n))
	if b := t.load(size, sizeBytes(a.x)); b != nil {
		for k := len(b) - 1; k >= 0; k-- {
			n = n<<8 | uint64(b[k])
		}
	}
	if a.x == elemSockaddr {
		t.sockaddr(t.f.Ref(i), n)
		return
	}
	t.bytes(t.f.Ref(i), n)
}

// sizeBytes is the size of the length of a sized buffer: a socklen_t for
// sockets, else a size_t.
func sizeBytes(x uint8) uint64 {
	if x == elemSize {
		return 8
	}
	return 4
}

// sockaddr appends the address of a socket, n bytes long.
func (t *tracer) sockaddr(m usermem.Mem, n uint64) {
	b := t.load(m, n)
	if len(b) < 2 {
		t.fault(m)
		return
	}
	t.str("{")
	t.named(setDomain, uint32(b[1]))
	switch {
	case b[1] == abi.AF_LOCAL:
		t.str(" ")
		t.quote(upToNUL(b[2:]))
	case b[1] == abi.AF_INET && len(b) >= 8:
		t.str(" ")
		t.ipv4([4]byte(b[4:8]))
		t.port(b)
	case b[1] == abi.AF_INET6 && len(b) >= 24:
		t.str(" [")
		t.ipv6([16]byte(b[8:24]))
		t.str("]")
		t.port(b)
	}
	t.str("}")
}

func upToNUL(b []byte) []byte {
	for i, c := range b {
		if c == 0 {
			return b[:i]
		}
	}
	return b
}

// array appends the elements behind slot i, the first of them if they are many.
func (t *tracer) array(i int, a traceArg) {
	size := elemSizes[a.x]
	if size == 0 {
		t.str("{…}")
		return
	}
	n := t.length(a)
	m := t.f.Ref(i)
	t.str("[")
	for k := range int(min(n, traceElems)) {
		if k > 0 {
			t.str(" ")
		}
		t.element(m.Slice(k*size, size), a.x)
	}
	if n > traceElems {
		t.str(" ...")
	}
	t.str("]")
}

// object appends one object: a structure in braces, a number in brackets.
func (t *tracer) object(m usermem.Mem, x uint8) {
	if x >= elemInt && x <= elemUlong {
		t.str("[")
		t.element(m, x)
		t.str("]")
		return
	}
	t.element(m, x)
}
