// Options that are numbers kept for who asks: some are looked at elsewhere, some
// change nothing, as there are no addresses from faith(4), no temporary
// addresses to prefer, and no options in headers of IPv4.
package inet

import (
	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// portAlgos are the algorithms that pick ports, by number.
var portAlgos = [...]string{"bsd", "random_start", "random_pick", "hash", "doublehash", "randinc"}

// The algorithm to begin with, and what says that a socket has none of its own.
const (
	portAlgo   = "random_start"
	noPortAlgo = 1<<16 - 1
)

// addPortAlgos makes the node anonportalgo.
func addPortAlgos(ip *sysctl.Node) {
	n := ip.Node(sysctl.Auto, "anonportalgo", "Algorithms that pick ephemeral ports")
	all := ""
	for i, name := range portAlgos {
		if i > 0 {
			all += " "
		}
		all += name
	}
	n.ConstString(sysctl.Auto, "available", "All of them", all)
	n.ConstString(sysctl.Auto, "selected", "The one in use", portAlgo)
}

// kept returns where an option is kept, and the least and the most it may be;
// known is false for other options. Preconditions: the rare options are
// locked.
func (r *rare) kept(v6 bool, name int32) (at *int32, least, most int32, known bool) {
	switch {
	case !v6 && name == abi.IP_PORTALGO, v6 && name == abi.IPV6_PORTALGO:
		return &r.portAlgo, 0, int32(len(portAlgos)) - 1, true
	case !v6 && name == abi.IP_PORTRANGE, v6 && name == abi.IPV6_PORTRANGE:
		return &r.portRange, abi.IP_PORTRANGE_DEFAULT, abi.IP_PORTRANGE_LOW, true
	case v6 && name == abi.IPV6_FAITH:
		return &r.faith, -1 << 31, 1<<31 - 1, true
	case v6 && name == abi.IPV6_PREFER_TEMPADDR:
		return &r.tempAddr, -1, 1, true
	case v6 && name == abi.IPV6_USE_MIN_MTU:
		return &r.minMTU, abi.IP6PO_MINMTU_MCASTONLY, abi.IP6PO_MINMTU_ALL, true
	case v6 && name == abi.IPV6_DONTFRAG:
		return &r.dontFrag, -1 << 31, 1<<31 - 1, true
	case !v6 && name == abi.IP_RECVOPTS:
		return &r.recvOpts, -1 << 31, 1<<31 - 1, true
	case !v6 && name == abi.IP_RECVRETOPTS:
		return &r.recvRetOpts, -1 << 31, 1<<31 - 1, true
	}
	return nil, 0, 0, false
}

// keepsOption reports an option that is kept.
func (e *endpoint) keepsOption(name int32) bool {
	_, _, _, known := (&rare{}).kept(e.v6, name)
	return known
}

// enter keeps an option: EINVAL for a value that it can't have. Those of any
// value are on or off. Preconditions: the rare options are locked.
func (r *rare) enter(v6 bool, name int32, val []byte) error {
	v, err := net.Int(val)
	if err != nil {
		return err
	}
	at, least, most, _ := r.kept(v6, name)
	switch {
	case at == &r.portAlgo && v == noPortAlgo:
		*at = v
	case v < least || v > most:
		return abi.EINVAL
	case least == -1<<31 && v != 0:
		*at = 1
	case at == &r.portRange && v == abi.IP_PORTRANGE_HIGH && !v6: // is not told apart
		*at = abi.IP_PORTRANGE_DEFAULT
	default:
		*at = v
	}
	return nil
}

// setKept keeps an option. IPV6_DONTFRAG is not for TCP.
func (e *endpoint) setKept(name int32, val []byte) (err error) {
	e.extra.amend(func(r *rare) {
		if err = r.enter(e.v6, name, val); e.kind == kindTCP {
			r.dontFrag = 0
		}
		e.extra.picky.Store(r.portAlgo != noPortAlgo || r.portRange == abi.IP_PORTRANGE_LOW)
	})
	if err == nil && e.kind == kindTCP && e.v6 && name == abi.IPV6_USE_MIN_MTU {
		e.own()
	}
	return err
}

func (e *endpoint) getKept(name int32) []byte {
	r := e.extra.get()
	at, _, _, _ := r.kept(e.v6, name)
	return net.Value(*at)
}

// setUDP takes UDP_ENCAP, which changes nothing without ipsec(4), as in a
// kernel of NetBSD that has none.
func setUDP(name int32, val []byte) error {
	if name != abi.UDP_ENCAP {
		return abi.ENOPROTOOPT
	}
	v, err := net.Int(val)
	if err == nil && (v < 0 || v > 2) {
		err = abi.EINVAL
	}
	return err
}
