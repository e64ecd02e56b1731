// Vectors of memory: the iovecs that a msghdr points to.
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// maxIov is the most elements of a vector (IOV_MAX).
const maxIov = 1024

// vector is the memory of one message.
type vector struct {
	parts []usermem.Mem
	size  int
}

// loadVector returns the vector of n iovecs at iov, a pointer found in m:
// EMSGSIZE for too many, EINVAL when they are longer than a call can tell.
func loadVector(m usermem.Mem, iov uint64, n int32) (v vector, err error) {
	if n < 0 || n > maxIov {
		return v, abi.EMSGSIZE
	}
	list := usermem.InSlice[abi.Iovec]{Mem: m.Follow(iov, int(n)*16), N: uint64(n)}
	iovs, err := list.Load(maxIov, abi.EMSGSIZE)
	if err != nil {
		return v, err
	}
	v.parts = make([]usermem.Mem, 0, len(iovs))
	for _, e := range iovs {
		if e.Len > maxVector || v.size+int(e.Len) > maxVector {
			return vector{}, abi.EINVAL
		}
		if e.Len == 0 {
			continue
		}
		part := m.Follow(e.Base, int(e.Len))
		if part.Len() >= 0 && part.Len() < int(e.Len) {
			return vector{}, abi.EFAULT
		}
		v.parts = append(v.parts, part)
		v.size += int(e.Len)
	}
	return v, nil
}

// maxVector bounds the bytes of a vector, so that they fit an int.
const maxVector = 1<<31 - 1

// gather returns n bytes from byte off on: the caller's own memory when one
// part of this process holds them, else a copy.
func (v vector) gather(off, n int) ([]byte, error) {
	if len(v.parts) == 1 {
		return usermem.InBuf{Mem: v.parts[0].Slice(off, n)}.Get(n)
	}
	buf := make([]byte, n)
	todo := buf
	for _, p := range v.parts {
		if len(todo) == 0 {
			break
		}
		if off >= p.Len() {
			off -= p.Len()
			continue
		}
		k := min(p.Len()-off, len(todo))
		if err := p.Slice(off, k).CopyIn(todo[:k]); err != nil {
			return nil, err
		}
		todo, off = todo[k:], 0
	}
	return buf, nil
}

// scatter stores b at the start of the vector.
func (v vector) scatter(b []byte) error {
	for _, p := range v.parts {
		if len(b) == 0 {
			break
		}
		k := min(p.Len(), len(b))
		if err := p.CopyOut(b[:k]); err != nil {
			return err
		}
		b = b[k:]
	}
	return nil
}
