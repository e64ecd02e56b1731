// Addresses, connections and their end.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// state returns the state of a TCP endpoint.
func (e *endpoint) state() tcp.EndpointState { return tcp.EndpointState(e.ep.State()) }

// Connecting implements net.Endpoint.
func (e *endpoint) Connecting() bool {
	if e.kind != kindTCP {
		return false
	}
	switch e.state() {
	case tcp.StateConnecting, tcp.StateSynSent, tcp.StateSynRecv:
		return true
	}
	return false
}

// connected reports a TCP connection, even one that is being closed.
func (e *endpoint) connected() bool {
	switch e.state() {
	case tcp.StateEstablished, tcp.StateCloseWait, tcp.StateFinWait1, tcp.StateFinWait2,
		tcp.StateClosing, tcp.StateLastAck, tcp.StateTimeWait:
		return true
	}
	return false
}

// fresh reports a TCP endpoint that was never connected.
func (e *endpoint) fresh() bool {
	switch e.state() {
	case tcp.StateInitial, tcp.StateBound, tcp.StateListen:
		return true
	}
	return false
}

// ended reports a stream that will bring no more than is queued.
func (e *endpoint) ended(r waiter.EventMask) bool {
	if e.kind != kindTCP {
		return false
	}
	switch e.state() {
	case tcp.StateEstablished, tcp.StateFinWait1, tcp.StateFinWait2:
		return r&waiter.EventRdHUp != 0
	}
	return true
}

// Draining implements net.Endpoint.
func (e *endpoint) Draining() bool {
	if e.kind != kindTCP {
		return false
	}
	switch e.state() {
	case tcp.StateFinWait1, tcp.StateLastAck, tcp.StateClosing:
		return true
	}
	return false
}

// Bind implements net.Endpoint: EACCES for a reserved port and a caller that
// is not root.
func (e *endpoint) Bind(l *proc.LWP, addr []byte) error {
	a, err := parseAddr(addr, e.v6)
	if err != nil {
		return err
	}
	if e.kind == kindRaw {
		a.Port = 0
	}
	if a.Port != 0 && a.Port < abi.IPPORT_RESERVED && !l.Cred().IsRoot() {
		return abi.EACCES
	}
	if a.Port == 0 {
		if done, err := e.pick(l, a, tcpip.FullAddress{}); done {
			return err
		}
	}
	return errno(e.ep.Bind(wildcard(a)))
}

// Connect implements net.Endpoint.
func (e *endpoint) Connect(l *proc.LWP, addr []byte) error {
	if e.kind == kindTCP {
		if e.connected() {
			return abi.EISCONN
		}
		if !e.fresh() {
			return abi.EINVAL
		}
	} else if err := e.disconnect(); err != nil {
		return err
	}
	a, err := parseAddr(addr, e.v6)
	if err != nil {
		return err
	}
	if a.Port == 0 && e.kind != kindRaw {
		return abi.EADDRNOTAVAIL
	}
	if e.kind == kindTCP && multicast(a.Addr) {
		return abi.EADDRNOTAVAIL
	}
	if e.v6 && header.IsV4MappedAddress(a.Addr) && e.ep.SocketOptions().GetV6Only() {
		return abi.EINVAL
	}
	if _, err := e.pick(l, tcpip.FullAddress{}, a); err != nil {
		return err
	}
	if e.kind == kindTCP {
		return e.connectStream(a)
	}
	if e.kind == kindUDP {
		e.in.spread(&a.Addr)
	}
	if err := e.ep.Connect(a); err != nil {
		return e.unreached(err)
	}
	if e.kind == kindRaw {
		e.extra.setPeer(a)
	}
	return nil
}

// connectStream begins a TCP connection.
func (e *endpoint) connectStream(a tcpip.FullAddress) error {
	e.extra.life = e.in.reach(a.Addr)
	if e.extra.life == lifeRemote && e.onlyDirect(0) {
		return abi.ENETUNREACH
	}
	e.begin()
	err := e.ep.Connect(a)
	if _, started := err.(*tcpip.ErrConnectStarted); !started {
		e.begun()
	}
	return e.unreached(err)
}

// unreached returns the errno of an error that sending or connecting begins with:
// EADDRNOTAVAIL when no route would help, as there is no address to send from.
func (e *endpoint) unreached(err tcpip.Error) error {
	no := errno(err)
	if no != abi.EHOSTUNREACH || e.v6 || e.kind == kindRaw || e.in.hasAddress() {
		return no
	}
	if a, err := e.ep.GetLocalAddress(); err == nil && !a.Addr.Unspecified() {
		return no
	}
	return abi.EADDRNOTAVAIL
}

// hasAddress reports whether an Ethernet interface has an IPv4 address in use.
func (in *Inet) hasAddress() bool {
	in.ifs.mu.Lock()
	defer in.ifs.mu.Unlock()
	for _, i := range in.ifs.list {
		for k := range i.addrs {
			if a := &i.addrs[k]; i.eth != nil && !a.v6() && a.ready() {
				return true
			}
		}
	}
	return false
}

