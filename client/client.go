// Package client makes system calls in a rump kernel: a typed stub for each
// call of the table, in the shapes that golang.org/x/sys/unix has made
// familiar, and Go's own interfaces (io/fs, net) above them.
//
// A [Client] is one process in a kernel, whether the kernel runs in this
// process or behind a socket; the calls are the same. Errors of calls are
// [abi.Errno] values. Structures are those of package abi.
package client

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// Client is a process in a kernel. It is safe for concurrent use: each call
// runs on an lwp of the process that no other call uses meanwhile.
//
// Memory given to a call belongs to the kernel until the call returns, and is
// not kept longer.
type Client struct {
	p *process
	// own is the lwp of a client made by NewThread, else nil.
	own *call
}

// process is what all clients of one process share.
type process struct {
	sysent.Process
	// signal is what OnSignal set.
	signal *atomic.Pointer[func(abi.Signal)]
	lwps   lwps

	pollMu sync.Mutex
	poll   *poller // nil until there is a socket to wait for
}

// New makes a process of that name in k. It has a descriptor table of its own,
// the console on 0 to 2, the credentials of root, and / as its directory. It
// lives until Exit.
func New(k sysent.Kernel, name string) (*Client, error) {
	p := &process{signal: new(atomic.Pointer[func(abi.Signal)])}
	proc, err := k.Attach(name, p.raise)
	if err != nil {
		return nil, err
	}
	p.Process = proc
	return &Client{p: p}, nil
}

// raise is called by the kernel for each signal sent to the process.
func (p *process) raise(sig int32) {
	if f := p.signal.Load(); f != nil {
		(*f)(abi.Signal(sig))
	}
}

// OnSignal sets the function that is told of signals sent to the process; nil
// ignores them, as at first. f must not make calls.
func (c *Client) OnSignal(f func(sig abi.Signal)) {
	if f == nil {
		c.p.signal.Store(nil)
		return
	}
	c.p.signal.Store(&f)
}

// NewThread returns another client of the same process that makes all its calls on
// one lwp of its own. It saves a little time on each call, but may be used by
// one goroutine at a time only. Release gives the lwp back.
func (c *Client) NewThread() (*Client, error) {
	t, err := c.p.lwps.make(c.p.Process)
	if err != nil {
		return nil, err
	}
	return &Client{p: c.p, own: t}, nil
}

// Release ends the lwp of a client made by NewThread; the client makes its calls
// like any other from then on. It does nothing for other clients.
func (c *Client) Release() {
	if t := c.own; t != nil {
		c.own = nil
		t.thread.Close()
	}
}

// Fork makes a child process, with copies of this one's descriptors, and
// returns a client of it.
func (c *Client) Fork() (*Client, error) {
	child, err := c.p.Process.Fork()
	if err != nil {
		return nil, err
	}
	return &Client{p: &process{Process: child, signal: c.p.signal}}, nil
}

// Exec does to the process what running another program does: descriptors
// marked close-on-exec are closed, and its name becomes name.
func (c *Client) Exec(name string) error { return c.p.Process.Exec(name) }

// Exit ends the process: blocked calls return EINTR and all descriptors are
// closed. It returns when all of it is gone. Calls made afterwards fail.
func (c *Client) Exit() error {
	c.p.lwps.close()
	err := c.p.Process.Close()
	c.p.endPoller()
	return err
}
