// Ports of the host that lead into the kernel.
package gateway

import (
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// letIn opens the host's ports. When one can't be, none is.
func (g *Gateway) letIn() error {
	for i := range g.cfg.Rules.Forwards {
		if err := g.openPort(&g.cfg.Rules.Forwards[i]); err != nil {
			return err
		}
	}
	return nil
}

func (g *Gateway) openPort(f *Forward) error {
	if f.Kind == hypercall.Stream {
		l, err := g.cfg.Host.Listen(f.Host)
		if err != nil {
			return err
		}
		f.Host = l.Addr()
		if g.keep(l) {
			g.run(func() { g.accept(l, f.Port) })
		}
		return nil
	}
	s, err := g.cfg.Host.ListenPacket(f.Host)
	if err != nil {
		return err
	}
	f.Host = s.Addr()
	v := &visitors{socket: s, ports: map[hypercall.SocketAddr]uint16{}}
	g.mu.Lock()
	g.visited[f.Port] = v
	g.mu.Unlock()
	if g.keep(s) {
		g.run(func() { g.receive(v, f.Port) })
	}
	return nil
}

// Forwards returns the open ports, with the numbers the host gave.
func (g *Gateway) Forwards() []Forward { return g.cfg.Rules.Forwards }

// accept takes connections in until the listener is closed.
func (g *Gateway) accept(l hypercall.Listener, port uint16) {
	for {
		host, _, err := l.Accept()
		switch err {
		case nil:
			if !g.enter(g.streamCost()) {
				_ = host.Reset()
				continue
			}
			g.cfg.Go(func() {
				defer g.leave(g.streamCost())
				g.connectIn(host, port)
			})
		case abi.EBADF:
			return
		default: // descriptors are short, or the peer has gone again
			if !g.pause(10 * time.Millisecond) {
				return
			}
		}
	}
}

// connectIn connects a stream of the host to a port of the kernel.
func (g *Gateway) connectIn(host hypercall.Socket, port uint16) {
	p := &pump{g: g, host: host}
	if !g.keep(host) {
		return
	}
	ep, err := g.stack.NewEndpoint(tcp.ProtocolNumber, protocol(Guest()), &p.queue)
	if err != nil {
		g.drop(host)
		return
	}
	p.ep = ep
	if !p.reach(tcpip.FullAddress{NIC: nic, Addr: Guest(), Port: port}) {
		_ = host.Reset()
		g.drop(host)
		ep.Close()
		return
	}
	p.run()
}

// reach connects the kernel's side, and waits for it.
func (p *pump) reach(to tcpip.FullAddress) bool {
	end := abort{p.ep}
	if !p.g.keep(end) {
		return false
	}
	defer p.g.forget(end)
	w, ready := waiter.NewChannelEntry(waiter.WritableEvents | waiter.EventHUp | waiter.EventErr)
	p.queue.EventRegister(&w)
	defer p.queue.EventUnregister(&w)
	if p.ep.Bind(tcpip.FullAddress{NIC: nic, Addr: Router()}) != nil {
		return false
	}
	err := p.ep.Connect(to)
	if _, started := err.(*tcpip.ErrConnectStarted); started {
		<-ready
		err = p.ep.LastError()
	}
	return err == nil
}
