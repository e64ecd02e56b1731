// The frames of one interface.
package virt

import (
	"sync"

	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// frameSize is the longest frame, a large segment that is not cut.
const frameSize = 65536 + ether.HeaderSize

// driver implements ether.Driver. A goroutine reads frames from when the
// interface is made until it is destroyed: those that come while it is down
// are dropped above, as by a card.
type driver struct {
	tap     hypercall.Tap
	link    *ether.Link
	start   func(func())
	running sync.WaitGroup
}

// Up implements ether.Driver.
func (d *driver) Up() error { return nil }

// Down implements ether.Driver.
func (d *driver) Down() {}

// Destroy implements ether.Driver.
func (d *driver) Destroy() {
	_ = d.tap.Close()
	d.running.Wait()
}

// begin starts the goroutine.
func (d *driver) begin() {
	d.running.Add(1)
	d.start(func() {
		defer d.running.Done()
		d.receive()
	})
}

func (d *driver) receive() {
	buf := make([]byte, hypercall.TapHeaderSize+frameSize)
	for {
		n, err := d.tap.Read(buf)
		switch {
		case err == abi.EBADF:
			return
		case err != nil || n < hypercall.TapHeaderSize:
			d.link.InErrors.Add(1)
			if err != nil && err != abi.EIO {
				return
			}
			continue
		}
		var gso stack.GSO
		b := buf[:n]
		if !parse(b, &gso) {
			d.link.InErrors.Add(1)
			continue
		}
		f := ether.NewFrame(b[hypercall.TapHeaderSize:])
		f.GSOOptions = gso
		d.link.Deliver(f)
	}
}

// Send implements ether.Driver.
func (d *driver) Send(frames []*ether.Frame) {
	var head [hypercall.TapHeaderSize]byte
	for _, f := range frames {
		parts := append(make([][]byte, 0, 8), head[:])
		for _, p := range f.AsSlices() {
			if len(p) > 0 {
				parts = append(parts, p)
			}
		}
		encode(head[:], &f.GSOOptions, parts[1:])
		if d.tap.Write(parts) != nil {
			d.link.Dropped(1)
		}
	}
}
