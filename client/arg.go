// Arguments that another argument gives a meaning, and memory that holds
// pointers to more memory.

package client

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Arg is an argument that another one gives a meaning: the third of ioctl(2)
// and fcntl(2), or a structure that only the kernel part that receives it
// knows. The zero Arg is 0 and NULL.
type Arg struct {
	value uint64
	buf   []byte
	refs  []ref
}

// ref is memory that the bytes at off point to.
type ref struct {
	off int
	buf []byte
}

// Val is a number.
func Val[T ~int | ~int32 | ~uint32 | ~int64 | ~uint64](v T) Arg { return Arg{value: uint64(v)} }

// Buf is memory, read or filled by the kernel as the call wants.
func Buf(b []byte) Arg { return Arg{buf: b} }

// Struct is a structure of package abi or a number, read or filled by the
// kernel as the call wants.
func Struct[T any](p *T) Arg { return Arg{buf: usermem.BytesOf(p)} }

// With returns the argument with a pointer to b in its memory at byte off,
// where the structure has a pointer. The call stores an address there.
func (a Arg) With(off int, b []byte) Arg {
	a.refs = append(a.refs[:len(a.refs):len(a.refs)], ref{off, b})
	return a
}

// WithString returns the argument with a pointer to s, a NUL behind it, in its
// memory at byte off.
func (a Arg) WithString(off int, s string) Arg { return a.With(off, append([]byte(s), 0)) }

// Bytes is the argument's memory, nil for a number.
func (a Arg) Bytes() []byte { return a.buf }

// arg makes slot i the argument a.
func (t *call) arg(i int, a *Arg) {
	t.Slot[i] = a.value
	t.Mem[i] = a.buf
	for _, r := range a.refs {
		if r.off >= 0 && r.off+8 <= len(a.buf) {
			binary.LittleEndian.PutUint64(a.buf[r.off:], t.Pin(r.buf))
		}
	}
}
