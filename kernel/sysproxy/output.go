// What a call stores in the client's memory: gathered, and sent with the
// answer in one write where that is possible.
package sysproxy

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// output is the frames that a call has made and not yet sent.
type output struct {
	out   []byte
	small [256]byte // where out begins
	lent  *[]byte   // a buffer of the server that out lies in now
	// hasWin says that a Window of window bytes lies behind out.
	hasWin bool
	window int
}

const (
	// gather is how much is gathered before it is sent ahead, in bytes.
	gather = 64 << 10
	// smallCopy is how long data may be to be gathered rather than sent at
	// once, smallWindow how long a Window is when memory is short.
	smallCopy   = 4 << 10
	smallWindow = 1 << 10
	// maxPiece is the most data in one copyout.
	maxPiece = usermem.MaxTransfer
)

// CopyOut stores src in the client's memory.
func (w *worker) CopyOut(addr uint64, src []byte) error {
	for len(src) > 0 {
		if addr == 0 {
			return abi.EFAULT
		}
		n := min(len(src), maxPiece)
		if err := w.copyout(addr, src[:n]); err != nil {
			return err
		}
		src, addr = src[n:], addr+uint64(n)
	}
	return nil
}

func (w *worker) copyout(addr uint64, src []byte) error {
	n := uint64(len(src))
	if w.hasWin || n > smallCopy || !w.reserve(sp.CopyHeader+len(src)+sp.ReplyLen) {
		return w.direct(addr, src)
	}
	w.out = append(sp.AppendCopy(w.out, sp.Copyout, w.nextReqno(), n, addr, n), src...)
	return w.spill()
}

// direct sends what has been gathered and then src, without a copy.
func (w *worker) direct(addr uint64, src []byte) error {
	n := uint64(len(src))
	var head [sp.CopyHeader]byte
	var err error
	w.l.Unblocked(func() {
		if err = w.flush(); err == nil {
			err = w.c.send(w, sp.AppendCopy(head[:0], sp.Copyout, w.nextReqno(), n, addr, n), src)
		}
	})
	return w.sent(err)
}

// sent turns a failure to send into the end of the connection.
func (w *worker) sent(err error) error {
	if err == nil {
		return nil
	}
	w.c.fail()
	return abi.EFAULT
}

// nextReqno returns a number for a request to the client.
func (w *worker) nextReqno() uint64 { return w.c.reqno.Add(1) - 1 }

// Window returns n bytes for a result, less when too much memory is in use. It
// lies where the frame that carries it is built.
func (w *worker) Window(n int) []byte {
	if w.hasWin {
		return make([]byte, min(n, gather))
	}
	size := sp.CopyHeader + n + sp.ReplyLen
	if !w.reserve(size) && !w.reserveEmpty(size) {
		n = min(n, smallWindow)
		w.out = append(make([]byte, 0, len(w.out)+sp.CopyHeader+n+sp.ReplyLen), w.out...)
	}
	at := len(w.out) + sp.CopyHeader
	w.hasWin, w.window = true, n
	return w.out[at : at+n : at+n]
}

// reserveEmpty sends what has been gathered and makes room for n bytes.
func (w *worker) reserveEmpty(n int) bool {
	w.l.Unblocked(func() { _ = w.sent(w.flush()) })
	return w.reserve(n)
}

// Commit sends the first n bytes of a Window to addr.
func (w *worker) Commit(win []byte, addr uint64, n int) error {
	if n > len(win) {
		return abi.EFAULT
	}
	at := len(w.out) + sp.CopyHeader
	if !w.hasWin || len(win) > 0 && &win[0] != &w.out[:at+1][at] {
		return w.CopyOut(addr, win[:n])
	}
	w.hasWin = false
	if n == 0 {
		return nil
	}
	if addr == 0 {
		return abi.EFAULT
	}
	w.out = sp.AppendCopy(w.out, sp.Copyout, w.nextReqno(), uint64(n), addr, uint64(n))
	w.out = w.out[:len(w.out)+n]
	return w.spill()
}

// spill sends ahead what has been gathered when it is much and more may come.
func (w *worker) spill() error {
	if len(w.out) < gather {
		return nil
	}
	var err error
	w.l.Unblocked(func() { err = w.flush() })
	return w.sent(err)
}

// flush sends what has been gathered.
func (w *worker) flush() error {
	if len(w.out) == 0 {
		return nil
	}
	err := w.c.send(w, w.out, nil)
	w.out = w.out[:0]
	return err
}
