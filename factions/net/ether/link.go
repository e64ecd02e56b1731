// The link endpoint that the stack sees.
package ether

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

var _ interface {
	stack.LinkEndpoint
	stack.GSOEndpoint
} = (*Link)(nil)

// Attach implements stack.NetworkLinkEndpoint.
func (l *Link) Attach(d stack.NetworkDispatcher) {
	if d == nil {
		l.above.Store(nil)
		return
	}
	l.above.Store(&above{d, l.host})
}

// IsAttached implements stack.NetworkLinkEndpoint.
func (l *Link) IsAttached() bool { return l.above.Load() != nil }

// SetHost tells what the interface will belong to, before it does.
func (l *Link) SetHost(h Host) { l.host = h }

// MTU implements stack.NetworkLinkEndpoint: the header is not part of it.
func (l *Link) MTU() uint32 { return l.mtu.Load() }

// SetMTU implements stack.NetworkLinkEndpoint.
func (l *Link) SetMTU(mtu uint32) { l.mtu.Store(mtu) }

// MaxHeaderLength implements stack.NetworkLinkEndpoint.
func (l *Link) MaxHeaderLength() uint16 { return HeaderSize }

// LinkAddress implements stack.NetworkLinkEndpoint.
func (l *Link) LinkAddress() tcpip.LinkAddress { return *l.addr.Load() }

// SetLinkAddress implements stack.NetworkLinkEndpoint.
func (l *Link) SetLinkAddress(a tcpip.LinkAddress) { l.addr.Store(&a) }

// Capabilities implements stack.NetworkLinkEndpoint. Datagrams are checksummed
// above in any case: fragments of one can't be finished later.
func (l *Link) Capabilities() stack.LinkEndpointCapabilities {
	c := stack.CapabilityResolutionRequired
	if l.cfg.Offload {
		c |= stack.CapabilityRXChecksumOffload
	}
	return c
}

// GSOMaxSize implements stack.GSOEndpoint.
func (l *Link) GSOMaxSize() uint32 { return superSize - HeaderSize }

// SupportedGSO implements stack.GSOEndpoint: TCP always hands down large
// segments, as cutting them here costs less than cutting them above.
func (l *Link) SupportedGSO() stack.SupportedGSO { return stack.HostGSOSupported }

// ARPHardwareType implements stack.NetworkLinkEndpoint.
func (l *Link) ARPHardwareType() header.ARPHardwareType { return header.ARPHardwareEther }

// AddHeader implements stack.NetworkLinkEndpoint.
func (l *Link) AddHeader(pkt *Frame) {
	header.Ethernet(pkt.LinkHeader().Push(HeaderSize)).Encode(&header.EthernetFields{
		SrcAddr: l.LinkAddress(),
		DstAddr: pkt.EgressRoute.RemoteLinkAddress,
		Type:    pkt.NetworkProtocolNumber,
	})
}

// ParseHeader implements stack.NetworkLinkEndpoint.
func (l *Link) ParseHeader(pkt *Frame) bool {
	_, ok := pkt.LinkHeader().Consume(HeaderSize)
	return ok
}

// Wait implements stack.NetworkLinkEndpoint: goroutines are the driver's.
func (l *Link) Wait() {}

// Close implements stack.NetworkLinkEndpoint.
func (l *Link) Close() {}

// SetOnCloseAction implements stack.NetworkLinkEndpoint.
func (l *Link) SetOnCloseAction(func()) {}
