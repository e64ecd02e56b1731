// Socket options: which level goes where, and those of SOL_SOCKET that the
// stack must know.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SetOption implements net.Endpoint.
func (e *endpoint) SetOption(l *proc.LWP, level, name int32, val []byte) error {
	switch {
	case level == abi.SOL_SOCKET:
		return e.setSocket(name, val)
	case level == abi.IPPROTO_TCP && e.kind == kindTCP:
		return e.setTCP(name, val)
	case level == abi.IPPROTO_UDP && e.kind == kindUDP && !e.v6:
		return setUDP(name, val)
	case level == abi.IPPROTO_IP && (!e.v6 || ofGroups(name)):
		return e.setIP(name, val)
	case level == abi.IPPROTO_IPV6 && e.v6:
		return e.setIP6(l, name, val)
	case level == abi.IPPROTO_ICMPV6 && e.isICMP6():
		return e.setICMP6(name, val)
	}
	return abi.ENOPROTOOPT
}

// Option implements net.Endpoint.
func (e *endpoint) Option(level, name int32) ([]byte, error) {
	switch {
	case level == abi.SOL_SOCKET && name == abi.SO_OVERFLOWED:
		return net.Value(e.overflowed()), nil
	case level == abi.IPPROTO_TCP && e.kind == kindTCP:
		return e.getTCP(name)
	case level == abi.IPPROTO_UDP && e.kind == kindUDP && !e.v6:
		return nil, abi.EINVAL
	case level == abi.IPPROTO_IP && (!e.v6 || ofGroups(name)):
		return e.getIP(name)
	case level == abi.IPPROTO_IPV6 && e.v6:
		return e.getIP6(name)
	case level == abi.IPPROTO_ICMPV6 && e.isICMP6():
		return e.getICMP6(name)
	}
	return nil, abi.ENOPROTOOPT
}

// overflowed returns how many datagrams found no room.
func (e *endpoint) overflowed() int32 {
	if s, ok := e.ep.Stats().(*tcpip.TransportEndpointStats); ok {
		return int32(s.ReceiveErrors.ReceiveBufferOverflow.Value())
	}
	return 0
}

// setSocket tells the stack of an option that the socket layer has accepted.
func (e *endpoint) setSocket(name int32, val []byte) error {
	so := e.ep.SocketOptions()
	if name == abi.SO_DONTROUTE && e.kind == kindTCP && !e.v6 {
		return e.useTTL()
	}
	if name == abi.SO_NOHEADER && !e.v6 && e.kind != kindRaw {
		return nil // there is never a header
	}
	if name == abi.SO_LINGER {
		var v abi.Linger
		copy(usermem.BytesOf(&v), val)
		// Only an abortive close is the stack's affair.
		so.SetLinger(tcpip.LingerOption{Enabled: v.Onoff != 0 && v.Linger == 0})
		return nil
	}
	v, err := net.Int(val)
	if err != nil {
		return nil // of another type, and of no concern here
	}
	switch name {
	case abi.SO_REUSEADDR:
		so.SetReuseAddress(v != 0)
	case abi.SO_REUSEPORT:
		so.SetReusePort(v != 0)
	case abi.SO_KEEPALIVE:
		if v != 0 && e.kind == kindTCP {
			e.keepTimes()
		}
		so.SetKeepAlive(v != 0)
		e.keep()
	case abi.SO_BROADCAST:
		so.SetBroadcast(v != 0)
	case abi.SO_SNDBUF:
		so.SetSendBufferSize(int64(v), true)
		e.extra.setSend.Store(true)
	case abi.SO_RCVBUF:
		so.SetReceiveBufferSize(int64(v), true)
		e.extra.setRecv.Store(true)
	default:
		return abi.ENOPROTOOPT
	}
	return nil
}

// setInt sets one of the stack's integer options.
func (e *endpoint) setInt(opt tcpip.SockOptInt, v int) error {
	return errno(e.ep.SetSockOptInt(opt, v))
}

// getInt returns one of the stack's integer options as a value.
func (e *endpoint) getInt(opt tcpip.SockOptInt) ([]byte, error) {
	v, err := e.ep.GetSockOptInt(opt)
	if err != nil {
		return nil, errno(err)
	}
	return net.Value(int32(v)), nil
}

// isICMP6 reports a raw ICMPv6 socket.
func (e *endpoint) isICMP6() bool {
	return e.kind == kindRaw && e.v6 && e.number == abi.IPPROTO_ICMPV6
}
