// Package gateway is a router to the host's network that needs no privilege:
// TCP connections and datagrams that reach it leave as sockets of the host.
// It also assigns addresses (DHCP), answers for names (DNS), and lets the
// host's ports in.
package gateway

import (
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/arp"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
)

// Config is what a gateway is made of.
type Config struct {
	// Host lends its network, Files its list of name servers.
	Host  hypercall.Network
	Files hypercall.Host
	// Options are those of stack.New that belong to the kernel: its clock and
	// its random numbers.
	Options stack.Options
	// Link is the gateway's end of the wire.
	Link stack.LinkEndpoint
	// Go starts a goroutine of the kernel.
	Go func(func())
	// Mem is what flows are charged to.
	Mem *memlimit.Account
	// Rules are what the user asked for.
	Rules Rules
}

const (
	// nic is the gateway's only interface.
	nic tcpip.NICID = 1
	// maxFlows bounds connections and datagram flows at a time, and
	// maxDatagrams the latter: the one that was silent for longest makes room.
	maxFlows     = 1024
	maxDatagrams = 512
	// maxPending bounds connections being made.
	maxPending = 256
)

// Gateway is a running gateway.
type Gateway struct {
	cfg   Config
	stack *stack.Stack

	running sync.WaitGroup // goroutines
	buffers buffers
	urgency urgency

	mu        sync.Mutex
	flows     int
	open      map[closer]struct{} // closed when the gateway is
	datagrams map[flowKey]*flow
	sweeper   hypercall.Timer // ends silent flows
	visited   map[uint16]*visitors
	closed    bool
	done      chan struct{} // closed when closed is set
}

// closer is what keeps a goroutine waiting.
type closer interface{ Close() error }

// New starts a gateway. Close ends it.
func New(cfg Config) (*Gateway, error) {
	opt := cfg.Options
	opt.NetworkProtocols = []stack.NetworkProtocolFactory{arp.NewProtocol, ipv4.NewProtocol, ipv6.NewProtocol}
	opt.TransportProtocols = []stack.TransportProtocolFactory{tcp.NewProtocolCUBIC, udp.NewProtocol, icmp.NewProtocol4, icmp.NewProtocol6}
	g := &Gateway{cfg: cfg, stack: stack.New(opt), open: map[closer]struct{}{}, datagrams: map[flowKey]*flow{}, visited: map[uint16]*visitors{}, done: make(chan struct{})}
	if err := g.configure(); err != nil {
		g.Close()
		return nil, err
	}
	return g, nil
}

// configure gives the stack its interface and the services their ports.
func (g *Gateway) configure() error {
	g.tune()
	g.stack.SetNFTables(&g.urgency)
	g.stack.SetNFTablesConfigured(true)
	if err := g.stack.CreateNIC(nic, g.cfg.Link); err != nil {
		return abi.ENOMEM
	}
	if err := g.addAddresses(); err != nil {
		return err
	}
	// Every address answers here, and anyone's may be used: the gateway
	// speaks for all hosts beyond it.
	_ = g.stack.SetPromiscuousMode(nic, true)
	_ = g.stack.SetSpoofing(nic, true)
	g.stack.SetTransportProtocolHandler(tcp.ProtocolNumber, tcp.NewForwarder(g.stack, 0, maxPending, g.connect).HandlePacket)
	g.stack.SetTransportProtocolHandler(udp.ProtocolNumber, g.datagram)
	g.stack.SetTransportProtocolHandler(icmp.ProtocolNumber4, g.echo4)
	g.stack.SetTransportProtocolHandler(icmp.ProtocolNumber6, g.echo6)
	if err := g.serveDHCP(); err != nil {
		return err
	}
	if g.cfg.Rules.IPv6 {
		g.run(g.advertise)
	}
	return g.letIn()
}

