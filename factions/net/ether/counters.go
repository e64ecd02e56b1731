// What an interface counts.
package ether

import (
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Counters count the frames of an interface.
type Counters struct {
	// InErrors counts frames that can't be understood, InDrops those there
	// was no room for; drivers add to both, and to OutErrors.
	InErrors, InDrops, OutErrors atomic.Uint64

	inPackets, inBytes, inMulti    atomic.Uint64
	outPackets, outBytes, outMulti atomic.Uint64
	drops                          atomic.Uint64
}

// Dropped counts frames that could not be sent for want of room.
func (c *Counters) Dropped(n int) { c.drops.Add(uint64(n)) }

// Sent counts a frame that goes out. One to all is not one to a group here, as on
// NetBSD.
func (c *Counters) Sent(f *Frame) {
	c.outPackets.Add(1)
	c.outBytes.Add(uint64(f.Size()))
	if eth, ok := Header(f); ok && IsMulticast(eth) && eth.DestinationAddress() != header.EthernetBroadcastAddress {
		c.outMulti.Add(1)
	}
}

// arrived counts a frame for this interface alone, of size bytes.
func (c *Counters) arrived(size int) {
	c.inPackets.Add(1)
	c.inBytes.Add(uint64(size))
}

// Received counts a frame that comes in.
func (c *Counters) Received(f *Frame) {
	c.arrived(f.Size())
	if eth, ok := Header(f); ok && IsMulticast(eth) {
		c.inMulti.Add(1)
	}
}

// FillData enters the counters in the answer of SIOCGIFDATA.
func (c *Counters) FillData(d *abi.IfData) {
	d.Ipackets, d.Ibytes, d.Imcasts = c.inPackets.Load(), c.inBytes.Load(), c.inMulti.Load()
	d.Opackets, d.Obytes, d.Omcasts = c.outPackets.Load(), c.outBytes.Load(), c.outMulti.Load()
	d.Ierrors, d.Iqdrops, d.Oerrors = c.InErrors.Load(), c.InDrops.Load(), c.OutErrors.Load()+c.drops.Load()
}

// Reset sets the counters to 0.
func (c *Counters) Reset() {
	for _, n := range []*atomic.Uint64{
		&c.InErrors, &c.InDrops, &c.OutErrors, &c.inPackets, &c.inBytes, &c.inMulti,
		&c.outPackets, &c.outBytes, &c.outMulti, &c.drops,
	} {
		n.Store(0)
	}
}
