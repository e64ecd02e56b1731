// Extension headers of IPv6 that a program has its packets carry, as options of
// a socket or along with one message (ip6(4), RFC 3542).
package inet

import (
	"encoding/binary"
	"slices"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// headers is the headers that packets carry, in their order, each nil when
// there is none, and the address of IPV6_NEXTHOP.
type headers [nextHop + 1][]byte

const (
	hopOptions  = iota // for every router
	viaOptions         // for the addresses of the routing header
	routing            // by way of which addresses
	lastOptions        // for the last receiver alone
	nextHop            // the first router's sockaddr
)

// extUnit is what the lengths of extension headers count, in bytes, less one.
const extUnit = 8

// headerTypes are the numbers of headers.
var headerTypes = [...]byte{hopOptions: abi.IPPROTO_HOPOPTS, viaOptions: abi.IPPROTO_DSTOPTS,
	routing: abi.IPPROTO_ROUTING, lastOptions: abi.IPPROTO_DSTOPTS}

// headerOf returns which header an option is for.
func headerOf(name int32) (i int, ok bool) {
	switch name {
	case abi.IPV6_HOPOPTS:
		i = hopOptions
	case abi.IPV6_RTHDRDSTOPTS:
		i = viaOptions
	case abi.IPV6_RTHDR:
		i = routing
	case abi.IPV6_DSTOPTS:
		i = lastOptions
	case abi.IPV6_NEXTHOP:
		i = nextHop
	default:
		return 0, false
	}
	return i, true
}

// get returns one of the headers.
func (h *headers) get(i int) []byte {
	if h == nil {
		return nil
	}
	return h[i]
}

// with returns the headers with one more, or with one less when there is none
// in val: EPERM for all but a routing header when the caller is not root, EINVAL
// for a length that is not the header's or a route that is none, EAFNOSUPPORT
// for a next hop of another family.
func (h *headers) with(i int, val []byte, root bool) (*headers, error) {
	if i != routing && !root {
		return h, abi.EPERM
	}
	var n headers
	if h != nil {
		n = *h
	}
	if n[i] = nil; len(val) == 0 {
		return &n, nil
	}
	err := checkHeader(i, val)
	if n[i] = slices.Clone(val); i == nextHop && err == nil {
		n[i] = n[i][:sizeSockaddrIn6]
	}
	return &n, err
}

func checkHeader(i int, val []byte) error {
	switch {
	case i == nextHop:
		return checkNextHop(val)
	case len(val) < 2 || len(val) != (int(val[1])+1)*extUnit:
		return abi.EINVAL
	case i == routing && (val[2] != abi.IPV6_RTHDR_TYPE_0 || val[1] == 0 || val[1]%2 != 0 || val[1]/2 != val[3]):
		return abi.EINVAL
	}
	return nil
}

func checkNextHop(val []byte) error {
	switch {
	case len(val) < sizeSockaddrIn || len(val) < int(val[0]):
		return abi.EINVAL
	case val[1] != abi.AF_INET6:
		return abi.EAFNOSUPPORT
	case val[0] != sizeSockaddrIn6:
		return abi.EINVAL
	}
	if a := tcpip.AddrFrom16([16]byte(val[8:24])); a.Unspecified() || header.IsV6MulticastAddress(a) {
		return abi.EINVAL
	}
	return nil
}

// size returns how long all headers are, in bytes.
func (h *headers) size() (n int) {
	for i := hopOptions; i < nextHop; i++ {
		n += len(h.get(i))
	}
	return n
}

// before returns the headers that come before what may be cut into fragments,
// of which the first has the number inner, and the number of the first of all.
// A routing header leads to final in the end.
func (h *headers) before(inner byte, final tcpip.Address) (first byte, b []byte) {
	first = inner
	for i := routing; i >= hopOptions; i-- {
		part := slices.Clone(h.get(i))
		if part == nil {
			continue
		}
		if i == routing {
			list := part[extUnit:]
			copy(list, list[16:])
			copy(list[len(list)-16:], final.AsSlice())
		}
		part[0], first = first, headerTypes[i]
		b = append(part, b...)
	}
	return first, b
}

// inner returns what may be cut into fragments, and the number of its first
// header: the last options, and the message of protocol proto.
func (h *headers) inner(proto byte, message []byte) (byte, []byte) {
	part := slices.Clone(h.get(lastOptions))
	if part == nil {
		return proto, message
	}
	part[0] = proto
	return headerTypes[lastOptions], append(part, message...)
}

// setHeader sets a header of all packets.
func (e *endpoint) setHeader(i int, val []byte, root bool) (err error) {
	e.extra.amend(func(r *rare) {
		var h *headers
		if h, err = r.headers.with(i, val, root); err == nil {
			r.headers = h
		}
	})
	if err == nil && e.kind == kindTCP {
		e.own()
	}
	return err
}

// to returns where a packet to an address goes first.
func (h *headers) to(a tcpip.FullAddress) tcpip.FullAddress {
	if b := h.get(nextHop); b != nil {
		a.Addr, a.NIC = tcpip.AddrFrom16([16]byte(b[8:24])), max(a.NIC, tcpip.NICID(binary.LittleEndian.Uint32(b[24:])))
	} else if b := h.get(routing); b != nil {
		a.Addr = tcpip.AddrFrom16([16]byte(b[extUnit : extUnit+16]))
	}
	return a
}