func multicast(a tcpip.Address) bool {
	return header.IsV4MulticastAddress(a) || header.IsV6MulticastAddress(a) || a == header.IPv4Broadcast
}

// disconnect ends the association of a datagram socket, which connecting it
// anew does first.
func (e *endpoint) disconnect() error {
	e.extra.clearPeer()
	if e.kind == kindRaw {
		return nil
	}
	return errno(e.ep.Disconnect())
}

// Listen implements net.Endpoint.
func (e *endpoint) Listen(backlog int) error {
	if e.kind != kindTCP {
		return abi.EOPNOTSUPP
	}
	if e.connected() || e.Connecting() {
		return abi.EINVAL
	}
	// A backlog of 0 lets one connection wait, as BSD's arithmetic does.
	return errno(e.ep.Listen(max(backlog, 1)))
}

// Accept implements net.Endpoint.
func (e *endpoint) Accept() (net.Endpoint, error) {
	var peer tcpip.FullAddress
	ep, wq, err := e.ep.Accept(&peer)
	if err != nil {
		e.waiting.Store(0)
		if _, shut := err.(*tcpip.ErrInvalidEndpointState); shut {
			return nil, abi.ECONNABORTED
		}
		return nil, errno(err)
	}
	n := &endpoint{in: e.in, stack: e.stack, ep: ep, kind: e.kind, v6: e.v6, number: e.number, wq: wq}
	n.extra.life = e.in.reach(peer.Addr)
	e.waiting.Add(-1)
	e.pass(n)
	if x := e.extra.get(); x.headers != nil || x.minMTU == abi.IP6PO_MINMTU_ALL {
		n.own()
	}
	n.keep()
	return n, nil
}

// pass gives a connection the options of the socket that accepts it.
func (e *endpoint) pass(to *endpoint) {
	from, so := e.ep.SocketOptions(), to.ep.SocketOptions()
	so.SetDelayOption(from.GetDelayOption())
	so.SetKeepAlive(from.GetKeepAlive())
	so.SetLinger(from.GetLinger())
	if v, err := e.ep.GetSockOptInt(tcpip.KeepaliveCountOption); err == nil {
		_ = to.setInt(tcpip.KeepaliveCountOption, v)
	}
	if !e.v6 { // TTL and TOS are not passed on
		ttl := defaultTTL
		if e.onlyDirect(0) {
			ttl = 1
		}
		_ = to.setInt(tcpip.IPv4TTLOption, ttl)
		_ = to.setInt(tcpip.IPv4TOSOption, 0)
	}
	var idle tcpip.KeepaliveIdleOption
	var every tcpip.KeepaliveIntervalOption
	if e.ep.GetSockOpt(&idle) == nil && e.ep.GetSockOpt(&every) == nil {
		_ = to.ep.SetSockOpt(&idle)
		_ = to.ep.SetSockOpt(&every)
	}
	to.extra.flags |= e.extra.want(0, true) & (setIdle | setInterval | setCount)
	to.extra.setRecv.Store(e.extra.setRecv.Load())
	if e.extra.setSend.Load() { // the stack passes the other on
		so.SetSendBufferSize(from.GetSendBufferSize(), true)
		to.extra.setSend.Store(true)
	}
}

// Shutdown implements net.Endpoint.
func (e *endpoint) Shutdown(how int32) error {
	var f tcpip.ShutdownFlags
	if how != abi.SHUT_WR {
		f |= tcpip.ShutdownRead
	}
	if how != abi.SHUT_RD {
		f |= tcpip.ShutdownWrite
	}
	return errno(e.ep.Shutdown(f))
}

// LocalAddr implements net.Endpoint.
func (e *endpoint) LocalAddr(buf []byte) ([]byte, error) {
	a, err := e.ep.GetLocalAddress()
	if err != nil {
		return nil, errno(err)
	}
	if e.kind == kindRaw {
		a.Port = 0
	}
	return appendAddr(buf, a, e.v6), nil
}

// PeerAddr implements net.Endpoint.
func (e *endpoint) PeerAddr(buf []byte) ([]byte, error) {
	if e.kind == kindRaw {
		a, ok := e.extra.peerAddr()
		if !ok {
			return nil, abi.ENOTCONN
		}
		return appendAddr(buf, a, e.v6), nil
	}
	if e.kind == kindTCP && (!e.connected() || e.state() == tcp.StateTimeWait) {
		return nil, abi.ENOTCONN
	}
	a, err := e.ep.GetRemoteAddress()
	if err != nil {
		return nil, abi.ENOTCONN
	}
	return appendAddr(buf, a, e.v6), nil
}

// Ended implements net.Endpoint.
func (e *endpoint) Ended() (recv, send bool) {
	if e.kind != kindTCP || e.fresh() || e.Connecting() {
		return false, false
	}
	switch e.state() {
	case tcp.StateEstablished, tcp.StateCloseWait:
	default:
		send = true
	}
	return e.ended(e.ep.Readiness(waiter.EventRdHUp)), send
}
