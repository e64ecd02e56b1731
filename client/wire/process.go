// A process in a kernel behind a socket.
package wire

import (
	"context"
	"sync"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

// process is a process and its connection. It implements sysent.Process.
type process struct {
	k     *Kernel
	name  string
	raise func(sig int32)
	pid   int32
	anon  anon

	mu     sync.Mutex
	c      *conn
	closed bool
	tags   []uint16 // free ones
	next   uint16   // the first that was never used, less 1

	again sync.Mutex // held to reconnect
}

// begin gives a new process its connection and asks for its pid.
func (p *process) begin(c *conn) (sysent.Process, error) {
	p.c = c
	t, err := p.NewThread()
	if err != nil {
		return nil, err
	}
	defer t.Close()
	var f sysent.Frame
	if err := c.call(t.(*thread), sysent.SYS_getpid, &f); err != nil {
		c.st.Close()
		return nil, err
	}
	p.pid = int32(f.Ret[0])
	return p, nil
}

// Pid returns the process id, as it was when the process was made.
func (p *process) Pid() int32 { return p.pid }

// NewThread makes a thread: EAGAIN when there are too many, ESRCH after Close.
// It costs the kernel nothing until it calls.
func (p *process) NewThread() (sysent.Thread, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, abi.ESRCH
	}
	if n := len(p.tags); n > 0 {
		tag := p.tags[n-1]
		p.tags = p.tags[:n-1]
		return &thread{p: p, tag: tag}, nil
	}
	if p.next == maxTag {
		return nil, abi.EAGAIN
	}
	p.next++
	return &thread{p: p, tag: p.next}, nil
}

// conn returns the present connection. ESRCH after Close.
func (p *process) conn() (*conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, abi.ESRCH
	}
	return p.c, nil
}

// Fork makes a child process on a connection of its own.
func (p *process) Fork() (sysent.Process, error) {
	c, err := p.conn()
	if err != nil {
		return nil, err
	}
	cookie, err := c.request(sp.Header{Type: sp.Prefork}, nil, sp.CookieLen)
	if err != nil {
		return nil, plain(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), attachTime)
	defer cancel()
	st, err := connect(ctx, p.k.addr, p.k.opts.StallTime)
	if err != nil {
		return nil, &Error{p.k.url, err}
	}
	child := &process{k: p.k, name: p.name, raise: p.raise}
	cc := newConn(st, child)
	payload := sp.AppendUint32(append([]byte(nil), cookie...), 0)
	if err := p.k.greet(ctx, cc, sp.Fork, payload); err != nil {
		return nil, plain(err)
	}
	return child.begin(cc)
}

// Exec begins a new program in the process.
func (p *process) Exec(name string) error {
	c, err := p.conn()
	if err != nil {
		return err
	}
	_, err = c.request(sp.Header{Type: sp.Handshake, U: sp.Exec}, append([]byte(name), 0), sp.ErrorLen)
	return plain(err)
}

// closeTime bounds how long Close waits for the server to end the process.
const closeTime = 2 * time.Second

// Close ends the process. Calls in progress return EINTR.
func (p *process) Close() error {
	p.mu.Lock()
	c := p.c
	again := p.closed
	p.closed = true
	p.mu.Unlock()
	if again || c == nil {
		return nil
	}
	c.close()
	return nil
}

// Anonymous returns the memory that the kernel has filled at an address which
// a call returned, and forgets it; nil when there is none.
func (p *process) Anonymous(addr uint64) []byte { return p.anon.take(addr) }

// plain turns a refusal into its errno.
func plain(err error) error {
	if r, ok := err.(refusal); ok {
		return errnoOf(uint32(r))
	}
	return err
}

// reconnect makes a new connection in place of old, unless another caller has:
// with a new process behind it.
func (p *process) reconnect(old *conn) error {
	p.again.Lock()
	defer p.again.Unlock()
	begin := time.Now()
	for pause := 100 * time.Millisecond; ; pause = min(pause+100*time.Millisecond, time.Second) {
		now, err := p.conn()
		if err != nil || now != old {
			return err
		}
		c, err := p.k.guest(p)
		if err == nil {
			return p.replace(c)
		}
		if retry := p.k.opts.Retry; retry >= 0 && time.Since(begin)+pause > retry {
			return errLost
		}
		time.Sleep(pause)
	}
}

// replace makes c the connection, unless the process has been closed.
func (p *process) replace(c *conn) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		c.st.Close()
		return abi.ESRCH
	}
	p.c.st.Close()
	p.c = c
	return nil
}
