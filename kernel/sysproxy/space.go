// The client's memory: usermem.Space over copyin and copyout frames.
package sysproxy

import (
	"bytes"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

// ask is a request to the client that a worker waits for.
type ask struct {
	active bool
	reqno  uint64
	head   []byte // the request, when it is not at the end of out
	// dst receives the answer, of least bytes at least.
	dst   []byte
	least uint64
	got   int
	errno abi.Errno
	fn    func()
}

// maxCopyin is the most that one copyin frame asks for, in bytes.
const maxCopyin = sp.MaxFrame - sp.HeaderLen

// CopyIn fills dst from the client's memory.
func (w *worker) CopyIn(dst []byte, addr uint64) error {
	for len(dst) > 0 {
		n := min(len(dst), maxCopyin)
		if addr == 0 {
			return abi.EFAULT
		}
		if err := w.request(sp.Copyin, uint64(n), addr, dst[:n], uint64(n)); err != nil {
			return err
		}
		dst, addr = dst[n:], addr+uint64(n)
	}
	return nil
}

// CopyInStr reads a string of at most max bytes, its NUL included.
func (w *worker) CopyInStr(addr uint64, max int) (string, error) {
	if addr == 0 || max <= 0 {
		return "", abi.EFAULT
	}
	var short [256]byte
	dst := short[:]
	if max > len(dst) {
		dst = make([]byte, max)
	}
	if err := w.request(sp.CopyinStr, uint64(max), addr, dst[:max], 0); err != nil {
		return "", err
	}
	b := dst[:w.ask.got]
	i := bytes.IndexByte(b, 0)
	if i < 0 {
		return "", abi.ENAMETOOLONG
	}
	return string(b[:i]), nil
}

// AnonMmap asks the client for n bytes of fresh zeroed memory and returns
// their address: ENOMEM when it has none.
func (w *worker) AnonMmap(n uint64) (uint64, error) {
	var b [8]byte
	if err := w.request(sp.AnonMmap, n, 0, b[:], 8); err != nil {
		return 0, err
	}
	addr := sp.Uint64(b[:])
	if addr == 0 {
		return 0, abi.ENOMEM
	}
	return addr, nil
}

// request sends a request, after all that the call has stored so far, and
// waits for the answer.
func (w *worker) request(typ uint16, n, addr uint64, dst []byte, least uint64) error {
	c, a := w.c, &w.ask
	a.reqno = c.reqno.Add(1) - 1
	a.dst, a.least, a.got, a.errno = dst, least, 0, 0
	if w.hasWin { // a window lies behind out
		a.head = appendRequest(a.head[:0], typ, a.reqno, n, addr)
	} else {
		w.out = appendRequest(w.out, typ, a.reqno, n, addr)
	}
	c.mu.Lock()
	if c.dead {
		c.mu.Unlock()
		w.cut = true
		return abi.EFAULT
	}
	if c.waiters == nil {
		c.waiters = map[uint64]*worker{}
	}
	c.waiters[a.reqno] = w
	c.mu.Unlock()

	a.active = true
	w.l.Unblocked(a.fn)
	a.active = false
	a.dst, a.head = nil, a.head[:0]
	if a.errno != 0 {
		return a.errno
	}
	return nil
}

func appendRequest(b []byte, typ uint16, reqno, n, addr uint64) []byte {
	if typ == sp.AnonMmap {
		h := sp.Header{Len: sp.HeaderLen + 8, Reqno: reqno, Class: sp.Req, Type: typ}
		return sp.AppendUint64(h.Append(b), n)
	}
	return sp.AppendCopy(b, typ, reqno, n, addr, 0)
}

// exchange sends what is to be sent and waits for the answer. A worker with
// the reader's role reads it itself, and serves what else comes.
func (w *worker) exchange() {
	err := w.flush()
	if err == nil && len(w.ask.head) > 0 {
		err = w.c.send(w, w.ask.head, nil)
	}
	if err != nil {
		w.c.fail()
	}
	if !w.role.CompareAndSwap(busy, reading) {
		<-w.wake
		return
	}
	for !w.answered() {
		h, err := w.c.st.Next()
		if err == nil {
			_, err = w.c.input(w, h, true)
		}
		if err != nil {
			w.c.fail()
		}
		if w.role.Load() != reading { // given away while something was sent
			<-w.wake
			return
		}
	}
	w.role.Store(busy)
}

// answer ends the wait of w. It is called once for each request.
func (w *worker) answer(errno abi.Errno) {
	w.ask.errno = errno
	w.wake <- struct{}{}
}

func (w *worker) answered() bool {
	select {
	case <-w.wake:
		return true
	default:
		return false
	}
}
