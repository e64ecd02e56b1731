// What servers send: answers, and requests for the caller's memory.
package wire

import (
	"errors"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

// errProtocol is a server that says what makes no sense.
var errProtocol = errors.New("sysproxy: protocol error")

// serve serves one frame. An error ends the connection.
func (c *conn) serve(h sp.Header) error {
	switch h.Class {
	case sp.Resp, sp.Err:
		return c.answer(h)
	case sp.Req:
		return c.serveRequest(h)
	}
	return errProtocol
}

// answer gives an answer to who waits for it; what nobody waits for is
// ignored.
func (c *conn) answer(h sp.Header) error {
	c.mu.Lock()
	w := c.pending[h.Reqno]
	c.mu.Unlock()
	if w == nil {
		return nil
	}
	if h.Payload() > uint64(len(w.answer)) {
		return errProtocol
	}
	w.n = int(h.Payload())
	if err := c.st.Payload(w.answer[:w.n]); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pending, h.Reqno)
	if w.t != nil { // its memory is the caller's own again
		delete(c.calls, w.t.tag)
	}
	if h.Class == sp.Err {
		w.finish(refusal(h.U))
		return nil
	}
	w.finish(nil)
	return nil
}

// refusal is an error frame's code as an error, so that it is told from a
// call's own errno.
type refusal uint32

func (r refusal) Error() string { return errnoOf(uint32(r)).Error() }

// Unwrap returns the errno.
func (r refusal) Unwrap() error { return errnoOf(uint32(r)) }

// serveRequest serves a request of the server.
func (c *conn) serveRequest(h sp.Header) error {
	switch h.Type {
	case sp.Copyin, sp.CopyinStr:
		return c.copyin(h)
	case sp.Copyout, sp.CopyoutStr:
		return c.copyout(h)
	case sp.AnonMmap:
		return c.anonMmap(h)
	case sp.Raise:
		if raise := c.p.raise; raise != nil {
			raise(int32(h.U))
		}
		return nil
	}
	return errProtocol
}

// copyHeader takes length and address from the stream.
func (c *conn) copyHeader(h sp.Header) (n, addr uint64, err error) {
	if h.Payload() < sp.CopyLen {
		return 0, 0, errProtocol
	}
	var b [sp.CopyLen]byte
	if err := c.st.Payload(b[:]); err != nil {
		return 0, 0, err
	}
	return sp.Uint64(b[:]), sp.Uint64(b[8:]), nil
}

// copyin answers with the caller's memory: as much as there is, so that less
// tells the server of a wrong address.
func (c *conn) copyin(h sp.Header) error {
	n, addr, err := c.copyHeader(h)
	if err != nil {
		return err
	}
	m := c.resolve(addr)
	str := h.Type == sp.CopyinStr
	b, nul := m.read(n, str)
	size := uint64(len(b))
	if nul {
		size++
	}
	r := sp.Header{Len: sp.HeaderLen + size, Reqno: h.Reqno, Class: sp.Resp, Type: sp.Copyin}
	out := r.Append(c.scratch[:0])
	if len(b) > smallAnswer {
		c.scratch = out
		c.sendTwo(out, b)
		return nil
	}
	out = append(out, b...)
	if nul {
		out = append(out, 0)
	}
	c.scratch = out
	c.send(out)
	return nil
}

// smallAnswer is how much is copied to send it with its header, in bytes.
const smallAnswer = 16 << 10

func (c *conn) sendTwo(head, body []byte) {
	c.wmu.Lock()
	err := c.st.Write(head)
	if err == nil {
		err = c.st.Write(body)
	}
	c.wmu.Unlock()
	if err != nil {
		c.st.Hurry(0)
	}
}

// copyout stores into the caller's memory. What does not belong there makes
// the call fail with EFAULT.
func (c *conn) copyout(h sp.Header) error {
	n, addr, err := c.copyHeader(h)
	if err != nil {
		return err
	}
	if n != h.Payload()-sp.CopyLen {
		return errProtocol
	}
	m := c.resolve(addr)
	if m.readOnly || uint64(len(m.b)) < n {
		if m.t != nil {
			m.t.fault = true
		}
		return nil
	}
	return c.st.Payload(m.b[:n])
}

// anonMmap gives the server memory to answer with.
func (c *conn) anonMmap(h sp.Header) error {
	var b [8]byte
	if h.Payload() < uint64(len(b)) {
		return errProtocol
	}
	if err := c.st.Payload(b[:]); err != nil {
		return err
	}
	addr := c.p.anon.alloc(sp.Uint64(b[:]))
	r := sp.Header{Reqno: h.Reqno, Class: sp.Resp, Type: sp.AnonMmap}
	c.send(sp.AppendFrame(nil, r, sp.AppendUint64(b[:0], addr)))
	return nil
}

// errnoErr is the error of a call's errno, nil for 0.
func errnoErr(e int32) error {
	if e == 0 {
		return nil
	}
	return abi.Errno(e)
}
