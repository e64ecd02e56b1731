// Vectors: readv, writev and their positioned forms.
package file

import (
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
func vector(iov usermem.InSlice[abi.Iovec]) (segs []segment, total int, err error) {
	if iov.N == 0 {
		return nil, 0, abi.EINVAL
	}
	v, err := iov.Load(abi.UIO_MAXIOV, abi.EINVAL)
	if err != nil {
		return nil, 0, err
	}
	segs = make([]segment, 0, len(v))
	for _, e := range v {
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
	segs, total, err := vector(iov)
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
	p := make([]byte, total)
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
	segs, total, err := vector(iov)
	if err != nil {
		return 0, err
	}
	if len(segs) == 1 {
		n, err := f.writeFrom(l, usermem.InBuf{Mem: segs[0].mem}, off)
		return f.written(l, n, err)
	}
	if total <= gatherMax || f.Kind == KindSocket && total <= usermem.MaxTransfer {
		p, err := gather(segs, total)
		if err != nil {
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

// gather copies all segments into one buffer.
func gather(segs []segment, total int) ([]byte, error) {
	p := make([]byte, total)
	at := 0
	for _, s := range segs {
		if err := s.mem.CopyIn(p[at : at+s.n]); err != nil {
			return nil, err
		}
		at += s.n
	}
	return p, nil
}

// advance moves an offset on, unless it stands for the file's position.
func advance(off int64, n int) int64 {
	if off == here {
		return here
	}
	return off + int64(n)
}
