// Calls.
package wire

import (
	"errors"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

// thread makes calls. It implements sysent.Thread.
type thread struct {
	p   *process
	tag uint16
	w   waiter
	out [sp.HeaderLen + 8*sysent.MaxSlots]byte
	// The call in progress, and how many there were. fault is set when the server stored where it
	// must not; the receiver does.
	num   int
	f     *sysent.Frame
	fault bool
	calls uint8
}

// Tag is what the pinned addresses of the thread's frames are told from those
// of others by: give it to Frame.SetTag.
func (t *thread) Tag() uint16 { return t.tag }

// Close ends the thread.
func (t *thread) Close() {
	t.p.mu.Lock()
	defer t.p.mu.Unlock()
	if t.tag != 0 {
		t.p.tags = append(t.p.tags, t.tag)
		t.tag = 0
	}
}

// Syscall performs a call. ENOTCONN when the server is gone, and for a server
// that is back only Options.Retry helps.
func (t *thread) Syscall(num int, f *sysent.Frame) error {
	if t.tag == 0 {
		return abi.ESRCH
	}
	for {
		c, err := t.p.conn()
		if err != nil {
			return err
		}
		err = c.call(t, num, f)
		if err != error(errLost) {
			return err
		}
		if t.p.isClosed() {
			return abi.EINTR
		}
		if t.p.k.opts.Retry == 0 {
			return errLost
		}
		if err := t.p.reconnect(c); err != nil {
			return err
		}
	}
}

func (p *process) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// call performs a call on c, again and again as long as the server has no
// room for it.
func (c *conn) call(t *thread, num int, f *sysent.Frame) error {
	t.num, t.f, t.fault = num, f, false
	t.calls++
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := c.once(t)
		if err == nil {
			return t.result()
		}
		var r refusal
		if !errors.As(err, &r) || r != refusal(sp.TryAgain) {
			f.Ret = [2]int64{-1, 0}
			return plain(err)
		}
		time.Sleep(pause)
	}
}

// once sends the call and waits for the answer.
func (c *conn) once(t *thread) error {
	reqno, err := c.enter(&t.w, t)
	if err != nil {
		return err
	}
	c.send(t.encode(reqno))
	c.await(&t.w)
	return t.w.err
}

// encode makes the request's frame.
func (t *thread) encode(reqno uint64) []byte {
	nargs := 0
	if t.num >= 0 && t.num < len(sysent.Rows) {
		nargs = int(sysent.Rows[t.num].NArg)
	}
	h := sp.Header{
		Len: uint64(sp.HeaderLen + 8*nargs), Reqno: reqno,
		Class: sp.Req, Type: sp.Syscall, U: uint32(t.num),
	}
	b := h.Append(t.out[:0])
	for i := range nargs {
		slot := t.f.Slot[i]
		if t.f.Mem[i] != nil {
			slot = t.slotAddr(i)
		}
		b = sp.AppendUint64(b, slot)
	}
	return b
}

// result takes the results from the answer.
func (t *thread) result() error {
	if t.w.n != sp.ResultLen {
		return abi.EPROTO
	}
	b := t.w.answer[:]
	t.f.Ret = [2]int64{int64(sp.Uint64(b[8:])), int64(sp.Uint64(b[16:]))}
	if t.fault {
		return abi.EFAULT
	}
	return errnoErr(int32(sp.Uint32(b)))
}

// close tells the server that no more comes and waits, for a time, until it
// has ended the process.
func (c *conn) close() {
	c.st.SetReadDeadline(time.Now().Add(closeTime))
	c.st.CloseWrite()
	var w waiter
	if _, err := c.enter(&w, nil); err == nil {
		c.await(&w)
	}
	c.st.Close()
}
