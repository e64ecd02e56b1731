// Package usermem is a caller's memory as handlers see it: strings, buffers
// and structures that lie in this process or behind a client's socket. A
// handler can't tell which.
//
// In process a value holds the caller's own slice, so nothing is copied twice
// and nothing dangles. Behind a socket it holds an address that only the
// caller's Space can follow (copyin and copyout in NetBSD's terms).
package usermem

import "github.com/rumpkit/rumpkit/kernel/abi"

// Space is the memory of one caller. Methods may block and must not be called
// with a kernel lock held that another caller could need. A lost caller is
// EFAULT.
type Space interface {
	// CopyIn fills dst from the caller's memory at addr.
	CopyIn(dst []byte, addr uint64) error
	// CopyInStr reads a NUL-terminated string of at most max bytes, the NUL
	// included: ENAMETOOLONG when there is no NUL in that many.
	CopyInStr(addr uint64, max int) (string, error)
	// CopyOut stores src into the caller's memory at addr.
	CopyOut(addr uint64, src []byte) error
	// Window returns n bytes of scratch memory, to be filled and given to
	// Commit once; a Window that is not committed is dropped with Commit of
	// an empty slice.
	Window(n int) []byte
	// Commit stores the first n bytes of a Window at addr.
	Commit(win []byte, addr uint64, n int) error
}

// Mem is some of a caller's memory: where it lies and how long the caller
// said it is.
type Mem struct {
	// local is where the memory begins, when it lies in this process: n bytes.
	// It is a pointer, and no slice, so that handlers get a Mem in registers.
	local *byte
	// space points to what follows addr, and every pointer found inside the
	// memory. It is one word, so that a Mem has four: the most that the compiler
	// keeps in registers.
	space *Space
	addr  uint64
	// n is the declared length in bytes; -1 when the call does not say.
	n int
}

// At returns n bytes at addr of space; n is -1 when the length is not known.
func At(space Space, addr uint64, n int) Mem { return AtRef(refTo(space), addr, n) }

// AtRef is At for a space that is kept elsewhere: it allocates nothing.
func AtRef(space *Space, addr uint64, n int) Mem {
	return Mem{space: space, addr: addr, n: n}
}

func refTo(space Space) *Space {
	if space == nil {
		return nil
	}
	return &space
}

// IsNil reports a NULL pointer.
func (m Mem) IsNil() bool { return m.local == nil && m.addr == 0 }

// Len returns the declared length in bytes, -1 when there is none.
func (m Mem) Len() int { return m.n }

// Addr returns the address in the caller's space, 0 for memory of this process.
func (m Mem) Addr() uint64 { return m.addr }

// Space returns the space in which pointers found in the memory are followed.
func (m Mem) Space() Space {
	if m.space == nil {
		return nil
	}
	return *m.space
}

// IsLocal reports memory that lies in this process.
func (m Mem) IsLocal() bool { return m.local != nil }

// Slice returns the part from byte off on, n bytes long (-1: to the end).
// A range outside the declared length is empty.
func (m Mem) Slice(off, n int) Mem {
	if m.local != nil {
		b := m.bytes()
		if off < 0 || off > len(b) {
			return LocalRef([]byte{}, m.space)
		}
		b = b[off:]
		if n >= 0 && n < len(b) {
			b = b[:n]
		}
		return LocalRef(b, m.space)
	}
	if m.addr != 0 {
		m.addr += uint64(off)
	}
	switch {
	case n >= 0:
		m.n = n
	case m.n >= 0:
		m.n = max(m.n-off, 0)
	}
	return m
}

// CopyIn fills dst from the start of the memory. EFAULT for NULL or for
// memory that is shorter.
func (m Mem) CopyIn(dst []byte) error {
	if len(dst) == 0 {
		return nil
	}
	if m.local != nil {
		if m.n < len(dst) {
			return abi.EFAULT
		}
		copy(dst, m.bytes())
		return nil
	}
	if m.addr == 0 || m.space == nil {
		return abi.EFAULT
	}
	return (*m.space).CopyIn(dst, m.addr)
}

// CopyOut stores src at the start of the memory. EFAULT for NULL or for
// memory that is shorter.
func (m Mem) CopyOut(src []byte) error {
	if len(src) == 0 {
		return nil
	}
	if m.local != nil {
		if m.n < len(src) {
			return abi.EFAULT
		}
		copy(m.bytes(), src)
		return nil
	}
	if m.addr == 0 || m.space == nil {
		return abi.EFAULT
	}
	return (*m.space).CopyOut(m.addr, src)
}

// CopyOutAt stores src from byte off on.
func (m Mem) CopyOutAt(off int, src []byte) error { return m.Slice(off, -1).CopyOut(src) }

// Follow returns n bytes at a pointer that was found inside the memory.
func (m Mem) Follow(ptr uint64, n int) Mem {
	if r, ok := m.Space().(Resolver); ok {
		return r.Resolve(ptr, n)
	}
	return AtRef(m.space, ptr, n)
}

// Resolver is a Space that can turn a pointer into memory of this process.
type Resolver interface {
	// Resolve returns n bytes at ptr; memory that does not exist is NULL.
	Resolve(ptr uint64, n int) Mem
}

// Same reports whether two memories begin at the same place of one caller's.
func (m Mem) Same(o Mem) bool { return m.local == o.local && m.addr == o.addr }

// Lasting returns memory that can be stored into after the call that it came
// with, for as long as the caller is there. It can be read only if it lies in
// this process.
func (m Mem) Lasting() Mem {
	if m.local != nil || m.space == nil {
		return m
	}
	if s, ok := (*m.space).(Lasting); ok {
		return At(s.Lasting(), m.addr, m.n)
	}
	return m
}

// Lasting is a Space of a call that knows one which outlives the call.
type Lasting interface {
	// Lasting returns a Space for CopyOut: all else is EFAULT.
	Lasting() Space
}
