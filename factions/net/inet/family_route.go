// AF_ROUTE: routing sockets (route(4)). A message written is carried out and
// comes back to every routing socket, with what became of it.
package inet

import (
	"slices"
	"sync"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/lists"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// routeEndpoint is the endpoint of a routing socket.
type routeEndpoint struct {
	net.Unsupported
	in   *Inet
	sock *net.Socket
	// queue is the messages not yet read; the lock of routeSocks guards it.
	queue [][]byte
}

// routeSocks is the open routing sockets. Its lock is the last that is taken.
type routeSocks struct {
	mu   sync.Mutex
	list []*routeEndpoint
}

func (in *Inet) familyRoute() *net.Family {
	return &net.Family{AF: abi.PF_ROUTE, Name: "route", Protocols: []net.Protocol{{
		Type: abi.SOCK_RAW, Traits: net.Atomic,
		New: func(*proc.LWP, int32) (net.Endpoint, error) { return &routeEndpoint{in: in}, nil },
	}}}
}

// Attach implements net.Endpoint.
func (e *routeEndpoint) Attach(s *net.Socket) {
	e.sock = s
	n := &e.in.ifs.socks
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, e)
}

// Close implements net.Endpoint.
func (e *routeEndpoint) Close() {
	n := &e.in.ifs.socks
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = lists.Without(n.list, e)
}

// routeBuffer is the size of both buffers, in bytes, and routeQueue how many
// messages wait for a reader.
const routeBuffer, routeQueue = 8192, 64

// Buffers implements net.Endpoint.
func (e *routeEndpoint) Buffers() (recv, send int) { return routeBuffer, routeBuffer }

// Shutdown implements net.Endpoint: the socket layer does what there is to do.
func (e *routeEndpoint) Shutdown(int32) error { return nil }

// Poll implements net.Endpoint.
func (e *routeEndpoint) Poll() event.Mask {
	if recv, _ := e.Queued(); recv > 0 {
		return abi.POLLIN | abi.POLLOUT
	}
	return abi.POLLOUT
}

// Queued implements net.Endpoint.
func (e *routeEndpoint) Queued() (recv, send int) {
	e.in.ifs.socks.mu.Lock()
	defer e.in.ifs.socks.mu.Unlock()
	if len(e.queue) == 0 {
		return 0, 0
	}
	return len(e.queue[0]), 0
}

// Recv implements net.Endpoint.
func (e *routeEndpoint) Recv(_ *proc.LWP, m *net.Message) (int, error) {
	e.in.ifs.socks.mu.Lock()
	defer e.in.ifs.socks.mu.Unlock()
	if len(e.queue) == 0 {
		return 0, abi.EWOULDBLOCK
	}
	msg := e.queue[0]
	if m.Flags&abi.MSG_PEEK == 0 {
		e.queue = slices.Delete(e.queue, 0, 1)
	}
	if len(msg) > len(m.Data) {
		m.Out |= abi.MSG_TRUNC
	}
	if m.WantName {
		m.Name = append(m.AppendName(), 2, abi.PF_ROUTE)
	}
	return copy(m.Data, msg), nil
}

// tell gives a message to every routing socket that has room.
func (n *routeSocks) tell(msg []byte) {
	n.mu.Lock()
	var told []*routeEndpoint
	for _, e := range n.list {
		if len(e.queue) < routeQueue {
			e.queue = append(e.queue, msg)
			told = append(told, e)
		}
	}
	n.mu.Unlock()
	for _, e := range told {
		e.sock.Notify(abi.POLLIN)
	}
}
