// Memory and structures as bytes. T is always plain data of package abi or a scalar:
// no pointers, little endian, the layout of the NetBSD LP64 ABI.
package usermem

import (
	"unsafe"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Local returns the memory b of this process; pointers inside it are
// followed in space. A nil b is a NULL pointer.
func Local(b []byte, space Space) Mem { return LocalRef(b, refTo(space)) }

// LocalRef is Local for a space that is kept elsewhere: it allocates nothing.
func LocalRef(b []byte, space *Space) Mem {
	return Mem{local: unsafe.SliceData(b), space: space, n: len(b)}
}

// bytes returns the memory of this process. Preconditions: it lies there.
func (m Mem) bytes() []byte { return unsafe.Slice(m.local, m.n) }

// Bytes returns the memory itself when it lies in this process, nil otherwise.
func (m Mem) Bytes() []byte {
	if m.local == nil {
		return nil
	}
	return unsafe.Slice(m.local, m.n)
}

// BytesOf returns the memory of *p, nil for nil. The result aliases *p.
func BytesOf[T any](p *T) []byte {
	if p == nil {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(p)), unsafe.Sizeof(*p))
}

// BytesOfSlice returns the memory of s, nil for nil. The result aliases s.
func BytesOfSlice[T any](s []T) []byte {
	if s == nil {
		return nil
	}
	if len(s) == 0 {
		return []byte{}
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}

// BytesOfString returns the memory of s, never nil. It must not be written.
func BytesOfString(s string) []byte {
	if s == "" {
		return []byte{}
	}
	return unsafe.Slice(unsafe.StringData(s), len(s))
}

// localString returns a string over b, cut at the first NUL.
func localString(b []byte) string {
	for i, c := range b {
		if c == 0 {
			b = b[:i]
			break
		}
	}
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// Read is CopyIn for a dst on the stack: it does not escape, at the price of a
// copy when the memory is not in this process.
func (m Mem) Read(dst []byte) error {
	if m.local != nil {
		if m.n < len(dst) {
			return abi.EFAULT
		}
		copy(dst, m.bytes())
		return nil
	}
	buf := make([]byte, len(dst))
	err := m.CopyIn(buf)
	copy(dst, buf)
	return err
}

// write is CopyOut for a src on the stack, as Read is CopyIn.
func (m Mem) write(src []byte) error {
	if m.local != nil {
		if m.n < len(src) {
			return abi.EFAULT
		}
		copy(m.bytes(), src)
		return nil
	}
	return m.CopyOut(append([]byte(nil), src...))
}
