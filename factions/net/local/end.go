// One end of a pair: its state, and what moves through it.
package local

import (
	"slices"
	"sync"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// end is one end of a pair. It implements net.Endpoint.
type end struct {
	net.Unsupported
	// mu is the pair's lock. It protects both ends.
	mu   *sync.Mutex
	peer *end
	sock *net.Socket
	// atomic and connected never change.
	atomic, connected bool
	owner             abi.Unpcbid

	queue [][]byte // what came and is not read
	held  int      // bytes in queue, with the cost of each message
	limit int      // the most that may be held
	// lone is an end that never had a peer; gone one that is closed; noRecv
	// and noSend those of shutdown(2).
	lone, gone, noRecv, noSend bool
}

const (
	// buffer is the size of a new socket's buffers, in bytes.
	buffer = 16384
	// messageCost is what a queued message is reckoned beside its data.
	messageCost = 64
)

func newPair(l *proc.LWP, atomic, connected bool) (a, b *end) {
	c := l.Cred()
	owner := abi.Unpcbid{Pid: l.Proc().Pid, Euid: c.Euid, Egid: c.Egid}
	mu := new(sync.Mutex)
	a = &end{mu: mu, atomic: atomic, connected: connected, owner: owner, limit: buffer}
	b = &end{mu: mu, atomic: atomic, connected: connected, owner: owner, limit: buffer}
	a.peer, b.peer = b, a
	return a, b
}

// Attach implements net.Endpoint.
func (e *end) Attach(s *net.Socket) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sock = s
}

// notify tells the socket of e, which has one unless its pair is being made.
func (e *end) notify(mask event.Mask) {
	e.mu.Lock()
	s := e.sock
	e.mu.Unlock()
	if s != nil {
		s.Notify(mask)
	}
}

// Send implements net.Endpoint.
func (e *end) Send(_ *proc.LWP, m *net.Message) (int, error) {
	n, err := e.send(m)
	if n > 0 || e.atomic && err == nil {
		e.peer.notify(abi.POLLIN)
	}
	return n, err
}

func (e *end) send(m *net.Message) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	to := e.peer
	switch {
	case e.noSend:
		return 0, abi.EPIPE
	case e.lone, to.gone && !e.connected:
		return 0, abi.ENOTCONN
	case m.Name != nil:
		return 0, abi.EISCONN
	case len(m.Control) > 0:
		return 0, abi.EOPNOTSUPP
	case to.gone || to.noRecv && e.connected:
		return 0, abi.EPIPE
	case to.noRecv:
		return len(m.Data), nil // thrown away
	}
	data, room := m.Data, to.limit-to.held
	if e.atomic {
		if len(data)+messageCost > room && len(to.queue) > 0 {
			return 0, abi.EWOULDBLOCK
		}
	} else if data = data[:max(min(len(data), room-messageCost), 0)]; len(data) == 0 {
		if len(m.Data) == 0 {
			return 0, nil
		}
		return 0, abi.EWOULDBLOCK
	}
	to.queue = append(to.queue, slices.Clone(data))
	to.held += len(data) + messageCost
	return len(data), nil
}

// Recv implements net.Endpoint.
func (e *end) Recv(_ *proc.LWP, m *net.Message) (int, error) {
	n, err := e.recv(m)
	if err == nil && m.Flags&abi.MSG_PEEK == 0 {
		e.peer.notify(abi.POLLOUT)
	}
	return n, err
}

func (e *end) recv(m *net.Message) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.queue) == 0 {
		switch {
		case e.connected && e.lone:
			return 0, abi.ENOTCONN
		case e.connected && (e.peer.gone || e.peer.noSend):
			return 0, nil
		}
		return 0, abi.EWOULDBLOCK
	}
	peek := m.Flags&abi.MSG_PEEK != 0
	if e.atomic {
		msg := e.queue[0]
		n := copy(m.Data, msg)
		if n < len(msg) {
			m.Out |= abi.MSG_TRUNC
		}
		if !peek {
			e.drop(len(msg))
		}
		return n, nil
	}
	return e.recvStream(m.Data, peek), nil
}

// recvStream fills b from as many pieces as it takes. Preconditions: e.mu is
// held.
func (e *end) recvStream(b []byte, peek bool) (n int) {
	for k := 0; n < len(b) && k < len(e.queue); {
		piece := e.queue[k]
		c := copy(b[n:], piece)
		n += c
		switch {
		case peek:
			k++
		case c == len(piece):
			e.drop(c)
		default:
			e.queue[0] = piece[c:]
			e.held -= c
		}
	}
	return n
}

// drop takes the first message, of which n bytes are still held, off the
// queue. Preconditions: e.mu is held.
func (e *end) drop(n int) {
	e.queue[0] = nil
	e.queue = e.queue[1:]
	e.held -= n + messageCost
}
