// What clients send: which frame means what, and what is refused how.
package sysproxy

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

// input serves one frame. It reports a call that w shall perform itself; when
// w is in a call already (nested), another worker gets it. An error ends the
// connection.
func (c *conn) input(w *worker, h sp.Header, nested bool) (mine bool, err error) {
	switch {
	case h.Class == sp.Resp:
		return false, c.response(h)
	case h.Class != sp.Req:
		return false, c.refuse(w, h, sp.Malformed)
	case c.p == nil:
		return false, c.introduce(w, h)
	}
	switch h.Type {
	case sp.Syscall:
		return c.syscall(w, h, nested)
	case sp.Prefork:
		return false, c.prefork(w, h)
	case sp.Handshake:
		return false, c.exec(w, h)
	}
	return false, c.refuse(w, h, sp.Malformed)
}

// refuse answers h with an error code.
func (c *conn) refuse(w *worker, h sp.Header, code uint32) error {
	var b [sp.HeaderLen]byte
	e := sp.Header{Len: sp.HeaderLen, Reqno: h.Reqno, Class: sp.Err, U: code}
	return c.send(w, e.Append(b[:0]), nil)
}

// cut refuses h and ends the connection.
func (c *conn) cut(w *worker, h sp.Header, code uint32) error {
	if err := c.refuse(w, h, code); err != nil {
		return err
	}
	return errCut
}

// accept answers a handshake: it worked.
func (c *conn) accept(w *worker, reqno uint64) error {
	var b [sp.HandshakeOK]byte
	h := sp.Header{Reqno: reqno, Class: sp.Resp, Type: sp.Handshake}
	return c.send(w, sp.AppendFrame(b[:0], h, make([]byte, sp.ErrorLen)), nil)
}

// syscall loads a call into w, or into another worker that it launches.
func (c *conn) syscall(w *worker, h sp.Header, nested bool) (mine bool, err error) {
	if !nested {
		if c.full() {
			return false, c.refuse(w, h, sp.TryAgain)
		}
		return true, w.load(h)
	}
	other := c.recruit()
	if other == nil {
		return false, c.refuse(w, h, sp.TryAgain)
	}
	if err := other.load(h); err != nil {
		other.launch(jobQuit)
		return false, err
	}
	other.launch(jobCall)
	return false, nil
}

// response gives an answer of the client to the worker that waits for it; what
// nobody waits for is ignored.
func (c *conn) response(h sp.Header) error {
	c.mu.Lock()
	w := c.waiters[h.Reqno]
	delete(c.waiters, h.Reqno)
	c.mu.Unlock()
	if w == nil {
		return nil
	}
	n := h.Payload()
	if n < w.ask.least || n > uint64(len(w.ask.dst)) {
		w.answer(abi.EFAULT)
		return nil
	}
	w.ask.got = int(n)
	if err := c.st.Payload(w.ask.dst[:n]); err != nil {
		w.answer(abi.EFAULT)
		return err
	}
	w.answer(0)
	return nil
}
