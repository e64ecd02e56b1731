// TCP connections from the kernel: each is taken in when the host has
// connected to where it is going, or is refused as the host was.
package gateway

import (
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// connect performs a connection request. It has a goroutine of its own, which
// the stack started.
func (g *Gateway) connect(r *tcp.ForwarderRequest) {
	if !g.enter(g.streamCost()) {
		r.Complete(true)
		return
	}
	defer g.leave(g.streamCost())
	host, ok := g.dial(r)
	if !ok {
		r.Complete(true)
		return
	}
	p := &pump{g: g, host: host}
	ep, err := r.CreateEndpoint(&p.queue)
	r.Complete(err != nil)
	if err != nil {
		g.drop(host)
		return
	}
	p.ep = ep
	p.run()
}

// enter counts a connection or flow that begins, and charges it: false when
// there are too many, memory is short, or the gateway is closed.
func (g *Gateway) enter(cost int64) bool {
	if g.cfg.Mem.Reserve(cost) != nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || g.flows >= maxFlows {
		g.cfg.Mem.Release(cost)
		return false
	}
	g.flows++
	g.running.Add(1)
	return true
}

// leave undoes enter.
func (g *Gateway) leave(cost int64) {
	g.mu.Lock()
	g.flows--
	g.mu.Unlock()
	g.cfg.Mem.Release(cost)
	g.running.Done()
}

// dial connects the host to where a request is going.
func (g *Gateway) dial(r *tcp.ForwarderRequest) (hypercall.Socket, bool) {
	id := r.ID()
	to, ok := g.target(id.LocalAddress, id.LocalPort)
	if !ok {
		return nil, false
	}
	host, err := g.cfg.Host.Dial(hypercall.Stream, to)
	if err != nil || !g.keep(host) {
		return nil, false
	}
	if host.Connected() != nil {
		g.drop(host)
		return nil, false
	}
	return host, true
}

// abort is an endpoint as something that can be closed: its peer sees a reset.
type abort struct{ ep tcpip.Endpoint }

// Close implements closer.
func (a abort) Close() error {
	a.ep.Abort()
	return nil
}

// pump moves the bytes of one connection both ways.
type pump struct {
	g     *Gateway
	host  hypercall.Socket
	ep    tcpip.Endpoint
	queue waiter.Queue
	// marks is of the connection's urgent data; read counts the bytes from the
	// kernel, written those to it.
	marks         *marks
	read, written uint32
	// ended is set before the end of the host's stream is passed on.
	ended atomic.Bool
}

// run returns when both directions have ended.
func (p *pump) run() {
	end := abort{p.ep}
	if !p.g.keep(end) {
		return
	}
	if info, ok := p.ep.Info().(*stack.TransportEndpointInfo); ok {
		id := info.ID
		p.marks = p.g.urgency.adopt(id)
		defer p.g.urgency.forget(id, p.marks)
	}
	done := make(chan struct{})
	if p.g.run(func() { defer close(done); p.in() }) {
		p.out()
		p.await(done)
	}
	p.g.forget(end)
	p.ep.Close()
	p.g.drop(p.host)
}

// await waits for the direction that goes on when the other has ended. A reset
// by the kernel, which the host would not tell of, ends it too.
func (p *pump) await(done <-chan struct{}) {
	w, gone := waiter.NewChannelEntry(waiter.EventHUp | waiter.EventErr)
	p.queue.EventRegister(&w)
	defer p.queue.EventUnregister(&w)
	for !p.over() {
		select {
		case <-done:
			return
		case <-gone:
		}
	}
	if !p.ended.Load() {
		p.fail()
	}
	<-done
}

// over reports whether the kernel's side has nothing to come either way.
func (p *pump) over() bool {
	s := tcp.EndpointState(p.ep.State())
	return s == tcp.StateClose || s == tcp.StateError
}

// fail ends both directions at once.
func (p *pump) fail() {
	p.ep.Abort()
	_ = p.host.Reset()
}

// out moves bytes from the kernel to the host.
func (p *pump) out() {
	w, ready := waiter.NewChannelEntry(waiter.ReadableEvents | waiter.EventHUp | waiter.EventErr)
	p.queue.EventRegister(&w)
	defer p.queue.EventUnregister(&w)
	for {
		switch err := p.drain(); err.(type) {
		case *tcpip.ErrWouldBlock:
			<-ready
		case *tcpip.ErrClosedForReceive:
			_ = p.host.CloseWrite()
			return
		default:
			p.fail()
			return
		}
	}
}

// drain hands to the host what the kernel's side holds. Its error is why it
// can't go on.
func (p *pump) drain() tcpip.Error {
	buf := p.g.buffers.get()
	defer p.g.buffers.put(buf)
	for {
		s := tcpip.SliceWriter(buf[:])
		res, err := p.ep.Read(&s, tcpip.ReadOptions{})
		if err != nil {
			return err
		}
		if p.pass(buf[:res.Count]) != nil {
			return &tcpip.ErrConnectionReset{}
		}
	}
}

// pass writes what the kernel has sent to the host; one byte of it may be urgent.
func (p *pump) pass(b []byte) error {
	first := p.read
	p.read += uint32(len(b))
	if p.marks != nil {
		if at := p.g.urgency.urgentAt(p.marks, first, len(b)); at >= 0 {
			if at > 0 {
				if err := p.host.Write(b[:at]); err != nil {
					return err
				}
			}
			if err := p.host.WriteUrgent(b[at]); err != nil || at+1 == len(b) {
				return err
			}
			b = b[at+1:]
		}
	}
	return p.host.Write(b)
}

// in moves bytes from the host to the kernel.
func (p *pump) in() {
	w, ready := waiter.NewChannelEntry(waiter.WritableEvents | waiter.EventHUp | waiter.EventErr)
	p.queue.EventRegister(&w)
	defer p.queue.EventUnregister(&w)
	for {
		n, ok := p.fetch(ready)
		if !ok {
			p.fail()
			return
		}
		if n == 0 {
			p.ended.Store(true)
			_ = p.ep.Shutdown(tcpip.ShutdownWrite)
			return
		}
	}
}

// fetch moves what the host has, and tells how much that was.
func (p *pump) fetch(ready <-chan struct{}) (int, bool) {
	if p.host.Ready() != nil {
		return 0, false
	}
	buf := p.g.buffers.get()
	defer p.g.buffers.put(buf)
	room := buf[:]
	if p.host.AtMark() {
		room = room[:1]
	}
	n, err := p.host.Read(room)
	if n == 1 && len(room) == 1 && p.marks != nil {
		p.g.urgency.announce(p.marks, p.written)
	}
	p.written += uint32(max(n, 0))
	return n, err == nil && p.send(buf[:n], ready)
}

// send writes all of b to the kernel's side.
func (p *pump) send(b []byte, ready <-chan struct{}) bool {
	r := payload{b}
	for r.Len() > 0 {
		_, err := p.ep.Write(&r, tcpip.WriteOptions{})
		switch err.(type) {
		case nil:
		case *tcpip.ErrWouldBlock:
			<-ready
		default:
			return false
		}
	}
	return true
}

// payload is bytes to write.
type payload struct{ b []byte }

// Len implements tcpip.Payloader.
func (p *payload) Len() int { return len(p.b) }

// Read implements io.Reader.
func (p *payload) Read(b []byte) (int, error) {
	n := copy(b, p.b)
	p.b = p.b[n:]
	return n, nil
}
