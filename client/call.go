// Calls under way: each borrows an lwp and a frame, fills the frame, enters
// the kernel and gives both back.

package client

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// call is an lwp and what a call made on it needs. One goroutine at a time
// uses it.
type call struct {
	sysent.Frame
	thread sysent.Thread
	// out holds results that the kernel stores in memory: two ints, or one
	// 64-bit number.
	out [2]uint64
	scratch
}

// enter borrows an lwp. When there is none it returns one whose calls fail.
func (c *Client) enter() *call {
	if t := c.own; t != nil {
		return t
	}
	return c.p.borrow()
}

// leave gives the lwp back.
func (c *Client) leave(t *call) {
	if c.own == nil {
		c.p.lwps.put(t)
	}
}

// lwps are the lwps of a process that no call uses.
type lwps struct {
	// last is the one that was used last, or nil: the usual case costs one
	// atomic operation each way.
	last   atomic.Pointer[call]
	mu     sync.Mutex
	free   []*call
	closed bool
}

// maxFree is how many lwps wait for calls to come; more are ended.
const maxFree = 32

func (p *process) borrow() *call {
	if t := p.lwps.last.Swap(nil); t != nil {
		return t
	}
	if t := p.lwps.get(); t != nil {
		return t
	}
	t, err := p.lwps.make(p.Process)
	if err != nil {
		return &call{thread: noThread{err}}
	}
	return t
}

// get takes a waiting lwp; nil when there is none.
func (l *lwps) get() *call {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.free)
	if n == 0 {
		return nil
	}
	t := l.free[n-1]
	l.free = l.free[:n-1]
	return t
}

// make makes an lwp. ESRCH after close.
func (l *lwps) make(p sysent.Process) (*call, error) {
	if l.isClosed() {
		return nil, abi.ESRCH
	}
	thread, err := p.NewThread()
	if err != nil {
		return nil, err
	}
	t := &call{thread: thread}
	if remote, ok := thread.(interface{ Tag() uint16 }); ok {
		t.SetTag(remote.Tag())
	}
	return t, nil
}

// put keeps an lwp for later calls, or ends it. After close it is the
// process that has ended it.
func (l *lwps) put(t *call) {
	if l.last.CompareAndSwap(nil, t) {
		return
	}
	l.mu.Lock()
	surplus := len(l.free) >= maxFree && !l.closed
	if !surplus && !l.closed {
		l.free = append(l.free, t)
	}
	l.mu.Unlock()
	if surplus {
		t.thread.Close()
	}
}

// close lets no call borrow an lwp any more. The process ends them.
func (l *lwps) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.free = nil
	l.last.Store(nil)
}

func (l *lwps) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// noThread is the lwp of a process that can have no more of them.
type noThread struct{ err error }

func (t noThread) Syscall(int, *sysent.Frame) error { return t.err }
func (noThread) Close()                             {}
