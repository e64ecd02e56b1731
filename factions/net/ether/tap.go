// Those who look on: bpf, and bridges.
package ether

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Tap sees the packets of an interface.
type Tap interface {
	// Packet is shown a packet that comes in or goes out, headers included.
	// It must not change it, block, or keep it: who needs it later copies.
	Packet(pkt *Frame, out bool)
}

// Taps is those who see the packets of an interface. Its zero value is ready.
type Taps struct {
	list atomic.Pointer[[]Tap]
	mu   sync.Mutex // held while the list changes
}

// AddTap adds one who sees every packet from now on.
func (t *Taps) AddTap(tap Tap) {
	t.change(func(list []Tap) []Tap { return append(list, tap) })
}

// RemoveTap takes one out again. Packets that are on their way may still be
// shown to it.
func (t *Taps) RemoveTap(tap Tap) {
	t.change(func(list []Tap) []Tap {
		return slices.DeleteFunc(list, func(o Tap) bool { return o == tap })
	})
}

func (t *Taps) change(fn func([]Tap) []Tap) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []Tap
	if old := t.list.Load(); old != nil {
		list = slices.Clone(*old)
	}
	if list = fn(list); len(list) == 0 {
		t.list.Store(nil)
		return
	}
	t.list.Store(&list)
}

func (t *Taps) see(pkt *Frame, out bool) {
	if list := t.list.Load(); list != nil {
		for _, tap := range *list {
			tap.Packet(pkt, out)
		}
	}
}

// Watched reports whether somebody sees the packets.
func (t *Taps) Watched() bool { return t.list.Load() != nil }

// See shows a packet to every tap. Links of other kinds than Link call it.
func (t *Taps) See(pkt *Frame, out bool) { t.see(pkt, out) }

// Bridge is what an interface that is part of a bridge hands its frames to.
// Its methods are called by many goroutines at a time and must not block.
type Bridge interface {
	// Input is shown a frame that came in on l, whoever it is for. True
	// swallows it; otherwise the interface takes it if it is addressed to it.
	// The frame is the caller's; Clone makes one to keep.
	Input(l *Link, f *Frame) bool
	// Output is given the frames that the stack sends by l. True says that
	// it has sent them, by Transmit of one link or several.
	Output(l *Link, frames []*Frame) bool
}

type bridgeRef struct{ Bridge }

// SetBridge makes the interface part of a bridge, which sees every frame on
// the medium; nil ends that. EBUSY when it is part of one already.
func (l *Link) SetBridge(b Bridge) error {
	if b == nil {
		if l.bridge.Swap(nil) != nil {
			l.Promiscuous(false)
		}
		return nil
	}
	if !l.bridge.CompareAndSwap(nil, &bridgeRef{b}) {
		return abi.EBUSY
	}
	l.Promiscuous(true)
	return nil
}
