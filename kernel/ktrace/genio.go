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

// form is what is behind slot 1 of a call that moves data.
type form int8

const (
	flat    form = iota // the data, as long as slot 2 says
	vector              // as many struct iovec
	message             // a struct msghdr
)

// move is how a call moves data.
type move struct {
	rw   int32 // UIO_READ or UIO_WRITE
	form form
}

// moves returns how call num moves data, if it does.
func moves(num int) (m move, ok bool) {
	switch num {
	case sysent.SYS_read, sysent.SYS_pread, sysent.SYS_recvfrom:
		return move{abi.UIO_READ, flat}, true
	case sysent.SYS_write, sysent.SYS_pwrite, sysent.SYS_sendto:
		return move{abi.UIO_WRITE, flat}, true
	case sysent.SYS_readv, sysent.SYS_preadv:
		return move{abi.UIO_READ, vector}, true
	case sysent.SYS_writev, sysent.SYS_pwritev:
		return move{abi.UIO_WRITE, vector}, true
	case sysent.SYS_recvmsg:
		return move{abi.UIO_READ, message}, true
	case sysent.SYS_sendmsg:
		return move{abi.UIO_WRITE, message}, true
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

// data returns what a call has moved, the first of it if it is much. A nil tee
// is a caller in this process, whose memory is at hand.
func (t *tee) data(f *sysent.Frame, m move) []byte {
	n := int(min(max(f.Ret[0], 0), maxGenio))
	switch {
	case f.Space != nil && t == nil:
		return nil
	case t != nil:
		return t.got[:min(n, len(t.got))]
	case m.form == flat:
		return f.Mem[1][:min(n, len(f.Mem[1]))]
	}
	return gather(f, m, n)
}

// gather joins what the vectors of a call in this process name, n bytes of it.
func gather(f *sysent.Frame, m move, n int) []byte {
	iov := usermem.InSlice[abi.Iovec]{Mem: f.Ref(1), N: uint64(f.Uint32(2))}
	if m.form == message {
		h, err := usermem.In[abi.Msghdr]{Mem: f.Ref(1)}.Get()
		if err != nil {
			return nil
		}
		iov.Mem, iov.N = f.Resolve(h.Iov, -1), uint64(uint32(h.Iovlen))
	}
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
