// One client: its connection, its process, and the goroutines that serve it.
//
// The goroutines of a connection are workers. One of them has the reader's
// role: it reads frames and performs calls itself, without another goroutine
// in the way. Only when its call blocks does it hand the role on, so that the
// client's other threads are served meanwhile.
package sysproxy

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

// Banner is what a server says first.
const Banner = "RUMPSP-0.4-" + abi.OSType + "-" + abi.OSRelease + "/" + abi.Machine + "\n"

// errCut ends a connection after a refusal.
var errCut = errors.New("sysproxy: cut off")

// maxIdle is how many workers without work a connection keeps.
const maxIdle = 2

type conn struct {
	s  *Server
	st *sp.Stream // read by the worker with the role

	// p is the client's process, main the lwp that stands for the
	// connection; the reader sets them once, at the handshake.
	p    *proc.Proc
	main *proc.LWP
	park *atomic.Int32 // forks of this client that wait

	reqno   atomic.Uint64 // the next number of a request to the client
	signals atomic.Uint64 // signals to send, a bit each
	calls   atomic.Int64  // calls in progress
	inside  atomic.Int32  // those of them in the kernel
	blocked atomic.Int64  // workers without the role that have work
	inexec  atomic.Bool   // an exec waits for calls to end, or is done
	drained chan struct{} // told when calls falls to 0 during an exec

	// reader is the worker with the role, seen its seq when the watcher last
	// looked.
	reader atomic.Pointer[worker]
	seen   atomic.Uint32

	wmu    sync.Mutex // held to write to st
	writer *worker    // who writes, under wmu

	mu      sync.Mutex
	dead    bool
	workers int
	idle    []*worker
	waiters map[uint64]*worker // of answers of the client
}

func newConn(s *Server, st *sp.Stream) *conn {
	c := &conn{s: s, st: st, park: new(atomic.Int32), drained: make(chan struct{}, 1)}
	st.OnStall(c.stalled)
	return c
}

// serve serves the client until nothing of it is left or another worker has
// taken over.
func (c *conn) serve() {
	c.st.SetReadDeadline(time.Now().Add(c.s.opts.HandshakeTime))
	if c.s.closing.Load() {
		c.st.Hurry(0)
	}
	c.mu.Lock()
	w := c.newWorker()
	c.mu.Unlock()
	w.role.Store(reading)
	if c.send(w, []byte(Banner), nil) != nil {
		c.fail()
	}
	w.run()
}

// greeted lifts the handshake's deadline.
func (c *conn) greeted() {
	c.st.SetReadDeadline(time.Time{})
	if c.s.closing.Load() {
		c.st.Hurry(0)
	}
}

// send writes frames: b, and more right behind it. Signals to the client that
// wait go first. w is who sends: when it has to wait, somebody else reads. It
// is nil for who never does.
func (c *conn) send(w *worker, b, more []byte) error {
	if !c.wmu.TryLock() {
		if w != nil {
			w.giveWay()
		}
		c.wmu.Lock()
	}
	c.writer = w
	err := c.sendLocked(b, more)
	c.writer = nil
	c.wmu.Unlock()
	if c.signals.Load() != 0 {
		c.trySignals()
	}
	return err
}

func (c *conn) sendLocked(b, more []byte) error {
	if c.signals.Load() != 0 {
		if err := c.st.Write(c.takeSignals(nil)); err != nil {
			return err
		}
	}
	err := c.st.Write(b)
	if err == nil && len(more) > 0 {
		err = c.st.Write(more)
	}
	return err
}

// stalled is told that the client does not take what is sent.
func (c *conn) stalled() {
	if c.writer != nil {
		c.writer.giveWay()
	}
}

// fail ends the connection: blocked calls are interrupted, waits for the
// client's memory end with EFAULT, which the client is not told, idle workers
// go. It may be called again.
func (c *conn) fail() {
	c.mu.Lock()
	if c.dead {
		c.mu.Unlock()
		return
	}
	c.dead = true
	for _, w := range c.idle {
		w.start(jobQuit)
	}
	c.idle = nil
	for _, w := range c.waiters {
		w.cut = true
		w.answer(abi.EFAULT)
	}
	c.waiters = nil
	c.mu.Unlock()
	c.st.Hurry(c.s.opts.CloseTime)
	if c.p != nil {
		c.p.SetRaise(nil)
		c.p.QuitLWPs(c.main)
	}
}

// newWorker makes a worker. Preconditions: c.mu is held; the caller runs it.
func (c *conn) newWorker() *worker {
	c.workers++
	w := &worker{c: c, wake: make(chan struct{}, 1)}
	w.init()
	return w
}

// promote gives the reader's role to a worker that has nothing to do, or to a
// new one. Nobody reads from a client that is gone.
func (c *conn) promote() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead {
		return
	}
	if n := len(c.idle); n > 0 {
		w := c.idle[n-1]
		c.idle = c.idle[:n-1]
		w.role.Store(reading)
		w.start(jobRead)
		return
	}
	w := c.newWorker()
	w.role.Store(reading)
	go w.run()
}

// recruit returns a worker to be given a call by the reader, who can't perform
// it: the caller loads it and calls launch. nil when too many are at work.
func (c *conn) recruit() *worker {
	if c.full() {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead {
		return nil
	}
	if n := len(c.idle); n > 0 {
		w := c.idle[n-1]
		c.idle = c.idle[:n-1]
		return w
	}
	w := c.newWorker()
	w.fresh = true
	return w
}

// full reports that no further call may block.
func (c *conn) full() bool {
	return c.blocked.Load() >= int64(c.s.opts.MaxBlocked) ||
		c.s.blocked.Load() >= int64(c.s.opts.MaxBlockedAll)
}

// rest makes w idle and reports whether it shall wait for work.
func (c *conn) rest(w *worker) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead || len(c.idle) >= maxIdle {
		return false
	}
	c.idle = append(c.idle, w)
	return true
}

// leave ends a worker. The last one out ends the process and the connection.
func (c *conn) leave(w *worker) {
	if w.l != nil {
		w.l.Release()
	}
	c.mu.Lock()
	c.workers--
	last := c.workers == 0
	c.mu.Unlock()
	if !last {
		return
	}
	if c.p != nil {
		c.p.SetRaise(nil)
		c.p.Table().Exit(c.main)
	}
	c.st.Close()
	c.s.forget(c)
}
