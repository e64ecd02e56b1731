// How a client comes by its process: as a guest, by fork, and again by exec.
package sysproxy

import (
	"bytes"

	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

// introduce serves the first request of a connection.
func (c *conn) introduce(w *worker, h sp.Header) error {
	switch {
	case h.Type == sp.Handshake && h.U == sp.Guest:
		return c.guest(w, h)
	case h.Type == sp.Handshake && h.U == sp.Fork:
		return c.redeem(w, h)
	}
	return c.cut(w, h, sp.NoAuth)
}

// guest makes a process for a new client.
func (c *conn) guest(w *worker, h sp.Header) error {
	name, err := c.progname(h)
	if err != nil {
		return err
	}
	p, l, err := c.s.k.NewGuest(name)
	if err != nil {
		return err
	}
	c.adopt(p, l)
	return c.accept(w, h.Reqno)
}

// adopt makes p the client's process.
func (c *conn) adopt(p *proc.Proc, l *proc.LWP) {
	c.mu.Lock()
	c.p, c.main = p, l
	c.mu.Unlock()
	p.SetRaise(c.raise)
	p.SetThreads(1)
	c.greeted()
}

// progname takes the program's name from the stream. It need not be there nor
// end with a NUL; a long one is cut.
func (c *conn) progname(h sp.Header) (string, error) {
	var buf [proc.MaxComm + 1]byte
	b := buf[:min(h.Payload(), uint64(len(buf)))]
	if err := c.st.Payload(b); err != nil {
		return "", err
	}
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	if len(b) == 0 {
		return "???", nil
	}
	return string(b), nil
}

// prefork parks a copy of the process and answers with its cookie.
func (c *conn) prefork(w *worker, h sp.Header) error {
	if c.inexec.Load() {
		return c.cut(w, h, sp.InExec)
	}
	if !c.s.parked.reserve(c.park) {
		return c.refuse(w, h, sp.NoMem)
	}
	p, l, err := c.s.k.Fork(c.p, proc.FDCopy, "")
	if err != nil {
		c.s.parked.unreserve(c.park)
		return c.refuse(w, h, sp.ForkFailed)
	}
	cookie, ok := c.s.parked.park(p, l, c.park)
	if !ok {
		return c.refuse(w, h, sp.NoMem)
	}
	var b [sp.HeaderLen + sp.CookieLen]byte
	r := sp.Header{Reqno: h.Reqno, Class: sp.Resp, Type: sp.Prefork}
	return c.send(w, sp.AppendFrame(b[:0], r, cookie[:]), nil)
}

// redeem gives a new connection a child of the process that a cookie stands
// for, sharing its descriptors; the parked process itself ends. A client that
// cancels gets no answer.
func (c *conn) redeem(w *worker, h sp.Header) error {
	if h.Payload() != sp.ForkLen {
		return c.cut(w, h, sp.Malformed)
	}
	var b [sp.ForkLen]byte
	if err := c.st.Payload(b[:]); err != nil {
		return err
	}
	e := c.s.parked.take(cookie(b[:sp.CookieLen]))
	if e == nil {
		return c.cut(w, h, sp.BadCookie)
	}
	defer e.end()
	if sp.Uint32(b[sp.CookieLen:]) != 0 {
		return errCut
	}
	p, l, err := c.s.k.Fork(e.p, proc.FDShare, "")
	if err != nil {
		return c.cut(w, h, sp.ForkFailed)
	}
	e.end()
	c.adopt(p, l)
	return c.accept(w, h.Reqno)
}

// exec begins a new program in the process, on a worker of its own, since it
// waits for the calls in progress.
func (c *conn) exec(w *worker, h sp.Header) error {
	if h.U != sp.Exec {
		return c.cut(w, h, sp.Malformed)
	}
	if c.inexec.Load() {
		return c.cut(w, h, sp.InExec)
	}
	name, err := c.progname(h)
	if err != nil {
		return err
	}
	other := c.recruit()
	if other == nil {
		return c.refuse(w, h, sp.TryAgain)
	}
	other.name, other.reqno = name, h.Reqno
	c.inexec.Store(true)
	other.launch(jobExec)
	return nil
}

// exec ends the calls of the process and then tells the kernel of the new
// program.
func (w *worker) exec() {
	c := w.c
	c.p.QuitLWPs(c.main)
	for c.calls.Load() > 0 {
		<-c.drained
	}
	c.p.Table().Exec(c.main, w.name)
	c.inexec.Store(false)
	if c.isDead() {
		c.p.QuitLWPs(c.main)
	}
	if c.accept(w, w.reqno) != nil {
		c.fail()
	}
}

func (c *conn) isDead() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dead
}
