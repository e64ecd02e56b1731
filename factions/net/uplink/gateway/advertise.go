// Router advertisements, with which the kernel makes itself an IPv6 address
// (RFC 4861 section 4.2).
package gateway

import (
	"encoding/binary"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

const (
	// advertiseEvery is the time between two advertisements, and routerLife
	// how long one is good.
	advertiseEvery = 4 * time.Second
	routerLife     = 1800
	prefixLife     = 86400
)

// advertise tells the network, again and again, that here is a router.
func (g *Gateway) advertise() {
	for {
		g.sendAdvertisement()
		if !g.pause(advertiseEvery) {
			return
		}
	}
}

func (g *Gateway) sendAdvertisement() {
	to := header.IPv6AllNodesMulticastAddress
	r, err := g.stack.FindRoute(nic, linkLocal6(), to, header.IPv6ProtocolNumber, false)
	if err != nil {
		return
	}
	defer r.Release()
	pkt := message(advertisement(linkLocal6(), to))
	defer pkt.DecRef()
	// Others than of a neighbour, whose packets no router has touched, are
	// not believed.
	_ = r.WritePacket(stack.NetworkHeaderParams{Protocol: header.ICMPv6ProtocolNumber, TTL: header.NDPHopLimit}, pkt)
}

// advertisement returns the message: a router for half an hour, and the prefix
// of Router6 to make addresses of.
func advertisement(from, to tcpip.Address) []byte {
	b := make([]byte, 16, 48)
	h := header.ICMPv6(b)
	h.SetType(header.ICMPv6RouterAdvert)
	b[4] = 64 // hop limit
	binary.BigEndian.PutUint16(b[6:], routerLife)
	b = append(b, 3, 4, 64, 0xc0) // a prefix of 64 bits, on this link, for addresses
	b = binary.BigEndian.AppendUint32(b, prefixLife)
	b = binary.BigEndian.AppendUint32(b, prefixLife)
	b = append(b, 0, 0, 0, 0)
	prefix := Router6()
	b = append(b, prefix.AsSlice()[:8]...)
	b = append(b, make([]byte, 8)...)
	h = header.ICMPv6(b)
	h.SetChecksum(header.ICMPv6Checksum(header.ICMPv6ChecksumParams{Header: h, Src: from, Dst: to}))
	return b
}
