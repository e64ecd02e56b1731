// The urgent data of one connection.
package inet

import (
	"slices"
	"sync"

	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/rumpkit/rumpkit/factions/net"
)

// urgent is what a connection has sent and received of urgent data. Sequence
// numbers are those of the segments.
type urgent struct {
	// id, ep, out and acked belong to urgency.mu, as does sending: whether it
	// is one of the senders. out is the number after the last urgent byte sent,
	// acked what the last segment that left acknowledged.
	id      stack.TransportEndpointID
	ep      *tcp.Endpoint
	out     uint32
	acked   uint32
	sending bool

	// mu protects what follows. It is held for moments, and nothing else is
	// locked meanwhile.
	mu sync.Mutex
	// up is the number after the last urgent byte announced, once any is.
	up        uint32
	announced bool
	// ahead says that up is still to be reached by who reads, at that he is
	// there and has not gone on.
	ahead, at bool
	// has says that last is the urgent byte, had that it was received.
	has, had bool
	last     byte
	// pulled are the bytes in the stack's queue, or on their way there, that
	// are not part of the stream, in order.
	pulled []uint32
}

// maxPulled bounds the urgent bytes of one connection before which others were
// not read yet. Further ones stay in the stream.
const maxPulled = 4096

// announcement is a segment that announces urgent data.
type announcement struct {
	seq, up uint32
	pkt     *stack.PacketBuffer
	inline  bool
}

// announce enters an announcement; next is what is read next. It returns
// whether it is of new data.
func (u *urgent) announce(a *announcement, next uint32) (news bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if d := int32(a.up - next); d <= 0 || d > net.MaxBuffer {
		return false
	}
	if !u.announced || int32(next-u.up) > 0 {
		u.up, u.announced = next, true
	}
	if int32(a.up-u.up) > 0 {
		u.up, u.has, u.had, news = a.up, false, false, true
		u.ahead = u.span(next, a.up-1) > 0
		u.at = u.at || !u.ahead
	}
	if at := a.up - 1 - a.seq; !a.inline && at < uint32(a.pkt.Data().Size()) {
		u.pull(a, int(at))
	}
	return news
}

// pull takes the urgent byte, which is at that place of the segment's data,
// out of the stream. Preconditions: u.mu is held.
func (u *urgent) pull(a *announcement, at int) {
	k, found := u.find(a.up - 1)
	if found || len(u.pulled) >= maxPulled {
		return
	}
	u.pulled = slices.Insert(u.pulled, k, a.up-1)
	if a.up == u.up {
		u.last, u.has = a.pkt.Data().AsRange().SubRange(at).Capped(1).ToSlice()[0], true
	}
}

// span returns how many bytes of the stream are from a up to b. Preconditions:
// u.mu is held.
func (u *urgent) span(a, b uint32) int {
	n := int(int32(b - a))
	for _, p := range u.pulled {
		if int32(p-a) >= 0 && int32(p-b) < 0 {
			n--
		}
	}
	return n
}

// skips reports whether a byte is not part of the stream. Preconditions: u.mu
// is held.
func (u *urgent) skips(at uint32) bool {
	_, found := u.find(at)
	return found
}

// find returns where a number is in pulled, or would be.
func (u *urgent) find(at uint32) (int, bool) {
	return slices.BinarySearchFunc(u.pulled, at, func(x, y uint32) int { return int(int32(x - y)) })
}

// hidden returns how many of n bytes in the stack's queue are not part of the
// stream, of which next is the first.
func (u *urgent) hidden(next uint32, n int) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return n - u.span(next, next+uint32(n))
}

// pending reports urgent data that who reads has not gone past.
func (u *urgent) pending() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.ahead || u.at
}

// inline leaves in the stream what was pulled out of it: the connection is
// accepted, and the socket wants it there.
func (u *urgent) inline() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.pulled, u.has = nil, false
}

// ended reports a connection that is no more.
func (u *urgent) ended() bool {
	s := u.ep.EndpointState()
	return s == tcp.StateClose || s == tcp.StateError
}
