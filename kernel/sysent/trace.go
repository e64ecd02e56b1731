// Trace printing: a call with its arguments decoded, as one line of text. What
// the kernel reads is printed as the call begins, what it fills as it ends:
//
//	open("/x", O_RDWR|O_CREAT, 0644) = 3
//	read(3, "abc", 4096) = 3
//	stat("/y", …) = -1 ENOENT (no such file or directory)
//
// A tracer asks for little of a caller's memory: it may lie behind a socket.

package sysent

import (
	"strconv"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// How much of a caller's memory a line shows.
const (
	traceText  = 64 // bytes of a string or buffer
	traceElems = 8  // elements of an array
)

// traceRow says how a row is printed: its result, and its arguments as n
// elements of traceArgs from first on.
type traceRow struct {
	ret   retKind
	n     uint8
	first uint16
}

// args are the row's arguments, by slot.
func (r traceRow) args() []traceArg { return traceArgs[r.first:][:r.n] }

// traceArg says how one slot is printed.
type traceArg struct {
	kind argKind
	dir  argDir
	// x is the set of a number's names, or what a pointer points at.
	x uint8
	// n is the slot of an array's length, or a length as a negative number.
	n int8
}

type (
	argKind uint8
	argDir  uint8
	retKind uint8
)

// The kinds of arguments.
const (
	argPad    argKind = iota // not printed
	argInt                   // 32 bits, signed
	argUint                  // 32 bits
	argLong                  // 64 bits, signed
	argUlong                 // 64 bits
	argMode                  // in octal
	argSet                   // bits or numbers with names
	argSignal                // a signal
	argAtFD                  // a directory's descriptor, or AT_FDCWD
	argAddr                  // an address and no more, or a number
	argString                // text that ends in NUL
	argBytes                 // bytes
	argSized                 // bytes, the length behind a pointer
	argOne                   // one object
	argArray                 // several objects
	argIoctl                 // data of ioctl(2)
	argFcntl                 // argument of fcntl(2)
	argOption                // option of setsockopt(2)
)

// Which way memory moves.
const (
	dirIn argDir = iota
	dirOut
	dirInOut
)

// What the result registers carry.
const (
	retStatus retKind = iota
	retInt
	retPair
	retMode
)

// tracer is a line in the making.
type tracer struct {
	dst []byte
	f   *Frame
	row traceRow
	// done is set as the call ends, failed when it ends with an error.
	done, failed bool
	// text is where little pieces of memory are copied to.
	text [traceText]byte
}

// AppendCall appends the name of call num and its arguments up to the first
// one that the kernel fills.
func AppendCall(dst []byte, num int, f *Frame) []byte {
	t := tracer{dst: dst, f: f, row: traceRowOf(num)}
	if num >= 0 && num < len(Rows) {
		t.str(Rows[num].Name)
	} else {
		t.str("#")
		t.dst = strconv.AppendInt(t.dst, int64(num), 10)
	}
	t.str("(")
	t.args(0, t.row.firstOut())
	return t.dst
}

// AppendResult appends the rest of what AppendCall began: the arguments that
// the kernel filled, and the result. f is as the call left it.
func AppendResult(dst []byte, num int, f *Frame, err error) []byte {
	row := traceRowOf(num)
	t := tracer{dst: dst, f: f, row: row, done: true, failed: err != nil}
	t.args(row.firstOut(), int(row.n))
	t.str(") = ")
	if err != nil {
		t.error(err)
	} else {
		t.result()
	}
	return t.dst
}

func traceRowOf(num int) traceRow {
	if num < 0 || num >= len(traceRows) {
		return traceRow{}
	}
	return traceRows[num]
}

// firstOut is the slot of the first argument that the kernel fills.
func (r traceRow) firstOut() int {
	for i, a := range r.args() {
		if a.dir != dirIn {
			return i
		}
	}
	return int(r.n)
}

// args appends the arguments in slots from to to.
func (t *tracer) args(from, to int) {
	for i := from; i < to; i++ {
		a := t.row.args()[i]
		if a.kind == argPad {
			continue
		}
		if i > 0 {
			t.str(", ")
		}
		t.arg(i, a)
	}
}

// error appends what a call that failed answers.
func (t *tracer) error(err error) {
	t.str("-1 ")
	if e, ok := err.(abi.Errno); ok {
		t.str(e.Name())
		t.str(" ")
	}
	t.str("(")
	t.str(err.Error())
	t.str(")")
}

// result appends what a call that worked answers.
func (t *tracer) result() {
	switch t.row.ret {
	case retInt:
		t.int(t.f.Ret[0])
	case retPair:
		t.int(t.f.Ret[0])
		t.str(", ")
		t.int(t.f.Ret[1])
	case retMode:
		t.octal(uint64(t.f.Ret[0]))
	default:
		t.str("0")
	}
}

// The pieces that lines are made of. They are no part of a fast path, and
// inlined everywhere they would be most of the printer.

//go:noinline
func (t *tracer) str(s string) { t.dst = append(t.dst, s...) }

//go:noinline
func (t *tracer) int(v int64) { t.dst = strconv.AppendInt(t.dst, v, 10) }

//go:noinline
func (t *tracer) uint(v uint64) { t.dst = strconv.AppendUint(t.dst, v, 10) }

func (t *tracer) hex(v uint64) {
	t.str("0x")
	t.dst = strconv.AppendUint(t.dst, v, 16)
}

// quote appends text in quotes; what ASCII does not print is escaped.
func (t *tracer) quote(b []byte) {
	t.str(`"`)
	for _, c := range b {
		switch {
		case c == '"' || c == '\\':
			t.dst = append(t.dst, '\\', c)
		case c >= ' ' && c < 0x7f:
			t.dst = append(t.dst, c)
		case c == '\n':
			t.str(`\n`)
		case c == '\r':
			t.str(`\r`)
		case c == '\t':
			t.str(`\t`)
		default:
			const digits = "0123456789abcdef"
			t.dst = append(t.dst, '\\', 'x', digits[c>>4], digits[c&15])
		}
	}
	t.str(`"`)
}

func (t *tracer) field(s string) {
	t.str(", ")
	t.str(s)
	t.str("=")
}

// octal appends a mode.
func (t *tracer) octal(v uint64) {
	if v != 0 {
		t.str("0")
	}
	t.dst = strconv.AppendUint(t.dst, v, 8)
}
