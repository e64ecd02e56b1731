// Options on the way of packets: whether routers may be on it, which address
// and interface they leave by, and how large they may be.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// onlyDirect reports that packets go without routers (SO_DONTROUTE,
// MSG_DONTROUTE).
func (e *endpoint) onlyDirect(flags int32) bool {
	return !e.v6 && (flags&abi.MSG_DONTROUTE != 0 || e.sock.Has(abi.SO_DONTROUTE))
}

// allow returns why a datagram can't go the way it must: ENETUNREACH when there
// is a router on it and must not be, EMSGSIZE when it is too large and must not
// be fragmented.
func (e *endpoint) allow(m *net.Message, c *sendControl) error {
	if e.onlyDirect(m.Flags) {
		if e.in.reach(e.target(c).Addr) == lifeRemote {
			return abi.ENETUNREACH
		}
		c.opts.ControlMessages.HasTTL, c.opts.ControlMessages.TTL = true, 1
	}
	if c.whole {
		return e.fits(len(m.Data), c)
	}
	return nil
}

// target returns whom a datagram goes to.
func (e *endpoint) target(c *sendControl) tcpip.FullAddress {
	if c.opts.To != nil {
		return *c.opts.To
	}
	to, _ := e.datagramPeer()
	return to
}

// setPktinfo takes IPV6_PKTINFO, a struct in6_pktinfo that all packets leave
// by: EINVAL for another length, or an address for TCP, ENXIO for an interface
// that is not there.
func (e *endpoint) setPktinfo(val []byte) error {
	var info abi.In6Pktinfo
	b := usermem.BytesOf(&info)
	if len(val) != len(b) {
		return abi.EINVAL
	}
	copy(b, val)
	if e.kind == kindTCP && info.Addr.Addr != [16]byte{} {
		return abi.EINVAL
	}
	if nic := tcpip.NICID(info.Ifindex); nic != 0 && !e.stack.HasNIC(nic) {
		return abi.ENXIO
	}
	e.extra.amend(func(r *rare) { r.pktinfo = info })
	return nil
}

// stick gives a datagram what options ask for all of them, before what its own
// control messages ask.
func (r *rare) stick(to *sendControl) {
	to.headers, to.minMTU, to.whole = r.headers, r.minMTU, r.dontFrag != 0
	if r.pktinfo == (abi.In6Pktinfo{}) {
		return
	}
	cm := &to.opts.ControlMessages
	cm.HasIPv6PacketInfo = true
	if a := tcpip.AddrFrom16(r.pktinfo.Addr.Addr); !a.Unspecified() {
		cm.IPv6PacketInfo.Addr = a
	}
	cm.IPv6PacketInfo.NIC = tcpip.NICID(r.pktinfo.Ifindex)
}

// routeMTU returns how large packets to an address may be, headers included.
func (e *endpoint) routeMTU(to tcpip.FullAddress) (uint32, error) {
	r, err := e.stack.FindRoute(to.NIC, tcpip.Address{}, to.Addr, ipv6.ProtocolNumber, false)
	if err != nil {
		return 0, errno(err)
	}
	defer r.Release()
	return r.MTU() + header.IPv6MinimumSize, nil
}

// pathMTU returns the struct ip6_mtuinfo of IPV6_PATHMTU, without the address:
// ENOTCONN for a
// socket that is not connected.
func (e *endpoint) pathMTU() ([]byte, error) {
	peer, ok := e.datagramPeer()
	if !ok {
		return nil, abi.ENOTCONN
	}
	mtu, err := e.routeMTU(peer)
	if err != nil {
		return nil, err
	}
	return binary.LittleEndian.AppendUint32(make([]byte, sizeSockaddrIn6), mtu), nil
}

// fits returns EMSGSIZE for a datagram of n bytes that is not to be fragmented
// (IPV6_DONTFRAG) and too large for its way. Sockets are told how large it may be.
func (e *endpoint) fits(n int, c *sendControl) error {
	if n += header.IPv6MinimumSize + c.headers.size(); e.kind == kindUDP {
		n += header.UDPMinimumSize
	}
	to := e.target(c)
	mtu, err := e.routeMTU(c.headers.to(to))
	if err != nil || n <= int(mtu) {
		return err
	}
	if c.minimal(to.Addr) {
		mtu = min(mtu, leastMTU)
	}
	e.in.paths.tell(to, mtu)
	return abi.EMSGSIZE
}
