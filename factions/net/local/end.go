// Ends: one socket's side, and how ends are joined.
package local

import (
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// end implements net.Endpoint.
type end struct {
	net.Unsupported
	lo *Local
	// typ is the SOCK_ type; it never changes.
	typ  int32
	sock atomic.Pointer[net.Socket]

	in inbox
	// sndLimit is SO_SNDBUF: a stream holds at most so much of what its peer
	// has not read; a datagram is not longer.
	sndLimit atomic.Int32
	// peer is whom it is connected to. Lo.mu is held to change it.
	peer  atomic.Pointer[end]
	state atomic.Int32
	// cantRecv and cantSend are halves that have ended.
	cantRecv, cantSend atomic.Bool
	// wantCred is LOCAL_CREDS, connWait LOCAL_CONNWAIT.
	wantCred, connWait atomic.Bool

	// lo.mu protects what follows.
	err      error
	addr     []byte // whole socket address, nil for none
	release  func() // ends the name
	busy     bool   // a name is being made
	closed   bool
	refs     map[*end]struct{} // datagram sockets connected to this one
	listens  bool
	backlog  int
	pending  []*end // connections that wait to be accepted
	head     *end   // where this one waits
	connID   abi.Unpcbid
	hasID    bool // connID is the peer's
	bindID   abi.Unpcbid
	inode    uint64
	madeAtNs int64
}

// The states of an end.
const (
	unconnected int32 = iota
	connecting        // LOCAL_CONNWAIT: until it is accepted
	connected
	disconnected
)

// Sizes of buffers in bytes (net.local.*.sendspace and recvspace).
const (
	streamSpace  = 4096
	datagramSend = 2560
	datagramRecv = 4096
)

func (lo *Local) newEnd(typ int32) *end {
	e := &end{lo: lo, typ: typ, madeAtNs: lo.net.Base.Now()}
	e.sndLimit.Store(streamSpace)
	e.in.limit = streamSpace
	if typ == abi.SOCK_DGRAM {
		e.sndLimit.Store(datagramSend)
		e.in.limit = datagramRecv
	}
	lo.mu.Lock()
	defer lo.mu.Unlock()
	lo.ends[e] = struct{}{}
	return e
}

// joined reports a kind of socket that moves data only once connected.
func (e *end) joined() bool { return e.typ != abi.SOCK_DGRAM }

// pair makes two ends that are connected.
func (lo *Local) pair(l *proc.LWP, typ int32) (a, b *end) {
	a, b = lo.newEnd(typ), lo.newEnd(typ)
	lo.mu.Lock()
	defer lo.mu.Unlock()
	lo.join(a, b)
	lo.join(b, a)
	if a.joined() {
		a.connID, a.hasID = caller(l), true
		b.connID, b.hasID = a.connID, true
	}
	return a, b
}

// caller is who calls, as LOCAL_PEEREID tells.
func caller(l *proc.LWP) abi.Unpcbid {
	c := l.Cred()
	return abi.Unpcbid{Pid: l.Proc().Pid, Euid: c.Euid, Egid: c.Egid}
}

// join makes to the peer of e. Preconditions: lo.mu is held.
func (lo *Local) join(e, to *end) {
	e.peer.Store(to)
	e.state.Store(connected)
	if e.joined() {
		return
	}
	if to.refs == nil {
		to.refs = map[*end]struct{}{}
	}
	to.refs[e] = struct{}{}
}

// part ends the connection of e: of a stream for both sides, which send no
// more and receive what is queued. Preconditions: lo.mu is held; the caller
// notifies both afterwards.
func (lo *Local) part(e *end) {
	p := e.peer.Swap(nil)
	if !e.joined() {
		e.state.Store(unconnected)
		if p != nil {
			delete(p.refs, e)
		}
		return
	}
	for _, x := range []*end{e, p} {
		if x != nil {
			x.cantSend.Store(true)
			x.cantRecv.Store(true)
			x.state.Store(disconnected)
			x.peer.Store(nil)
		}
	}
}

// Attach implements net.Endpoint.
func (e *end) Attach(s *net.Socket) { e.sock.Store(s) }

// notify tells the socket, which an end that waits to be accepted lacks.
func (e *end) notify(mask event.Mask) {
	if e == nil {
		return
	}
	if s := e.sock.Load(); s != nil {
		s.Notify(mask)
	}
}

// Close implements net.Endpoint.
func (e *end) Close() {
	lo := e.lo
	lo.mu.Lock()
	release := e.release
	e.release, e.closed, e.listens = nil, true, false
	delete(lo.ends, e)
	told := []*end{e.peer.Load()}
	lo.part(e)
	for r := range e.refs {
		lo.part(r)
		r.err = abi.ECONNRESET
		told = append(told, r)
	}
	dead := append(e.pending, e)
	e.pending = nil
	for _, p := range dead[:len(dead)-1] {
		told = append(told, p.peer.Load())
		lo.part(p)
		delete(lo.ends, p)
	}
	lo.mu.Unlock()
	if release != nil {
		release()
	}
	lo.empty(dead...)
	for _, t := range told {
		t.notify(abi.POLLIN | abi.POLLOUT)
	}
	e.sock.Store(nil)
}

// Shutdown implements net.Endpoint.
func (e *end) Shutdown(how int32) error {
	lo := e.lo
	if how != abi.SHUT_WR {
		e.cantRecv.Store(true)
		lo.empty(e)
	}
	lo.mu.Lock()
	p := e.peer.Load()
	if how != abi.SHUT_RD {
		e.cantSend.Store(true)
		if p != nil && e.joined() {
			p.cantRecv.Store(true)
		}
	}
	lo.mu.Unlock()
	p.notify(abi.POLLIN | abi.POLLOUT)
	return nil
}
