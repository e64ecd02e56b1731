// Options of ip(4).
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func (e *endpoint) setIP(name int32, val []byte) error {
	switch {
	case ofGroups(name):
		return e.setMulticast(name, val)
	case name == abi.IP_OPTIONS:
		return setHeaderOptions(val)
	case e.keepsOption(name):
		return e.setKept(name, val)
	}
	if _, known := e.ipFlag(name); !known && name != abi.IP_TOS && name != abi.IP_TTL && name != abi.IP_MINTTL &&
		(name != abi.IP_HDRINCL || e.kind != kindRaw) {
		return abi.ENOPROTOOPT
	}
	v, err := net.Int(val)
	if err != nil {
		return err
	}
	return e.setIPInt(name, v)
}

// setHeaderOptions takes IP_OPTIONS: EINVAL for a length that is no number of
// words, or a first option that is cut short. None is ever sent, as NetBSD
// 7.99.34 sends none; it sends packets to the first hop of a source route, which
// is refused.
func setHeaderOptions(val []byte) error {
	if len(val)%4 != 0 {
		return abi.EINVAL
	}
	if len(val) == 0 || val[0] == ipOptEnd || val[0] == ipOptNothing {
		return nil
	}
	if n := int(val[1]); n < 2 || n > len(val) || val[0] == abi.IPOPT_LSRR || val[0] == abi.IPOPT_SSRR {
		return abi.EINVAL
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
		return e.setTTL(v & 0xff)
	case abi.IP_MINTTL:
		return e.setMinTTL(v)
	case abi.IP_HDRINCL:
		e.ep.SocketOptions().SetHeaderIncluded(v != 0)
		return nil
	}
	f, _ := e.ipFlag(name)
	e.ep.SocketOptions().SetReceivePacketInfo(e.extra.want(f, v != 0)&wantsInfo != 0)
	e.wantTTL()
	return nil
}

// ipFlag returns the control message that an option of that name asks for.
func (e *endpoint) ipFlag(name int32) (f sockFlags, known bool) {
	switch name {
	case abi.IP_RECVTTL:
		return recvTTL, true
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

func (e *endpoint) getIP(name int32) ([]byte, error) {
	if ofGroups(name) {
		return e.getMulticast(name)
	}
	switch name {
	case abi.IP_OPTIONS, abi.IP_RETOPTS:
		return nil, nil
	case abi.IP_TOS:
		return e.getInt(tcpip.IPv4TOSOption)
	case abi.IP_TTL:
		return net.Value(e.ttl()), nil
	case abi.IP_MINTTL:
		return net.Value(e.extra.minTTL.Load()), nil
	case abi.IP_HDRINCL:
		if e.kind == kindRaw {
			return net.FromBool(e.ep.SocketOptions().GetHeaderIncluded()), nil
		}
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
