// Vectors: readv, writev and their positioned forms.
package file

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// gatherMax is how many bytes of several segments move as one, so that what
// one call writes is not torn apart by another, and is one datagram.
const gatherMax = 64 << 10

// segment is one element of a vector.
type segment struct {
	mem usermem.Mem
	n   int
}

// vector copies a vector in: EINVAL for no segments, for more than UIO_MAXIOV or
// for more bytes than a result can tell, EFAULT for memory that does not exist.
//
// It appends to segs, which is empty.
func vector(iov usermem.InSlice[abi.Iovec], segs []segment) (_ []segment, total int, err error) {
	switch {
	case iov.N == 0 || iov.N > abi.UIO_MAXIOV:
		return nil, 0, abi.EINVAL
	case int(iov.N) > cap(segs):
		segs = make([]segment, 0, iov.N)
	}
	var v []abi.Iovec
	b := iov.Bytes()
	if b == nil || len(b) < int(iov.N)*iovecSize {
		if v, err = iov.Load(abi.UIO_MAXIOV, abi.EINVAL); err != nil {
			return nil, 0, err
		}
	}
	for i := range int(iov.N) {
		e := element(v, b, i)
		if e.Len > maxTotal || total > maxTotal-int(e.Len) {
			return nil, 0, abi.EINVAL
		}
		total += int(e.Len)
		if e.Len == 0 {
			continue
		}
		m := iov.Follow(e.Base, int(e.Len))
		if m.IsNil() || m.Len() < int(e.Len) {
			return nil, 0, abi.EFAULT
		}
		segs = append(segs, segment{m, int(e.Len)})
	}
	return segs, total, nil
}

const maxTotal = 1<<31 - 1

// A struct iovec is an address and a length. Vectors of few segments need no
// memory of the kernel's own.
const (
	iovecSize = 16
	iovecLen  = 8
	fewSegs   = 8
)

// element returns segment i: of v, or without that of b, the caller's array.
func element(v []abi.Iovec, b []byte, i int) abi.Iovec {
	if v != nil {
		return v[i]
	}
	b = b[i*iovecSize:]
	return abi.Iovec{Base: binary.LittleEndian.Uint64(b), Len: binary.LittleEndian.Uint64(b[iovecLen:])}
}

// Readv reads from f into several buffers (readv(2)).
func Readv(l *proc.LWP, f *File, iov usermem.InSlice[abi.Iovec]) (int, error) {
	return f.readv(l, iov, here)
}

// ReadvAt is Readv at byte off (preadv(2)).
func ReadvAt(l *proc.LWP, f *File, iov usermem.InSlice[abi.Iovec], off int64) (int, error) {
	if !f.Readable() {
		return 0, abi.EBADF
	}
	if err := f.seekable(off); err != nil {
		return 0, err
	}
	return f.readv(l, iov, off)
}

// Writev writes several buffers to f (writev(2)).
func Writev(l *proc.LWP, f *File, iov usermem.InSlice[abi.Iovec]) (int, error) {
	return f.writev(l, iov, here)
}

// WritevAt is Writev at byte off (pwritev(2)).
func WritevAt(l *proc.LWP, f *File, iov usermem.InSlice[abi.Iovec], off int64) (int, error) {
	if !f.Writable() {
		return 0, abi.EBADF
	}
	if err := f.seekable(off); err != nil {
		return 0, err
	}
	return f.writev(l, iov, off)
}

func (f *File) readv(l *proc.LWP, iov usermem.InSlice[abi.Iovec], off int64) (int, error) {
	if !f.Readable() {
		return 0, abi.EBADF
	}
	var few [fewSegs]segment
	segs, total, err := vector(iov, few[:0])
	if err != nil {
		return 0, err
	}
	if len(segs) == 1 {
		return f.readTo(l, usermem.OutBuf{Mem: segs[0].mem}, off)
	}
	if f.Kind != KindVnode || total <= gatherMax {
		return f.scatter(l, segs, min(total, usermem.MaxTransfer), off)
	}
	done := 0
	for _, s := range segs {
		n, err := f.readTo(l, usermem.OutBuf{Mem: s.mem}, advance(off, done))
		if err != nil {
			return partial(done, err)
		}
		if done += n; n < s.n {
			break
		}
	}
	return done, nil
}

// scatter reads once and deals out what came.
func (f *File) scatter(l *proc.LWP, segs []segment, total int, off int64) (int, error) {
	s := scratchOf(l, total)
	defer giveScratch(l, s)
	p := (*s)[:total]
	n, err := f.read(l, p, off)
	if err != nil {
		return 0, err
	}
	p = p[:n]
	for _, s := range segs {
		m := min(s.n, len(p))
		if err := s.mem.CopyOut(p[:m]); err != nil {
			return 0, err
		}
		if p = p[m:]; len(p) == 0 {
			break
		}
	}
	return n, nil
}

func (f *File) writev(l *proc.LWP, iov usermem.InSlice[abi.Iovec], off int64) (int, error) {
	if !f.Writable() {
		return 0, abi.EBADF
	}
	var few [fewSegs]segment
	segs, total, err := vector(iov, few[:0])
	if err != nil {
		return 0, err
	}
	if len(segs) == 1 {
		n, err := f.writeFrom(l, usermem.InBuf{Mem: segs[0].mem}, off)
		return f.written(l, n, err)
	}
	if total <= gatherMax || f.Kind == KindSocket && total <= usermem.MaxTransfer {
		s := scratchOf(l, total)
		defer giveScratch(l, s)
		p := (*s)[:total]
		if err := gather(p, segs); err != nil {
			return 0, err
		}
		n, err := f.write(l, p, off)
		return f.written(l, n, err)
	}
	done := 0
	for _, s := range segs {
		n, err := f.writeFrom(l, usermem.InBuf{Mem: s.mem}, advance(off, done))
		done += n
		if err != nil {
			return f.written(l, done, err)
		}
		if n < s.n {
			break
		}
	}
	return done, nil
}

// gather copies all segments into p.
func gather(p []byte, segs []segment) error {
	for _, s := range segs {
		if err := s.mem.CopyIn(p[:s.n]); err != nil {
			return err
		}
		p = p[s.n:]
	}
	return nil
}

// scratchOf returns a buffer of n bytes at least, to be given back. The tables
// of processes keep them: one without a table has a new one each time.
func scratchOf(l *proc.LWP, n int) *[]byte {
	if t, ok := l.Proc().Files().(*Table); ok {
		if s, ok := t.scratch.Get().(*[]byte); ok && len(*s) >= n {
			return s
		}
	}
	b := make([]byte, max(n, scratchSize))
	return &b
}

// giveScratch ends the use of a buffer.
func giveScratch(l *proc.LWP, s *[]byte) {
	if t, ok := l.Proc().Files().(*Table); ok {
		t.scratch.Put(s)
	}
}

// scratchSize is the least size of such a buffer in bytes.
const scratchSize = 4 << 10

// advance moves an offset on, unless it stands for the file's position.
func advance(off int64, n int) int64 {
	if off == here {
		return here
	}
	return off + int64(n)
}
