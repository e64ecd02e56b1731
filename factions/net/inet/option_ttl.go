// How many routers packets may pass: IP_TTL of those sent, IP_MINTTL of those
// received, and 1 where there must be none (SO_DONTROUTE).
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	// defaultTTL is net.inet.ip.ttl and net.inet6.ip6.hlim.
	defaultTTL = 64
	// maxTTL is what raw packets over IPv4 leave with, whatever IP_TTL is.
	maxTTL = 255
	// noTTL says that IP_TTL was not set.
	noTTL = -1
)

// ttl returns IP_TTL.
func (e *endpoint) ttl() int32 {
	v := e.extra.get().ttl
	switch {
	case v != noTTL:
		return v
	case e.kind == kindRaw:
		return 0
	}
	return defaultTTL
}

// setTTL sets IP_TTL.
func (e *endpoint) setTTL(v int32) error {
	e.extra.amend(func(r *rare) { r.ttl = v })
	e.extra.zeroTTL.Store(v == 0 && e.kind == kindUDP)
	return e.useTTL()
}

// useTTL gives the stack the TTL of packets, for which 0 is its default: that
// of a datagram is given along with it.
func (e *endpoint) useTTL() error {
	v := e.ttl()
	switch {
	case e.kind == kindRaw:
		v = maxTTL
	case e.kind == kindTCP && e.onlyDirect(0):
		v = 1
	}
	return e.setInt(tcpip.IPv4TTLOption, int(v))
}

// setMinTTL sets IP_MINTTL: EINVAL for what no packet has. It holds for UDP
// and TCP.
func (e *endpoint) setMinTTL(v int32) error {
	if v <= 0 || v > maxTTL {
		return abi.EINVAL
	}
	if e.extra.minTTL.Swap(v) == 0 && e.kind == kindTCP {
		e.in.urgency.choosy.Add(1)
	}
	e.wantTTL()
	return nil
}

// wantTTL has the stack tell the TTL of datagrams when there is need of it.
func (e *endpoint) wantTTL() {
	e.ep.SocketOptions().SetReceiveTTL(e.extra.wants(recvTTL) || e.extra.minTTL.Load() != 0)
}

// tooFar reports a datagram that passed more routers than it may have.
func (e *endpoint) tooFar(cm *tcpip.ReceivableControlMessages) bool {
	return e.kind == kindUDP && cm.HasTTL && int32(cm.TTL) < e.extra.minTTL.Load()
}

// tooFar reports a segment that passed more routers than its socket lets it.
func (u *urgency) tooFar(ep stack.TransportEndpoint, pkt *stack.PacketBuffer) bool {
	t, ok := ep.(*tcp.Endpoint)
	if !ok || pkt.NetworkProtocolNumber != header.IPv4ProtocolNumber {
		return false
	}
	u.mu.Lock()
	e := u.socks[t]
	u.mu.Unlock()
	return e != nil && int32(header.IPv4(pkt.NetworkHeader().Slice()).TTL()) < e.extra.minTTL.Load()
}
