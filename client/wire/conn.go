// One connection: requests, and who receives what comes back.
//
// There is no goroutine behind a connection. Of the callers that wait for an
// answer one receives for all of them; when it has its own answer, another
// one does.
package wire

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

type conn struct {
	st *sp.Stream // read by the receiver
	p  *process

	wmu     sync.Mutex // held to write to st
	scratch []byte     // of the receiver, for answers

	mu        sync.Mutex
	reqno     uint64
	receiving bool               // some caller receives
	lost      bool               // nothing can be received any more
	pending   map[uint64]*waiter // by request number
	waiting   []*waiter          // callers that do not receive
	calls     map[uint16]*thread // calls in progress, by tag
}

func newConn(st *sp.Stream, p *process) *conn {
	return &conn{st: st, p: p, reqno: 1, pending: map[uint64]*waiter{}, calls: map[uint16]*thread{}}
}

// waiter is a caller that waits for an answer.
type waiter struct {
	t      *thread // whose call it is, if it is one
	wake   chan struct{}
	queued bool
	done   bool
	err    error
	// answer is the answer's payload, n bytes of it.
	answer [sp.ResultLen]byte
	n      int
}

// errLost is a connection that ended before the answer came.
const errLost = abi.ENOTCONN

// enter registers w as waiting for the answer to a request, whose number it
// returns. t is the thread when it is a call.
func (c *conn) enter(w *waiter, t *thread) (uint64, error) {
	if w.wake == nil {
		w.wake = make(chan struct{}, 1)
	}
	w.done, w.err, w.n, w.t = false, nil, 0, t
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lost {
		return 0, errLost
	}
	reqno := c.reqno
	c.reqno++
	c.pending[reqno] = w
	if t != nil {
		c.calls[t.tag] = t
	}
	return reqno, nil
}

// send writes a whole frame. When that fails the receiver learns it.
func (c *conn) send(b []byte) {
	c.wmu.Lock()
	err := c.st.Write(b)
	c.wmu.Unlock()
	if err != nil {
		c.st.Hurry(0)
	}
}

// await waits until w is done, receiving for all when nobody else does.
func (c *conn) await(w *waiter) {
	c.mu.Lock()
	for !w.done {
		if !c.receiving {
			c.receiving = true
			c.mu.Unlock()
			c.receive(w)
			c.mu.Lock()
			c.receiving = false
			continue
		}
		if !w.queued {
			w.queued = true
			c.waiting = append(c.waiting, w)
		}
		c.mu.Unlock()
		<-w.wake
		c.mu.Lock()
	}
	c.unqueue(w)
	if !c.receiving && len(c.waiting) > 0 {
		c.waiting[0].poke()
	}
	c.mu.Unlock()
}

func (w *waiter) poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// unqueue takes w off the waiting ones. Preconditions: c.mu is held.
func (c *conn) unqueue(w *waiter) {
	if !w.queued {
		return
	}
	w.queued = false
	for i, x := range c.waiting {
		if x == w {
			last := len(c.waiting) - 1
			c.waiting[i], c.waiting[last] = c.waiting[last], nil
			c.waiting = c.waiting[:last]
			return
		}
	}
}

// receive serves what comes until w is done or the connection is lost.
// Preconditions: the caller is the receiver.
func (c *conn) receive(w *waiter) {
	for !w.done { // only the receiver sets it
		h, err := c.st.Next()
		if err == nil {
			err = c.serve(h)
		}
		if err != nil {
			c.lose()
			return
		}
	}
}

// lose ends all waits. Preconditions: the caller is the receiver.
func (c *conn) lose() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lost = true
	for reqno, w := range c.pending {
		delete(c.pending, reqno)
		w.finish(errLost)
	}
	clear(c.calls)
}

// finish ends a wait. Preconditions: c.mu is held; the caller receives.
func (w *waiter) finish(err error) {
	w.done, w.err = true, err
	if w.queued {
		w.poke()
	}
}

// request sends a request that is not a call, and returns the answer's
// payload, of n bytes.
func (c *conn) request(h sp.Header, payload []byte, n int) ([]byte, error) {
	var w waiter
	reqno, err := c.enter(&w, nil)
	if err != nil {
		return nil, err
	}
	h.Reqno = reqno
	c.send(sp.AppendFrame(nil, h, payload))
	c.await(&w)
	if w.err == nil && w.n != n {
		w.err = abi.EPROTO
	}
	return w.answer[:w.n], w.err
}
