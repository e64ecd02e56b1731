// One interface on a segment.
package link

import (
	"sync"
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/lists"
)

const (
	// maxFrames and maxBytes bound what waits to be received.
	maxFrames = 4096
	maxBytes  = 16 << 20
)

// Port is an end of a segment: an ether.Driver. What it receives waits in a queue, which a
// goroutine of the kernel empties; there is one as long as something waits.
type Port struct {
	seg   *Segment
	link  *ether.Link
	host  hypercall.Host
	start func(func())
	shape atomic.Pointer[shaper]

	mu    sync.Mutex
	up    bool
	queue []*ether.Frame
	bytes int
	busy  bool      // the goroutine is there
	now   int       // how many senders deliver themselves
	idle  sync.Cond // signalled when one of them ends
}

// Up implements ether.Driver.
func (p *Port) Up() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.up = true
	return nil
}

// Down implements ether.Driver.
func (p *Port) Down() {
	if s := p.shape.Load(); s != nil {
		s.stop()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.up = false
	for _, f := range p.queue {
		f.DecRef()
	}
	p.queue, p.bytes = nil, 0
	for p.busy || p.now > 0 {
		if s, ok := yields(p.host); ok {
			p.mu.Unlock()
			s.Yield()
			p.mu.Lock()
		} else {
			p.idle.Wait()
		}
	}
}

// Destroy implements ether.Driver.
func (p *Port) Destroy() {
	p.seg.change(func(list []*Port) []*Port {
		return lists.Without(list, p)
	})
}

// Send implements ether.Driver.
func (p *Port) Send(frames []*ether.Frame) {
	s := p.shape.Load()
	for _, f := range frames {
		if s != nil {
			s.send(f)
		} else {
			p.seg.spread(p, f)
		}
	}
}

// receive has a frame delivered: at once, on the sender's goroutine, when none
// waits and the stack will only queue it, else by a goroutine of the kernel's.
// What there is too much of is dropped. Alone says that no other port gets it.
func (p *Port) receive(f *ether.Frame, alone bool) {
	size := f.Size()
	p.mu.Lock()
	if !p.up {
		p.mu.Unlock()
		return
	}
	if !p.busy && queues(f) {
		p.now++
		p.mu.Unlock()
		p.link.DeliverSent(f, alone)
		p.mu.Lock()
		p.now--
		p.idle.Broadcast()
		p.mu.Unlock()
		return
	}
	defer p.mu.Unlock()
	if len(p.queue) >= maxFrames || p.bytes+size > maxBytes {
		p.link.InDrops.Add(1)
		return
	}
	p.queue = append(p.queue, f.IncRef())
	p.bytes += size
	if !p.busy {
		p.busy = true
		p.start(p.drain)
	}
}

// queues reports whether a frame is TCP or UDP for one host. Stacks queue
// those, as they do on a loopback; others they answer at once, and the sender
// may hold a lock that the answer needs.
func queues(f *ether.Frame) bool {
	eth, ok := ether.Header(f)
	if !ok || ether.IsMulticast(eth) {
		return false
	}
	return f.TransportProtocolNumber == header.TCPProtocolNumber || f.TransportProtocolNumber == header.UDPProtocolNumber
}

// drain delivers what waits until nothing does.
func (p *Port) drain() {
	var spare []*ether.Frame
	p.mu.Lock()
	for len(p.queue) > 0 {
		batch := p.queue
		p.queue, p.bytes = spare[:0], 0
		p.mu.Unlock()
		for _, f := range batch {
			p.link.DeliverSent(f, false)
			f.DecRef()
		}
		spare = batch
		clear(spare)
		p.mu.Lock()
	}
	p.busy = false
	p.idle.Broadcast()
	p.mu.Unlock()
}
