// Sending and receiving.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Send implements net.Endpoint.
func (e *endpoint) Send(l *proc.LWP, m *net.Message) (int, error) {
	if e.kind == kindTCP {
		if m.Flags&abi.MSG_OOB != 0 {
			return e.sendUrgent(m.Data)
		}
		return e.sendStream(m.Data)
	}
	c := sendControl{tclass: -1}
	c.opts.ControlMessages.HasTTL = e.extra.zeroTTL.Load()
	if e.v6 {
		x := e.extra.get()
		x.stick(&c)
	}
	if m.Name != nil {
		to, err := e.destination(m.Name)
		if err != nil {
			return 0, err
		}
		if _, err = e.pick(l, tcpip.FullAddress{}, to); err != nil {
			return 0, err
		}
		c.opts.To = &to
	} else if !e.hasPeer() {
		return 0, e.noPeer()
	}
	if m.Flags&abi.MSG_OOB != 0 {
		return 0, abi.EOPNOTSUPP
	}
	if err := e.parseControl(l, m.Control, &c); err != nil {
		return 0, err
	}
	if err := e.allow(m, &c); err != nil {
		return 0, err
	}
	return e.sendDatagram(m.Data, c)
}

// sendStream sends what the buffer takes of b.
func (e *endpoint) sendStream(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	e.wmu.Lock()
	defer e.wmu.Unlock()
	e.src.b = b
	n, err := e.ep.Write(&e.src, tcpip.WriteOptions{})
	e.src.b = nil
	if err != nil {
		if _, closed := err.(*tcpip.ErrClosedForSend); closed && e.fresh() {
			return 0, abi.ENOTCONN
		}
		return 0, e.failed(err)
	}
	e.flow.send.Add(uint32(n))
	return int(n), nil
}

// failed returns the errno of an error that ends a connection, and sees that
// it is told once.
func (e *endpoint) failed(err tcpip.Error) error {
	if _, again := err.(*tcpip.ErrWouldBlock); !again && e.kind == kindTCP {
		_ = e.ep.LastError()
	}
	return e.errno(err)
}

// destination returns the address to send to: EISCONN on a connected socket,
// EADDRNOTAVAIL for port 0.
func (e *endpoint) destination(name []byte) (tcpip.FullAddress, error) {
	if e.hasPeer() {
		return tcpip.FullAddress{}, abi.EISCONN
	}
	to, err := parseAddr(name, e.v6)
	if err == nil && to.Port == 0 && e.kind == kindUDP {
		err = abi.EADDRNOTAVAIL
	}
	if e.kind == kindRaw {
		to.Port = 0
	} else {
		e.in.spread(&to.Addr)
	}
	return to, err
}

// hasPeer reports a connected datagram socket.
func (e *endpoint) hasPeer() bool {
	if e.kind == kindRaw {
		_, ok := e.extra.peerAddr()
		return ok
	}
	_, err := e.ep.GetRemoteAddress()
	return err == nil
}

// noPeer is the error of sending without an address.
func (e *endpoint) noPeer() error {
	if e.kind == kindRaw {
		return abi.ENOTCONN
	}
	return abi.EDESTADDRREQ
}

func (e *endpoint) sendDatagram(b []byte, c sendControl) (int, error) {
	if e.kind == kindRaw && e.ep.SocketOptions().GetHeaderIncluded() {
		var err error
		if b, err = headerToNet(b); err != nil {
			return 0, err
		}
	}
	e.wmu.Lock()
	defer e.wmu.Unlock()
	if e.special(len(b), &c) {
		return e.sendSpecial(b, &c)
	}
	if c.tclass >= 0 { // the stack takes none for one packet
		old, _ := e.ep.GetSockOptInt(tcpip.IPv6TrafficClassOption)
		_ = e.ep.SetSockOptInt(tcpip.IPv6TrafficClassOption, c.tclass)
		defer e.ep.SetSockOptInt(tcpip.IPv6TrafficClassOption, old)
	}
	e.src.b = b
	n, err := e.ep.Write(&e.src, c.opts)
	e.src.b = nil
	if _, long := err.(*tcpip.ErrMessageTooLong); long && e.kind == kindRaw {
		if e.v6 {
			return e.sendSpecial(b, &c)
		}
		n, err = int64(len(b)), e.sendLarge(b, &c)
	}
	if err != nil {
		return 0, e.unreached(err)
	}
	return int(n), nil
}

// Recv implements net.Endpoint.
func (e *endpoint) Recv(_ *proc.LWP, m *net.Message) (int, error) {
	if e.extra.news.Load() && e.recvNews(m) {
		return 0, nil
	}
	e.dropUnwanted()
	res, n, err := e.read(m)
	for err == nil && e.tooFar(&res.ControlMessages) {
		e.dropUnwanted()
		res, n, err = e.read(m)
	}
	if err == abi.EWOULDBLOCK {
		e.in.owing.settle(e)
	}
	if err != nil {
		return 0, err
	}
	if e.kind == kindTCP {
		return n, nil
	}
	if res.Total > n {
		m.Out |= abi.MSG_TRUNC
	}
	if m.WantName {
		m.Name = appendAddr(m.AppendName(), res.RemoteAddr, e.v6)
	}
	if m.WantControl {
		m.Control = e.control(&res)
	}
	if e.kind == kindRaw && !e.v6 {
		headerToHost(m.Data[:n])
	}
	return n, nil
}

// received is what the stack tells of what was read, and the extension headers
// of a packet of IPv6.
type received struct {
	tcpip.ReadResult
	headers chain
}

// read reads once from the stack. The end of a stream is 0 bytes and no error.
func (e *endpoint) read(m *net.Message) (received, int, error) {
	e.rmu.Lock()
	defer e.rmu.Unlock()
	peek := m.Flags&abi.MSG_PEEK != 0
	opts := tcpip.ReadOptions{Peek: peek, NeedRemoteAddr: m.WantName && e.kind != kindTCP}
	e.dst = sink{b: m.Data}
	var res received
	var err tcpip.Error
	switch {
	case e.kind == kindTCP:
		res.ReadResult, err = e.readStream(opts)
	case e.v6 && e.in.input6.ever.Load():
		res, err = e.readTail(opts)
	default:
		res.ReadResult, err = e.ep.Read(&e.dst, opts)
	}
	n := e.dst.n
	e.dst.b = nil
	switch err.(type) {
	case nil:
		if !peek {
			e.took()
		}
		return res, n, nil
	case *tcpip.ErrWouldBlock:
		e.empty.Store(0)
	case *tcpip.ErrClosedForReceive:
		return res, 0, nil
	case *tcpip.ErrBadBuffer:
		if len(m.Data) == 0 { // a message that a buffer of no size took
			return res, 0, nil
		}
	case *tcpip.ErrNotConnected:
		if e.kind == kindTCP && e.state() == tcp.StateClose {
			return res, 0, nil
		}
	}
	return res, 0, e.failed(err)
}
