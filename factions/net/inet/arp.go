// Packets of ARP that are not the stack's: of addresses that are not in use
// yet, and of those that are answered for others.
package inet

import (
	"sync"
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/factions/net/ether"
)

// arpKey is an address on an interface.
type arpKey struct {
	nic  tcpip.NICID
	addr tcpip.Address
}

// arpWatch is the addresses that packets of ARP are looked at for. Receivers
// ask it, so that its lock is the last that is taken.
type arpWatch struct {
	any atomic.Bool // whether there are some at all

	mu sync.Mutex
	// probed are the addresses that a duplicate is looked for of; published the
	// link addresses that questions are answered with.
	probed    map[arpKey]bool
	published map[arpKey]tcpip.LinkAddress
}

// change runs fn, which changes the addresses.
func (w *arpWatch) change(fn func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.probed == nil {
		w.probed, w.published = map[arpKey]bool{}, map[arpKey]tcpip.LinkAddress{}
	}
	fn()
	w.any.Store(len(w.probed)+len(w.published) > 0)
}

// probe has packets looked at for an address, or no longer.
func (w *arpWatch) probe(k arpKey, on bool) {
	w.change(func() {
		if on {
			w.probed[k] = true
		} else {
			delete(w.probed, k)
		}
	})
}

// publish has questions for an address answered, or no longer when link is "".
func (w *arpWatch) publish(k arpKey, link tcpip.LinkAddress) {
	w.change(func() {
		if link != "" {
			w.published[k] = link
		} else {
			delete(w.published, k)
		}
	})
}

// find returns which of two addresses of a packet is looked for duplicates of,
// and the link address that the one that is asked for is answered with.
func (w *arpWatch) find(from, to arpKey) (dup arpKey, found bool, link tcpip.LinkAddress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.probed[from]:
		dup, found = from, true
	case from.addr.Unspecified() && w.probed[to]:
		dup, found = to, true
	}
	return dup, found, w.published[to]
}

// ARP implements ether.Host: a packet came in by the interface.
func (h *host) ARP(l *ether.Link, p header.ARP) {
	if !h.in.arp.any.Load() || !p.IsValid() {
		return
	}
	sender := tcpip.LinkAddress(p.HardwareAddressSender())
	if sender == l.LinkAddress() || sender == header.EthernetBroadcastAddress {
		return
	}
	from := arpKey{h.nic, tcpip.AddrFrom4Slice(p.ProtocolAddressSender())}
	to := arpKey{h.nic, tcpip.AddrFrom4Slice(p.ProtocolAddressTarget())}
	dup, found, link := h.in.arp.find(from, to)
	if found {
		h.in.discovery.later(func(*stack.Stack, *interfaces) { h.in.duplicate4(dup) })
	}
	if link != "" && p.Op() == header.ARPRequest && !to.addr.Unspecified() {
		sendARP(l, header.ARPReply, sender, arpEnd{link, to.addr}, arpEnd{sender, from.addr})
	}
}

// arpEnd is one side of a packet.
type arpEnd struct {
	link tcpip.LinkAddress
	addr tcpip.Address
}

// askARP asks all for the link address of an address. To ask for one of one's
// own tells whose it is; from 0.0.0.0 it asks whether somebody has it.
func (i *iface) askARP(from, target tcpip.Address) {
	sendARP(i.eth, header.ARPRequest, header.EthernetBroadcastAddress,
		arpEnd{i.eth.LinkAddress(), from}, arpEnd{addr: target})
}

// sendARP sends a packet to a link address.
func sendARP(l *ether.Link, op header.ARPOp, dst tcpip.LinkAddress, from, to arpEnd) {
	b := make([]byte, ether.HeaderSize+header.ARPSize)
	header.Ethernet(b).Encode(&header.EthernetFields{SrcAddr: l.LinkAddress(), DstAddr: dst, Type: header.ARPProtocolNumber})
	p := header.ARP(b[ether.HeaderSize:])
	p.SetIPv4OverEthernet()
	p.SetOp(op)
	copy(p.HardwareAddressSender(), from.link)
	copy(p.ProtocolAddressSender(), from.addr.AsSlice())
	copy(p.HardwareAddressTarget(), to.link)
	copy(p.ProtocolAddressTarget(), to.addr.AsSlice())
	var list stack.PacketBufferList
	f := ether.NewFrame(b)
	list.PushBack(f)
	_, _ = l.WritePackets(list)
	f.DecRef()
}
