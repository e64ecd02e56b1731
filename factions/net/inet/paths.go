// Packets that are too large for their way, which sockets may ask to be told of
// (IPV6_RECVPATHMTU): they receive a message that has no data, only the size.
package inet

import (
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// paths is the sockets that are told.
type paths struct {
	some atomic.Bool
	mu   sync.Mutex
	list []*endpoint
}

// pathNews is how large packets to an address may be, in bytes.
type pathNews struct {
	to  tcpip.FullAddress
	mtu uint32
}

// maxNews bounds the news that wait at one socket.
const maxNews = 16

// want enters or removes a socket.
func (p *paths) want(e *endpoint, on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = slices.DeleteFunc(p.list, func(x *endpoint) bool { return x == e })
	if e.extra.want(recvMTU, on); on {
		p.list = append(p.list, e)
	}
	p.some.Store(len(p.list) > 0)
}

// remove removes a socket that is closed.
func (p *paths) remove(e *endpoint) {
	if e.v6 && e.extra.wants(recvMTU) {
		p.want(e, false)
	}
}

// tell tells all sockets but those that are connected to somebody else.
func (p *paths) tell(to tcpip.FullAddress, mtu uint32) {
	if !p.some.Load() {
		return
	}
	p.mu.Lock()
	list := slices.Clone(p.list)
	p.mu.Unlock()
	for _, e := range list {
		if peer, ok := e.datagramPeer(); ok && peer.Addr != to.Addr {
			continue
		}
		e.extra.amend(func(r *rare) {
			if len(r.news) < maxNews {
				r.news = append(r.news, pathNews{to, mtu})
				e.extra.news.Store(true)
			}
		})
		e.sock.Notify(abi.POLLIN)
	}
}

// arrives looks at a message of ICMPv6: a router may have found a packet too
// large.
func (p *paths) arrives(pkt *stack.PacketBuffer) {
	h, ip := header.ICMPv6(pkt.TransportHeader().Slice()), header.IPv6(pkt.NetworkHeader().Slice())
	if len(h) < header.ICMPv6MinimumSize || h.Type() != header.ICMPv6PacketTooBig {
		return
	}
	data := pkt.Data()
	sum := header.ICMPv6Checksum(header.ICMPv6ChecksumParams{Header: h, Src: ip.SourceAddress(), Dst: ip.DestinationAddress(),
		PayloadCsum: data.Checksum(), PayloadLen: data.Size()})
	if b, ok := data.PullUp(header.IPv6MinimumSize); ok && sum == h.Checksum() {
		p.tell(tcpip.FullAddress{Addr: header.IPv6(b).DestinationAddress()}, binary.BigEndian.Uint32(h[4:]))
	}
}

// datagramPeer returns whom a socket of datagrams is connected to.
func (e *endpoint) datagramPeer() (tcpip.FullAddress, bool) {
	if e.kind == kindRaw {
		return e.extra.peerAddr()
	}
	a, err := e.ep.GetRemoteAddress()
	return a, err == nil
}

// recvNews fills m with the oldest news, false when there are none.
func (e *endpoint) recvNews(m *net.Message) (ok bool) {
	var n pathNews
	e.extra.amend(func(r *rare) {
		if ok = len(r.news) > 0; !ok {
			return
		}
		if n = r.news[0]; m.Flags&abi.MSG_PEEK == 0 {
			r.news = r.news[1:]
			e.extra.news.Store(len(r.news) > 0)
		}
	})
	if !ok {
		return false
	}
	addr := appendAddr(m.AppendName(), n.to, true)
	if m.WantControl {
		info := binary.LittleEndian.AppendUint32(slices.Clone(addr), n.mtu)
		m.Control = net.AppendControl(nil, abi.IPPROTO_IPV6, abi.IPV6_PATHMTU, info)
	}
	if m.WantName {
		m.Name = addr
	}
	return true
}
