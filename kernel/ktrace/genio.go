// Records of data that calls move.
package ktrace

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

const (
	// maxGenio is the most bytes of one call's data that are recorded.
	maxGenio = 64 << 10
	// page is how long the body of one record is at most, in bytes.
	page = 4096
)

// move is how a call moves data: its buffer, or array of struct iovec, is
// behind slot 1, how long it is in slot 2.
type move struct {
	rw     int32 // UIO_READ or UIO_WRITE
	vector bool
}

// moves returns how call num moves data, if it does.
func moves(num int) (m move, ok bool) {
	switch num {
	case sysent.SYS_read, sysent.SYS_pread, sysent.SYS_recvfrom:
		return move{rw: abi.UIO_READ}, true
	case sysent.SYS_write, sysent.SYS_pwrite, sysent.SYS_sendto:
		return move{rw: abi.UIO_WRITE}, true
	case sysent.SYS_readv, sysent.SYS_preadv:
		return move{abi.UIO_READ, true}, true
	case sysent.SYS_writev, sysent.SYS_pwritev:
		return move{abi.UIO_WRITE, true}, true
	}
	return m, false
}

// genio records data that were moved, in pieces of a page.
func (t *Tracing) genio(l *proc.LWP, fd int32, m move, data []byte) {
	h := abi.KtrGenio{Fd: fd, Rw: m.rw}
	head := usermem.BytesOf(&h)
	for {
		n := min(len(data), page-len(head))
		t.record(l, abi.KTR_GENIO, head, data[:n])
		if data = data[n:]; len(data) == 0 {
			return
		}
	}
}

// tee is a remote caller's memory that notes what a call moves, so that it
// crosses the wire once.
type tee struct {
	usermem.Space
	move
	// from and to are where the buffer, or the array of vectors, lies.
	from, to uint64
	got      []byte
}

// newTee puts itself before the memory of a call.
func newTee(f *sysent.Frame, m move) *tee {
	t := &tee{Space: f.Space, move: m, from: f.Slot[1], to: f.Slot[1] + f.Slot[2]}
	if m.vector {
		t.to = t.from + 16*uint64(f.Uint32(2))
	}
	f.Space = t
	return t
}

func (t *tee) note(rw int32, b []byte, addr uint64) {
	if inside := addr >= t.from && addr < t.to; rw == t.rw && inside != t.vector {
		t.got = append(t.got, b[:min(len(b), maxGenio-len(t.got))]...)
	}
}

func (t *tee) CopyIn(dst []byte, addr uint64) error {
	err := t.Space.CopyIn(dst, addr)
	if err == nil {
		t.note(abi.UIO_WRITE, dst, addr)
	}
	return err
}

func (t *tee) CopyOut(addr uint64, src []byte) error {
	t.note(abi.UIO_READ, src, addr)
	return t.Space.CopyOut(addr, src)
}

func (t *tee) Commit(win []byte, addr uint64, n int) error {
	t.note(abi.UIO_READ, win[:n], addr)
	return t.Space.Commit(win, addr, n)
}

// data returns what a call has moved, the first of it if it is much. A nil tee
// is a caller in this process, whose memory is at hand.
func (t *tee) data(f *sysent.Frame, m move) []byte {
	n := int(min(max(f.Ret[0], 0), maxGenio))
	switch {
	case f.Space != nil && t == nil:
		return nil
	case t != nil:
		return t.got[:min(n, len(t.got))]
	case !m.vector:
		return f.Mem[1][:min(n, len(f.Mem[1]))]
	}
	return gather(f, n)
}

// gather joins what the vectors of a call in this process name, n bytes of it.
func gather(f *sysent.Frame, n int) []byte {
	iov := usermem.InSlice[abi.Iovec]{Mem: f.Ref(1), N: uint64(f.Uint32(2))}
	vs, err := iov.Load(abi.IOV_MAX, abi.EINVAL)
	if err != nil {
		return nil
	}
	var b []byte
	for _, v := range vs {
		p := f.Pinned(v.Base)
		k := min(len(p), int(min(v.Len, maxGenio)), n-len(b))
		b = append(b, p[:k]...)
	}
	return b
}
