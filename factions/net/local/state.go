// What an end tells of itself, and how it is closed.
package local

import (
	"slices"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Connect implements net.Endpoint: no name leads to a socket.
func (e *end) Connect(*proc.LWP, []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.lone {
		return abi.EISCONN
	}
	return abi.ENOENT
}

// Shutdown implements net.Endpoint.
func (e *end) Shutdown(how int32) error {
	e.mu.Lock()
	if how != abi.SHUT_WR {
		e.noRecv, e.queue, e.held = true, nil, 0
	}
	if how != abi.SHUT_RD {
		e.noSend = true
	}
	e.mu.Unlock()
	e.peer.notify(abi.POLLIN | abi.POLLOUT)
	return nil
}

// Close implements net.Endpoint.
func (e *end) Close() {
	e.mu.Lock()
	e.gone, e.queue, e.held, e.sock = true, nil, 0, nil
	e.mu.Unlock()
	e.peer.notify(abi.POLLIN | abi.POLLOUT)
}

// Poll implements net.Endpoint.
func (e *end) Poll() (m event.Mask) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ended := e.connected && !e.lone && (e.peer.gone || e.peer.noSend)
	if len(e.queue) > 0 || ended {
		m |= abi.POLLIN
	}
	if ended {
		m |= abi.POLLHUP
	}
	to := e.peer
	if to.gone || to.noRecv || to.limit-to.held > messageCost {
		m |= abi.POLLOUT
	}
	if e.lone && e.connected {
		m = 0
	}
	return m
}

// Queued implements net.Endpoint: for messages, the length of the first.
func (e *end) Queued() (recv, send int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, b := range e.queue {
		recv += len(b)
		if e.atomic {
			break
		}
	}
	return recv, 0
}

// Buffers implements net.Endpoint. What can be sent at a time is what the
// other end can hold.
func (e *end) Buffers() (recv, send int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.limit, e.peer.limit
}

// noName is the address of a socket without one: length and family.
var noName = [2]byte{2, abi.AF_LOCAL}

// LocalAddr implements net.Endpoint.
func (e *end) LocalAddr(buf []byte) ([]byte, error) { return append(buf, noName[:]...), nil }

// PeerAddr implements net.Endpoint.
func (e *end) PeerAddr(buf []byte) ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.lone || e.peer.gone {
		return nil, abi.ENOTCONN
	}
	return append(buf, noName[:]...), nil
}

// SetOption implements net.Endpoint: the sizes of the buffers.
func (e *end) SetOption(_ *proc.LWP, level, name int32, val []byte) error {
	if level != abi.SOL_SOCKET || name != abi.SO_RCVBUF && name != abi.SO_SNDBUF {
		return abi.ENOPROTOOPT
	}
	v, err := net.Int(val)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if name == abi.SO_RCVBUF {
		e.limit = int(v)
	} else {
		e.peer.limit = int(v)
	}
	return nil
}

// Option implements net.Endpoint: who made the other end.
func (e *end) Option(level, name int32) ([]byte, error) {
	if level != 0 || name != abi.LOCAL_PEEREID || !e.connected {
		return nil, abi.ENOPROTOOPT
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.lone {
		return nil, abi.ENOTCONN
	}
	return slices.Clone(usermem.BytesOf(&e.peer.owner)), nil
}
