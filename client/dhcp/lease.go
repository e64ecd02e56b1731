// What a server has given.

package dhcp

import (
	"encoding/binary"
	"net"
	"net/netip"
	"time"
)

// Lease is an address and what belongs to it.
type Lease struct {
	Address   netip.Prefix
	Broadcast netip.Addr
	Server    netip.Addr
	// Time is how long it may be used, 0 for ever.
	Time   time.Duration
	Routes []Route
	DNS    []netip.Addr
	Domain string
	Host   string
	MTU    int // 0 when the server does not say
}

// Route is a way that the server tells. The gateway is 0.0.0.0 for a network
// that is at the interface.
type Route struct {
	Dst     netip.Prefix
	Gateway netip.Addr
}

// lease reads an acknowledgement or offer.
func (m *Message) lease() *Lease {
	l := &Lease{DNS: addrs(m.Options[OptDNS]), Domain: text(m.Options[OptDomain]), Host: text(m.Options[OptHostname])}
	l.Address = netip.PrefixFrom(m.Your, maskBits(m.Your, m.Options[OptMask]))
	if a := addrs(m.Options[OptBroadcast]); len(a) > 0 {
		l.Broadcast = a[0]
	}
	if a := addrs(m.Options[OptServer]); len(a) > 0 {
		l.Server = a[0]
	}
	if v := m.Options[OptLease]; len(v) == 4 {
		if sec := binary.BigEndian.Uint32(v); sec != 1<<32-1 {
			l.Time = time.Duration(sec) * time.Second
		}
	}
	if v := m.Options[OptMTU]; len(v) == 2 {
		l.MTU = int(binary.BigEndian.Uint16(v))
	}
	if l.Routes = staticRoutes(m.Options[OptStaticRoutes]); l.Routes == nil {
		if a := addrs(m.Options[OptRouter]); len(a) > 0 {
			l.Routes = []Route{{netip.PrefixFrom(netip.IPv4Unspecified(), 0), a[0]}}
		}
	}
	return l
}

// maskBits is the length of the mask; without one, that of the address's
// class.
func maskBits(a netip.Addr, mask []byte) int {
	if len(mask) == 4 {
		if ones, bits := net.IPMask(mask).Size(); bits == 32 {
			return ones
		}
	}
	switch b := a.As4()[0]; {
	case b < 128:
		return 8
	case b < 192:
		return 16
	}
	return 24
}

// text is a string without the NUL that some servers put behind it.
func text(b []byte) string {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return string(b)
}

// staticRoutes reads the routes of RFC 3442: the length of the prefix, as many
// bytes of it as matter, the gateway.
func staticRoutes(b []byte) (list []Route) {
	for len(b) > 0 {
		bits := int(b[0])
		n := (bits + 7) / 8
		if bits > 32 || len(b) < 1+n+4 {
			return list
		}
		var dst [4]byte
		copy(dst[:], b[1:1+n])
		p := netip.PrefixFrom(netip.AddrFrom4(dst), bits).Masked()
		list = append(list, Route{p, netip.AddrFrom4([4]byte(b[1+n:]))})
		b = b[1+n+4:]
	}
	return list
}
