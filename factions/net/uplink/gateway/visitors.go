// Datagrams from the host's side: who sent them, so that answers find back.
package gateway

import (
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

const (
	// firstVisitor is the first port of the gateway that stands for a peer of
	// the host's side.
	firstVisitor = 40000
	// maxVisitors bounds the peers that are remembered: the oldest is
	// forgotten first.
	maxVisitors = 4096
)

// visitors are the peers of one forwarded port: each has a port of the
// gateway.
type visitors struct {
	socket hypercall.PacketSocket

	mu    sync.Mutex
	ports map[hypercall.SocketAddr]uint16
	ring  []hypercall.SocketAddr // of port firstVisitor on
	next  int
}

// port returns the port of a peer.
func (v *visitors) port(from hypercall.SocketAddr) uint16 {
	v.mu.Lock()
	defer v.mu.Unlock()
	if p, ok := v.ports[from]; ok {
		return p
	}
	if len(v.ring) < maxVisitors {
		v.ring = append(v.ring, from)
	} else {
		delete(v.ports, v.ring[v.next])
		v.ring[v.next] = from
	}
	p := uint16(firstVisitor + v.next)
	v.ports[from] = p
	v.next = (v.next + 1) % maxVisitors
	return p
}

// at returns the peer of a port.
func (v *visitors) at(port uint16) (hypercall.SocketAddr, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	i := int(port) - firstVisitor
	if i < 0 || i >= len(v.ring) {
		return hypercall.SocketAddr{}, false
	}
	return v.ring[i], true
}

// receive hands datagrams from the host to a port of the kernel.
func (g *Gateway) receive(v *visitors, port uint16) {
	for {
		buf := g.buffers.get()
		n, from, err := v.socket.ReadFrom(buf[:])
		if err == abi.EBADF {
			return
		}
		if err == nil {
			id := stack.TransportEndpointID{LocalAddress: Router(), LocalPort: v.port(from), RemoteAddress: Guest(), RemotePort: port}
			g.write(id.LocalAddress, id.RemoteAddress, udp.ProtocolNumber, newDatagram(id, buf[:n]))
		}
		g.buffers.put(buf)
		if err != nil && !g.pause(10*time.Millisecond) {
			return
		}
	}
}

// answer sends a datagram of the kernel to the peer that a port stands for.
func (g *Gateway) answer(id stack.TransportEndpointID, b []byte) bool {
	g.mu.Lock()
	v := g.visited[id.RemotePort]
	g.mu.Unlock()
	if v == nil || id.LocalAddress != Router() {
		return false
	}
	to, ok := v.at(id.LocalPort)
	return ok && v.socket.WriteTo(b, to) == nil
}
