// Names, and connecting to them.
package local

import (
	"bytes"
	"slices"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// path returns the path in a socket address.
func path(addr []byte) string {
	b := addr[2:]
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

// Bind implements net.Endpoint: EOPNOTSUPP without a file system, EAFNOSUPPORT
// for an address of another family.
func (e *end) Bind(l *proc.LWP, addr []byte) error {
	if addr[1] != abi.AF_LOCAL {
		return abi.EAFNOSUPPORT
	}
	lo := e.lo
	lo.mu.Lock()
	names := lo.names
	switch {
	case names == nil:
		lo.mu.Unlock()
		return abi.EOPNOTSUPP
	case e.release != nil:
		lo.mu.Unlock()
		return abi.EINVAL
	case e.busy:
		lo.mu.Unlock()
		return abi.EALREADY
	}
	e.busy = true
	lo.mu.Unlock()
	release, err := names.Bind(l, path(addr), e)
	lo.mu.Lock()
	defer lo.mu.Unlock()
	e.busy = false
	if err != nil {
		return err
	}
	e.addr, e.release, e.bindID = slices.Clone(addr), release, caller(l)
	return nil
}

// find returns the end with a name: ENOENT without a file system, EPROTOTYPE
// for one of another type.
func (e *end) find(l *proc.LWP, addr []byte) (*end, error) {
	e.lo.mu.Lock()
	names := e.lo.names
	e.lo.mu.Unlock()
	if names == nil {
		return nil, abi.ENOENT
	}
	got, err := names.Find(l, path(addr))
	if err != nil {
		return nil, err
	}
	to, ok := got.(*end)
	if !ok {
		return nil, abi.ECONNREFUSED
	}
	if to.typ != e.typ {
		return nil, abi.EPROTOTYPE
	}
	return to, nil
}

// Connecting implements net.Endpoint.
func (e *end) Connecting() bool { return e.state.Load() == connecting }

// Connect implements net.Endpoint: EINPROGRESS when either side has asked to
// wait until it is accepted (LOCAL_CONNWAIT).
func (e *end) Connect(l *proc.LWP, addr []byte) error {
	if e.joined() && e.state.Load() == connected {
		return abi.EISCONN
	}
	if addr[1] != abi.AF_LOCAL {
		return abi.EAFNOSUPPORT
	}
	if !e.joined() {
		e.lo.mu.Lock()
		e.lo.part(e)
		e.lo.mu.Unlock()
	}
	to, err := e.find(l, addr)
	if err != nil {
		return err
	}
	if !e.joined() {
		return e.associate(to)
	}
	err = e.call(l, to)
	if err == nil || err == abi.EINPROGRESS {
		to.notify(abi.POLLIN)
	}
	return err
}

// associate makes to the one that datagrams go to.
func (e *end) associate(to *end) error {
	e.lo.mu.Lock()
	defer e.lo.mu.Unlock()
	if to.closed {
		return abi.ECONNREFUSED
	}
	e.lo.join(e, to)
	return nil
}

// call connects e to a new end, which waits in to's queue to be accepted.
func (e *end) call(l *proc.LWP, to *end) error {
	far := e.lo.newEnd(e.typ)
	lo := e.lo
	lo.mu.Lock()
	defer lo.mu.Unlock()
	full := len(to.pending) > to.backlog*3/2
	if to.closed || !to.listens || full || e.closed || e.state.Load() == connected {
		delete(lo.ends, far)
		if e.state.Load() == connected {
			return abi.EISCONN
		}
		return abi.ECONNREFUSED
	}
	far.head, far.addr, far.bindID = to, to.addr, to.bindID
	far.wantCred.Store(to.wantCred.Load())
	far.connWait.Store(to.connWait.Load())
	far.sndLimit.Store(to.sndLimit.Load())
	far.in.limit = to.in.limit
	far.connID, far.hasID = caller(l), true
	e.connID, e.hasID = to.bindID, true
	lo.join(e, far)
	lo.join(far, e)
	to.pending = append(to.pending, far)
	if e.connWait.Load() || to.connWait.Load() {
		e.state.Store(connecting)
		return abi.EINPROGRESS
	}
	return nil
}

// Listen implements net.Endpoint: EINVAL without a name or on a connection.
func (e *end) Listen(backlog int) error {
	e.lo.mu.Lock()
	defer e.lo.mu.Unlock()
	if e.release == nil || e.state.Load() != unconnected {
		return abi.EINVAL
	}
	if !e.joined() {
		return abi.EOPNOTSUPP
	}
	e.listens, e.backlog = true, backlog
	return nil
}

// Accept implements net.Endpoint.
func (e *end) Accept() (net.Endpoint, error) {
	lo := e.lo
	lo.mu.Lock()
	if len(e.pending) == 0 {
		lo.mu.Unlock()
		return nil, abi.EWOULDBLOCK
	}
	far := e.pending[0]
	e.pending = slices.Delete(e.pending, 0, 1)
	far.head = nil
	p := far.peer.Load()
	if p != nil {
		p.state.CompareAndSwap(connecting, connected)
	}
	lo.mu.Unlock()
	p.notify(abi.POLLOUT)
	return far, nil
}

// noName is the address of a socket without one: length and family.
var noName = []byte{2, abi.AF_LOCAL}

// name returns the address of e.
func (e *end) name() []byte {
	e.lo.mu.Lock()
	defer e.lo.mu.Unlock()
	if e.addr == nil {
		return noName
	}
	return e.addr
}

// LocalAddr implements net.Endpoint.
func (e *end) LocalAddr(buf []byte) ([]byte, error) { return append(buf, e.name()...), nil }

// PeerAddr implements net.Endpoint.
func (e *end) PeerAddr(buf []byte) ([]byte, error) {
	p := e.peer.Load()
	if p == nil || e.state.Load() != connected {
		return nil, abi.ENOTCONN
	}
	return append(buf, p.name()...), nil
}
