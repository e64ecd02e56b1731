// A kernel behind a socket.
package wire

import (
	"context"
	"sync"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

// Kernel is a kernel behind a socket. It implements sysent.Kernel: each
// process has a connection of its own.
type Kernel struct {
	url  string
	addr sp.Addr
	opts Options

	mu    sync.Mutex
	first *sp.Stream // made by Dial, for the first process
}

// Dial reaches the server at url. The error is an *Error, of the context's
// reason when ctx ends first; ctx does not matter afterwards.
func Dial(ctx context.Context, url string, opts Options) (*Kernel, error) {
	if opts.StallTime <= 0 {
		opts.StallTime = defaultStall
	}
	addr, err := sp.ParseURL(url, false)
	if err != nil {
		return nil, &Error{url, err}
	}
	k := &Kernel{url: url, addr: addr, opts: opts}
	if k.first, err = connect(ctx, addr, opts.StallTime); err != nil {
		return nil, &Error{url, err}
	}
	return k, nil
}

// Close closes the connection that Dial made, if no process uses it. Processes
// are not touched.
func (k *Kernel) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.first != nil {
		k.first.Close()
		k.first = nil
	}
}

// attachTime bounds how long a server may take for a new process.
const attachTime = 10 * time.Second

// Attach makes a process.
func (k *Kernel) Attach(name string, raise func(sig int32)) (sysent.Process, error) {
	if name == "" {
		name = progname()
	}
	p := &process{k: k, name: name, raise: raise}
	c, err := k.guest(p)
	if err != nil {
		return nil, err
	}
	return p.begin(c)
}

// guest makes a connection with a new process.
func (k *Kernel) guest(p *process) (*conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), attachTime)
	defer cancel()
	st, err := k.stream(ctx)
	if err != nil {
		return nil, &Error{k.url, err}
	}
	c := newConn(st, p)
	return c, k.greet(ctx, c, sp.Guest, append([]byte(p.name), 0))
}

// stream returns a connection whose banner has been taken.
func (k *Kernel) stream(ctx context.Context) (*sp.Stream, error) {
	k.mu.Lock()
	st := k.first
	k.first = nil
	k.mu.Unlock()
	if st != nil {
		return st, nil
	}
	return connect(ctx, k.addr, k.opts.StallTime)
}

// greet performs the handshake that gives c its process.
func (k *Kernel) greet(ctx context.Context, c *conn, kind uint32, payload []byte) error {
	stop := deadline(ctx, c.st)
	_, err := c.request(sp.Header{Type: sp.Handshake, U: kind}, payload, sp.ErrorLen)
	if !stop() && err == nil {
		err = context.DeadlineExceeded
	}
	if err != nil {
		c.st.Close()
		if ctx.Err() != nil {
			return &Error{k.url, context.Cause(ctx)}
		}
		return err
	}
	return nil
}

// errnoOf is the errno of a refusal's code.
func errnoOf(code uint32) abi.Errno {
	switch code {
	case sp.TryAgain:
		return abi.EAGAIN
	case sp.NoAuth:
		return abi.EPERM
	case sp.BadCookie:
		return abi.ESRCH
	case sp.InExec:
		return abi.EBUSY
	case sp.NoMem:
		return abi.ENOMEM
	case sp.Malformed:
		return abi.EINVAL
	}
	return abi.EIO
}
