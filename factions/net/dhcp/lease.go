// What a server has given.
package dhcp

import (
	"encoding/binary"
	"math/bits"
	"strconv"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// lease is an address and what belongs to it.
type lease struct {
	addr      tcpip.AddressWithPrefix
	broadcast tcpip.Address // length 0: the usual one
	server    tcpip.Address
	mtu       int32 // 0 when the server does not say
	routes    []route
	names     []byte // addresses of name servers
	// domain and host are what the server says, without what can't be shown.
	domain, host string
	// time is how long it may be used, renew and rebind are when its server
	// and all servers are asked for more, in seconds; endless says never.
	time, renew, rebind int64
	endless             bool
}

// route is a way that the server tells of. The gateway is 0.0.0.0 for what is
// at the interface.
type route struct {
	to      tcpip.Subnet
	gateway tcpip.Address
}

// leaseOf reads an offer or acknowledgement.
func leaseOf(r *reply) *lease {
	l := &lease{
		addr:      tcpip.AddressWithPrefix{Address: r.your, PrefixLen: prefix(r.your, r.value(optMask))},
		broadcast: r.addr(optBroadcast), server: r.addr(optServer), routes: routesOf(r),
		domain: printable(r.value(optDomain)), host: printable(r.value(optHost)),
	}
	names := r.value(optNames)
	l.names = names[:len(names)/4*4]
	if v := r.value(optMTU); len(v) == 2 {
		l.mtu = int32(binary.BigEndian.Uint16(v))
	}
	l.times(r)
	return l
}

// times reads how long the lease is (RFC 2131, section 4.4.5).
func (l *lease) times(r *reply) {
	sec, ok := r.number(optLease)
	if l.endless = !ok || sec == 1<<32-1; l.endless {
		return
	}
	l.time = max(int64(sec), 1)
	l.renew, l.rebind = l.time/2, l.time*7/8
	t1, ok1 := r.number(optRenew)
	t2, ok2 := r.number(optRebind)
	if ok2 && int64(t2) <= l.time {
		l.rebind = int64(t2)
	}
	if ok1 {
		l.renew = int64(t1)
	}
	l.renew = min(l.renew, l.rebind)
}

// prefix returns the length of a mask; without one, that of the address's class.
func prefix(a tcpip.Address, mask []byte) int {
	if len(mask) == 4 {
		m := binary.BigEndian.Uint32(mask)
		if n := bits.LeadingZeros32(^m); m<<n == 0 {
			return n
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

// routesOf reads the routes of RFC 3442, or else the router.
func routesOf(r *reply) (list []route) {
	for b := r.value(optRoutes); len(b) > 0; {
		bits := int(b[0])
		n := (bits + 7) / 8
		if bits > 32 || len(b) < 1+n+4 {
			break
		}
		var dst [4]byte
		copy(dst[:], b[1:1+n])
		list = append(list, route{tcpip.AddressWithPrefix{Address: tcpip.AddrFrom4(dst), PrefixLen: bits}.Subnet(),
			tcpip.AddrFrom4([4]byte(b[1+n:]))})
		b = b[1+n+4:]
	}
	if a := r.addr(optRouter); list == nil && a.Len() == 4 {
		list = []route{{header.IPv4EmptySubnet, a}}
	}
	return list
}

// usable reports an address that a host can have.
func usable(a tcpip.Address) bool {
	return a.Len() == 4 && !a.Unspecified() && a != header.IPv4Broadcast &&
		!header.IsV4MulticastAddress(a) && !header.IsV4LoopbackAddress(a)
}

// printable returns a text up to its end or the first byte that can't stand in a
// line of words.
func printable(b []byte) string {
	for k, c := range b {
		if c <= ' ' || c >= 0x7f {
			return string(b[:k])
		}
	}
	return string(b)
}

// append appends the lease as words that sysctl(8) shows. got is when it was
// asked for, now the present, both in seconds of one clock.
func (l *lease) append(b []byte, got, now int64) []byte {
	word := func(name, v string) {
		if v != "" {
			b = append(append(append(append(b, ' '), name...), '='), v...)
		}
	}
	word("address", l.addr.String())
	word("server", l.server.String())
	word("broadcast", l.broadcast.String())
	if !l.endless {
		word("time", number(l.time))
		word("left", number(max(got+l.time-now, 0)))
		word("renew", number(max(got+l.renew-now, 0)))
		word("rebind", number(max(got+l.rebind-now, 0)))
	}
	if l.mtu != 0 {
		word("mtu", number(int64(l.mtu)))
	}
	for _, r := range l.routes {
		word("route", r.to.ID().String()+"/"+number(int64(r.to.Prefix()))+","+r.gateway.String())
	}
	for n := l.names; len(n) > 0; n = n[4:] {
		word("nameserver", tcpip.AddrFrom4([4]byte(n)).String())
	}
	word("domain", l.domain)
	word("host", l.host)
	return b
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
