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
	large *[]byte   // a large buffer that out lies in now
	lent  int       // bytes of larger ones that are counted
	// window is the length of the Window behind out, -1 for none.
	window int
	hasWin bool
}

const (
	// gather is how much is gathered before it is sent ahead, in bytes.
	gather = 256 << 10
	// largeBuffer is the size of pooled buffers.
	largeBuffer = 64<<10 + 4096
	// lendLimit bounds all windows above that; beyond they are short.
	lendLimit = 256 << 20
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
	reqno := w.c.reqno.Add(1) - 1
	if !w.hasWin {
		w.room(sp.CopyHeader + len(src) + sp.ReplyLen)
	}
	w.emit(func(b []byte) []byte {
		b = sp.AppendCopy(b, sp.Copyout, reqno, uint64(len(src)), addr, uint64(len(src)))
		return append(b, src...)
	})
	return w.spill()
}

// emit appends a frame to what is to be sent. While a Window lies behind that,
// the frame goes ahead at once instead.
func (w *worker) emit(frame func([]byte) []byte) {
	if !w.hasWin {
		w.out = frame(w.out)
		return
	}
	if w.flush() != nil || w.c.send(frame(nil)) != nil {
		w.c.fail()
	}
}

// Window returns n bytes for a result, less when too much memory is in use. It
// lies where the frame that carries it is built.
func (w *worker) Window(n int) []byte {
	if w.hasWin {
		return make([]byte, min(n, largeBuffer))
	}
	n = w.room(sp.CopyHeader + n + sp.ReplyLen)
	at := len(w.out) + sp.CopyHeader
	n -= sp.CopyHeader + sp.ReplyLen
	w.hasWin, w.window = true, n
	return w.out[at : at+n : at+n]
}

// Commit sends the first n bytes of a Window to addr.
func (w *worker) Commit(win []byte, addr uint64, n int) error {
	at := len(w.out) + sp.CopyHeader
	if !w.hasWin || w.window > 0 && (len(win) == 0 || &win[0] != &w.out[:at+1][at]) {
		return w.CopyOut(addr, win[:n])
	}
	w.dropWindow()
	if n == 0 {
		return nil
	}
	if addr == 0 || n > len(win) {
		return abi.EFAULT
	}
	reqno := w.c.reqno.Add(1) - 1
	w.out = sp.AppendCopy(w.out, sp.Copyout, reqno, uint64(n), addr, uint64(n))
	w.out = w.out[:len(w.out)+n]
	return w.spill()
}

func (w *worker) dropWindow() { w.hasWin, w.window = false, 0 }

// spill sends ahead what has been gathered when it is much.
func (w *worker) spill() error {
	if len(w.out) < gather {
		return nil
	}
	var err error
	w.l.Unblocked(func() { err = w.flush() })
	if err != nil {
		w.c.fail()
		return abi.EFAULT
	}
	return nil
}

// flush sends what has been gathered.
func (w *worker) flush() error {
	if len(w.out) == 0 {
		return nil
	}
	err := w.c.send(w.out)
	w.out = w.out[:0]
	return err
}

// room makes room for n more bytes behind out and returns how many there are,
// n or, when too much memory is in use, less but still some.
func (w *worker) room(n int) int {
	need := len(w.out) + n
	if need <= cap(w.out) {
		return n
	}
	var to []byte
	if need <= largeBuffer && w.large == nil {
		to = w.borrow()
	} else {
		extra := int64(need)
		if w.c.s.lent.Add(extra) > lendLimit && need > largeBuffer {
			w.c.s.lent.Add(-extra)
			n = min(n, largeBuffer)
			need = len(w.out) + n
			extra = int64(need)
			w.c.s.lent.Add(extra)
		}
		w.lent += int(extra)
		to = make([]byte, 0, need)
	}
	w.out = append(to, w.out...)
	return n
}

// borrow takes a large buffer from the server.
func (w *worker) borrow() []byte {
	b, _ := w.c.s.buffers.Get().(*[]byte)
	if b == nil {
		s := make([]byte, 0, largeBuffer)
		b = &s
	}
	w.large = b
	return (*b)[:0]
}

// shrink gives large buffers back when the call is over.
func (w *worker) shrink() {
	if w.large != nil {
		w.c.s.buffers.Put(w.large)
		w.large = nil
		w.out = w.small[:0]
	}
	if w.lent > 0 {
		w.c.s.lent.Add(-int64(w.lent))
		w.lent = 0
		w.out = w.small[:0]
	}
}
