// How long a closed connection is remembered: twice the life of a segment,
// which depends on how far the connection reaches (net.inet.tcp.mslt).
package inet

import (
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// lifeClass is how far a connection reaches.
type lifeClass uint8

const (
	lifeRemote lifeClass = iota
	lifeLocal
	lifeLoopback
)

// The lives of segments to begin with, in half-seconds, and the most that they
// can be set to: two minutes, as RFC 9293 has it.
const (
	mslRemote, mslLocal, mslLoopback = 60, 10, 2
	maxMSL                           = 240
)

// addLives makes the node mslt.
func (in *Inet) addLives(tcp *sysctl.Node) {
	n := tcp.Node(sysctl.Auto, "mslt", "Life of a segment by how far a connection reaches, in half-seconds")
	n.Add(in.knob(sysctl.Auto, "enable", "Whether it depends on that", 1, &in.set.mslEnable))
	n.Add(in.bounded(sysctl.Auto, "loopback", "To this kernel", 1, maxMSL, &in.set.msl[lifeLoopback]))
	n.Add(in.bounded(sysctl.Auto, "local", "To a network it is in", 1, maxMSL, &in.set.msl[lifeLocal]))
	n.Add(in.bounded(sysctl.Auto, "remote", "Farther", 1, maxMSL, &in.set.msl[lifeRemote]))
}

// reach returns how far a connection to addr reaches.
func (in *Inet) reach(addr tcpip.Address) lifeClass {
	if header.IsV4MappedAddress(addr) {
		b := addr.As16()
		addr = tcpip.AddrFrom4([4]byte(b[12:]))
	}
	if addr == header.IPv6Loopback || header.IsV4LoopbackAddress(addr) {
		return lifeLoopback
	}
	in.ifs.mu.Lock()
	defer in.ifs.mu.Unlock()
	for _, i := range in.ifs.list {
		for _, a := range i.addrs {
			if a.contains(addr) {
				return lifeLocal
			}
		}
	}
	return lifeRemote
}

// remember has the stack remember a connection that has just ended for as
// long as its class says. The stack has one time for all, which it looks up
// as soon as it has told of the end. Of two connections of different classes
// that end in the same instant one may get the time of the other.
func (e *endpoint) remember() {
	class := e.extra.life
	if e.in.set.mslEnable.Load() == 0 {
		class = lifeRemote
	}
	e.in.set.setWait(e.stack, 2*time.Duration(e.in.set.msl[class].Load())*halfSecond)
}

// setWait sets how long the stack remembers connections.
func (t *settings) setWait(s *stack.Stack, d time.Duration) {
	t.waitMu.Lock()
	defer t.waitMu.Unlock()
	if t.wait != d {
		t.wait = d
		_ = s.SetTransportProtocolOption(tcp.ProtocolNumber, ptr(tcpip.TCPTimeWaitTimeoutOption(d)))
	}
}
