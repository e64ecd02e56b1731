// Datagrams and echoes: a flow is those between one port of the kernel and one
// of a host, and has a socket of the host while there is traffic.
package gateway

import (
	"sync/atomic"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

const (
	// idle is how long a flow may be silent, brief that of a question to a
	// name server.
	idle  = 60 * time.Second
	brief = 10 * time.Second
)

// flowKey names a flow: local is the address it goes to, remote the kernel's.
type flowKey struct {
	kind hypercall.SocketKind
	id   stack.TransportEndpointID
}

// flow is one flow.
type flow struct {
	g    *Gateway
	key  flowKey
	host hypercall.Socket
	last atomic.Int64 // when something passed, by the monotonic clock
}

// find returns the flow, beginning it if there is none: nil when that can't be.
func (g *Gateway) find(key flowKey, to hypercall.SocketAddr) *flow {
	g.mu.Lock()
	f, old := g.datagrams[key], (*flow)(nil)
	if f == nil && len(g.datagrams) >= maxDatagrams {
		old = g.silent()
	}
	g.mu.Unlock()
	if f != nil {
		f.touch()
		return f
	}
	if old != nil {
		old.end()
	}
	if !g.enter(datagramCost) {
		return nil
	}
	host, err := g.cfg.Host.Dial(key.kind, to)
	if err != nil {
		g.leave(datagramCost)
		return nil
	}
	f = &flow{g: g, key: key, host: host}
	f.touch()
	if !g.keep(f.host) {
		g.leave(datagramCost)
		return nil
	}
	return g.begin(f)
}

// silent returns the flow that was silent for longest. Preconditions: g.mu is
// held; there are flows.
func (g *Gateway) silent() (old *flow) {
	for _, f := range g.datagrams {
		if old == nil || f.last.Load() < old.last.Load() {
			old = f
		}
	}
	return old
}

// begin enters a flow and starts its goroutine. When another has entered it
// meanwhile, that one is returned.
func (g *Gateway) begin(f *flow) *flow {
	g.mu.Lock()
	other := g.datagrams[f.key]
	if other == nil {
		g.datagrams[f.key] = f
		g.arm()
	}
	g.mu.Unlock()
	if other != nil {
		g.drop(f.host)
		g.leave(datagramCost)
		return other
	}
	g.cfg.Go(func() {
		defer g.leave(datagramCost)
		f.answers()
	})
	return f
}

func (f *flow) touch() { f.last.Store(f.g.cfg.Files.Mono()) }

// answers hands what comes from the host to the kernel, until the flow ends.
func (f *flow) answers() {
	for {
		if err := f.host.Ready(); err != nil {
			f.end()
			return
		}
		buf := f.g.buffers.get()
		n, err := f.host.Read(buf[:])
		switch err {
		case nil:
			f.touch()
			f.deliver(buf[:n])
		case abi.ECONNREFUSED, abi.EHOSTUNREACH, abi.ENETUNREACH:
			f.unreachable()
		default:
			f.end()
			return
		}
		f.g.buffers.put(buf)
	}
}

// quiet returns how long the flow may be silent.
func (f *flow) quiet() time.Duration {
	if f.key.id.LocalPort == namePort {
		return brief
	}
	return idle
}

// sweep ends the flows that have been silent for too long, and comes back
// while there are others.
func (g *Gateway) sweep() {
	now := g.cfg.Files.Mono()
	var old []*flow
	g.mu.Lock()
	for _, f := range g.datagrams {
		if time.Duration(now-f.last.Load()) >= f.quiet() {
			old = append(old, f)
		}
	}
	g.sweeper = nil
	g.arm()
	g.mu.Unlock()
	for _, f := range old {
		f.end()
	}
}

// arm has sweep called in a while. Preconditions: g.mu is held.
func (g *Gateway) arm() {
	if g.sweeper == nil && !g.closed && len(g.datagrams) > 0 {
		g.sweeper = g.cfg.Files.AfterFunc(brief/2, g.sweep)
	}
}

// end closes the socket, which ends the goroutine.
func (f *flow) end() {
	f.g.mu.Lock()
	if f.g.datagrams[f.key] == f {
		delete(f.g.datagrams, f.key)
	}
	f.g.mu.Unlock()
	f.g.drop(f.host)
}

// write sends a packet to the kernel, from where the flow goes to.
func (g *Gateway) write(from, to tcpip.Address, proto tcpip.TransportProtocolNumber, pkt *stack.PacketBuffer) {
	defer pkt.DecRef()
	r, err := g.stack.FindRoute(nic, from, to, protocol(to), false)
	if err != nil {
		return
	}
	defer r.Release()
	_ = r.WritePacket(stack.NetworkHeaderParams{Protocol: proto, TTL: 64}, pkt)
}
