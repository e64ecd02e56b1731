// Arguments that point to more memory: vectors of buffers, messages, and
// control blocks of asynchronous input and output.

package client

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Msghdr is a message, recvmsg(2) and sendmsg(2). After receiving one, Name
// and Control are as long as what was received.
type Msghdr struct {
	// Name is the address of the other side, or room for it.
	Name []byte
	// Iov are the buffers.
	Iov [][]byte
	// Control are control messages, or room for them.
	Control []byte
	// Flags are the flags of the message that was received.
	Flags int32
}

// Mmsghdr is one of several messages, recvmmsg(2) and sendmmsg(2).
type Mmsghdr struct {
	Msghdr
	// Len is how many bytes were received or sent.
	Len uint32
}

// Aiocb is a control block of asynchronous input or output, aio(3). It must
// stay as it is until the operation ends.
type Aiocb struct {
	abi.Aiocb
	// Data is the buffer. Calls that start the operation store its length
	// and address.
	Data []byte
}

// scratch is memory that such arguments are laid out in.
type scratch struct {
	iov  []abi.Iovec
	msg  abi.Msghdr
	msgs []abi.Mmsghdr
	ptrs []uint64
}

// iovecs makes slot i the buffers.
func (t *call) iovecs(i int, bufs [][]byte) {
	t.iov = t.appendIov(t.iov[:0], bufs)
	t.mem(i, usermem.BytesOfSlice(t.iov))
}

// appendIov pins the buffers and appends what points at them.
func (t *call) appendIov(iov []abi.Iovec, bufs [][]byte) []abi.Iovec {
	for _, b := range bufs {
		iov = append(iov, abi.Iovec{Base: t.Pin(b), Len: uint64(len(b))})
	}
	return iov
}

// lay lays m out; iov is where its vector stands.
func (t *call) lay(h *abi.Msghdr, m *Msghdr, iov []abi.Iovec) {
	*h = abi.Msghdr{
		Name: t.Pin(m.Name), Namelen: uint32(len(m.Name)),
		Iov: t.Pin(usermem.BytesOfSlice(iov)), Iovlen: int32(len(iov)),
		Control: t.Pin(m.Control), Controllen: uint32(len(m.Control)),
		Flags: m.Flags,
	}
}

// take gives m the lengths and flags that the kernel stored.
func (m *Msghdr) take(h *abi.Msghdr) {
	m.Name = m.Name[:min(int(h.Namelen), len(m.Name))]
	m.Control = m.Control[:min(int(h.Controllen), len(m.Control))]
	m.Flags = h.Flags
}

// msghdr makes slot i the message m; nil is NULL.
func (t *call) msghdr(i int, m *Msghdr) {
	if m == nil {
		t.mem(i, nil)
		return
	}
	t.iov = t.appendIov(t.iov[:0], m.Iov)
	t.lay(&t.msg, m, t.iov)
	t.mem(i, usermem.BytesOf(&t.msg))
}

// gotMsghdr completes m after a call that worked.
func (t *call) gotMsghdr(m *Msghdr, err error) {
	if err == nil && m != nil {
		m.take(&t.msg)
	}
}

// mmsghdrs makes slot i the messages.
func (t *call) mmsghdrs(i int, msgs []Mmsghdr) {
	t.iov, t.msgs = t.iov[:0], t.msgs[:0]
	for k := range msgs {
		t.iov = t.appendIov(t.iov, msgs[k].Iov)
	}
	rest := t.iov
	for k := range msgs {
		n := len(msgs[k].Iov)
		t.msgs = append(t.msgs, abi.Mmsghdr{})
		t.lay(&t.msgs[k].Hdr, &msgs[k].Msghdr, rest[:n])
		rest = rest[n:]
	}
	t.mem(i, usermem.BytesOfSlice(t.msgs))
}

// gotMmsghdrs completes the first messages after a call that worked.
func (t *call) gotMmsghdrs(msgs []Mmsghdr, err error) {
	for k := range msgs[:max(0, min(t.value(err), len(msgs)))] {
		msgs[k].take(&t.msgs[k].Hdr)
		msgs[k].Len = t.msgs[k].Len
	}
}

// aiocb makes slot i the control block; nil is NULL.
func (t *call) aiocb(i int, cb *Aiocb) {
	t.mem(i, nil)
	if cb != nil {
		t.layAiocb(cb)
		t.mem(i, usermem.BytesOf(&cb.Aiocb))
	}
}

func (t *call) layAiocb(cb *Aiocb) {
	if cb.Data != nil {
		cb.Buf, cb.Nbytes = t.Pin(cb.Data), uint64(len(cb.Data))
	}
}

// aiocbs makes slot i an array of pointers to the control blocks.
func (t *call) aiocbs(i int, list []*Aiocb) {
	t.ptrs = t.ptrs[:0]
	for _, cb := range list {
		if cb == nil {
			t.ptrs = append(t.ptrs, 0)
			continue
		}
		t.layAiocb(cb)
		t.ptrs = append(t.ptrs, t.Pin(usermem.BytesOf(&cb.Aiocb)))
	}
	t.mem(i, usermem.BytesOfSlice(t.ptrs))
}
