// Options of ip(4).
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func (e *endpoint) setIP(name int32, val []byte) error {
	switch name {
	case abi.IP_MULTICAST_IF, abi.IP_MULTICAST_TTL, abi.IP_MULTICAST_LOOP,
		abi.IP_ADD_MEMBERSHIP, abi.IP_DROP_MEMBERSHIP:
		return e.setMulticast(name, val)
	case abi.IP_OPTIONS, abi.IP_RETOPTS:
		return setHeaderOptions(name, val)
	}
	if e.keepsOption(name) {
		return e.setKept(name, val)
	}
	if _, known := e.ipFlag(name); !known && name != abi.IP_TOS && name != abi.IP_TTL &&
		name != abi.IP_PORTRANGE && (name != abi.IP_HDRINCL || e.kind != kindRaw) {
		return abi.ENOPROTOOPT
	}
	v, err := net.Int(val)
	if err != nil {
		return err
	}
	return e.setIPInt(name, v)
}

// setHeaderOptions takes IP_OPTIONS when they ask for nothing: EINVAL for a
// length that is no number of words. The stack can't send others.
func setHeaderOptions(name int32, val []byte) error {
	if len(val) == 0 {
		return nil
	}
	if name != abi.IP_OPTIONS {
		return abi.ENOPROTOOPT
	}
	if len(val)%4 != 0 {
		return abi.EINVAL
	}
	for _, b := range val {
		if b == ipOptEnd {
			break
		}
		if b != ipOptNothing {
			return abi.ENOPROTOOPT
		}
	}
	return nil
}

// Options of an IPv4 header that ask for nothing.
const ipOptEnd, ipOptNothing = 0, 1

func (e *endpoint) setIPInt(name, v int32) error {
	switch name {
	case abi.IP_TOS:
		return e.setInt(tcpip.IPv4TOSOption, int(v&0xff))
	case abi.IP_TTL:
		return e.setInt(tcpip.IPv4TTLOption, int(v&0xff))
	case abi.IP_HDRINCL:
		e.ep.SocketOptions().SetHeaderIncluded(v != 0)
		return nil
	case abi.IP_PORTRANGE:
		return e.setPortRange(v)
	case abi.IP_RECVTTL:
		e.ep.SocketOptions().SetReceiveTTL(v != 0)
		return nil
	}
	f, _ := e.ipFlag(name)
	e.ep.SocketOptions().SetReceivePacketInfo(e.extra.want(f, v != 0)&wantsInfo != 0)
	return nil
}

// ipFlag returns the control message that an option of that name asks for.
func (e *endpoint) ipFlag(name int32) (f sockFlags, known bool) {
	switch name {
	case abi.IP_RECVTTL:
		return 0, true
	case abi.IP_RECVDSTADDR:
		return recvDstAddr, true
	case abi.IP_RECVIF:
		return recvIf, true
	case abi.IP_RECVPKTINFO:
		return recvPktInfo, true
	case abi.IP_PKTINFO:
		return pktInfo, true
	}
	return 0, false
}

// setPortRange takes IP_PORTRANGE: the default range is the high one. The low
// one is not served.
func (e *endpoint) setPortRange(v int32) error {
	if v != abi.IP_PORTRANGE_DEFAULT && v != abi.IP_PORTRANGE_HIGH {
		return abi.EINVAL
	}
	e.extra.amend(func(r *rare) { r.portRange = v })
	return nil
}

func (e *endpoint) getIP(name int32) ([]byte, error) {
	so := e.ep.SocketOptions()
	switch name {
	case abi.IP_OPTIONS, abi.IP_RETOPTS:
		return nil, nil
	case abi.IP_TOS:
		return e.getInt(tcpip.IPv4TOSOption)
	case abi.IP_TTL:
		return e.ttl()
	case abi.IP_HDRINCL:
		if e.kind == kindRaw {
			return net.FromBool(so.GetHeaderIncluded()), nil
		}
	case abi.IP_RECVTTL:
		return net.FromBool(so.GetReceiveTTL()), nil
	case abi.IP_PORTRANGE:
		return net.Value(e.extra.get().portRange), nil
	case abi.IP_MULTICAST_IF, abi.IP_MULTICAST_TTL, abi.IP_MULTICAST_LOOP:
		return e.getMulticast(name)
	case abi.IP_ADD_MEMBERSHIP, abi.IP_DROP_MEMBERSHIP:
		return nil, abi.EOPNOTSUPP
	case abi.IP_ERRORMTU:
		return net.Value(-1), nil // no packet was too large for its way: they leave in fragments
	default:
		if e.keepsOption(name) {
			return e.getKept(name), nil
		}
		if f, known := e.ipFlag(name); known {
			return net.FromBool(e.extra.wants(f)), nil
		}
	}
	return nil, abi.ENOPROTOOPT
}

// defaultTTL is net.inet.ip.ttl and net.inet6.ip6.hlim.
const defaultTTL = 64

func (e *endpoint) ttl() ([]byte, error) {
	v, err := e.ep.GetSockOptInt(tcpip.IPv4TTLOption)
	if err != nil {
		return nil, errno(err)
	}
	if v == tcpip.UseDefaultIPv4TTL {
		v = defaultTTL
	}
	return net.Value(int32(v)), nil
}