// addAddresses gives the interface its addresses, and routes.
func (g *Gateway) addAddresses() error {
	add := map[tcpip.Address]int{Router(): 24, Names(): 24}
	any4 := tcpip.AddressWithPrefix{Address: tcpip.AddrFrom4([4]byte{})}.Subnet()
	routes := []tcpip.Route{{Destination: any4, NIC: nic}}
	if g.cfg.Rules.IPv6 {
		add[Router6()], add[linkLocal6()] = 64, 64
		any6 := tcpip.AddressWithPrefix{Address: tcpip.AddrFrom16([16]byte{})}.Subnet()
		routes = append(routes, tcpip.Route{Destination: any6, NIC: nic})
	}
	for a, bits := range add {
		p := tcpip.ProtocolAddress{Protocol: protocol(a), AddressWithPrefix: tcpip.AddressWithPrefix{Address: a, PrefixLen: bits}}
		if err := g.stack.AddProtocolAddress(nic, p, stack.AddressProperties{}); err != nil {
			return abi.EADDRNOTAVAIL
		}
	}
	g.stack.SetRouteTable(routes)
	return nil
}

const (
	// streamBuffer is the size of a connection's buffer in one direction,
	// maxBuffer what it may grow to. A kernel with a memory limit has buffers
	// of a share of it, which do not grow.
	streamBuffer, maxBuffer = 512 << 10, 4 << 20
	leastBuffer, memShare   = 16 << 10, 1024
	// datagramCost is what a flow is reckoned to take, in bytes.
	datagramCost = 8 << 10
)

// buffer returns the size of a connection's buffers and what they may grow to.
func (g *Gateway) buffer() (size, most int) {
	limit := g.cfg.Mem.Limit()
	if limit == 0 {
		return streamBuffer, maxBuffer
	}
	size = int(min(max(limit/memShare, leastBuffer), streamBuffer))
	return size, size
}

// streamCost is what a connection may take, in bytes.
func (g *Gateway) streamCost() int64 {
	size, _ := g.buffer()
	return int64(2*size + datagramCost)
}

// tune sizes the buffers: segments come in 64 KB, and a window must hold many.
func (g *Gateway) tune() {
	size, most := g.buffer()
	rcv := tcpip.TCPReceiveBufferSizeRangeOption{Min: 4 << 10, Default: size, Max: most}
	snd := tcpip.TCPSendBufferSizeRangeOption{Min: 4 << 10, Default: size, Max: most}
	sack, wait := tcpip.TCPSACKEnabled(true), tcpip.TCPTimeWaitTimeoutOption(0)
	for _, o := range []tcpip.SettableTransportProtocolOption{&rcv, &snd, &sack, &wait} {
		_ = g.stack.SetTransportProtocolOption(tcp.ProtocolNumber, o)
	}
}

// run starts a goroutine that Close waits for. False when the gateway is
// closed.
func (g *Gateway) run(fn func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.running.Add(1)
	g.cfg.Go(func() {
		defer g.running.Done()
		fn()
	})
	return true
}

// keep has Close close c, or closes it at once when that has happened.
func (g *Gateway) keep(c closer) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		_ = c.Close()
		return false
	}
	g.open[c] = struct{}{}
	return true
}

// pause waits; false when the gateway is closed meanwhile.
func (g *Gateway) pause(d time.Duration) bool {
	over := make(chan struct{})
	t := g.cfg.Files.AfterFunc(d, func() { close(over) })
	defer t.Stop()
	select {
	case <-over:
		return true
	case <-g.done:
		return false
	}
}

// forget has Close leave c alone. False when it has taken c already.
func (g *Gateway) forget(c closer) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, ok := g.open[c]
	delete(g.open, c)
	return ok
}

// drop closes c, once.
func (g *Gateway) drop(c closer) {
	if g.forget(c) {
		_ = c.Close()
	}
}

// Close resets what is open and returns when no goroutine is left.
func (g *Gateway) Close() {
	g.mu.Lock()
	g.closed = true
	close(g.done)
	open := g.open
	g.open = nil
	if g.sweeper != nil {
		g.sweeper.Stop()
	}
	g.mu.Unlock()
	for c := range open {
		_ = c.Close()
	}
	g.running.Wait()
	g.stack.Destroy()
}
