// Packets that are captured wait in two buffers: one is filled while a reader
// takes the other.
package bpf

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/rumpkit/rumpkit/factions/net/bpf/filter"
	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/factions/net/inet"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// device is an open /dev/bpf.
type device struct {
	b *BPF

	mu        sync.Mutex
	ifname    string
	tapped    inet.Tapped // the interface, nil before BIOCSETIF
	link      *ether.Link // the same, when it is Ethernet
	promisc   bool
	size      int   // of a buffer
	reserved  int64 // memory that the buffers may take
	store     []byte
	hold      []byte
	prog      filter.Program
	immediate bool
	seeSent   bool
	complete  bool // headers of written frames are (BIOCSHDRCMPLT)
	feedback  bool
	timeout   time.Duration // of a read, 0 for none
	expired   bool          // it passed while store held something
	timer     hypercall.Timer
	round     uint64 // counts the times it was set
	received  uint64
	dropped   uint64
	captured  uint64
	flat      []byte // a packet in one piece

	cond proc.Cond
	wait event.Queue
}

// headerSize is the bytes of struct bpf_hdr that are filled in.
const headerSize = 26

// nullSize is the length of what is before a packet of a loopback: its family.
const nullSize = 4

func align(n int) int { return (n + abi.BPF_ALIGNMENT - 1) &^ (abi.BPF_ALIGNMENT - 1) }

// Packet implements ether.Tap.
func (d *device) Packet(f *ether.Frame, out bool) {
	d.mu.Lock()
	wake := d.capture(f, out)
	d.mu.Unlock()
	if wake {
		d.wait.Notify(abi.POLLIN | abi.POLLRDNORM)
	}
}

// capture keeps what the program wants of a packet: true when a reader has
// something to read now. Preconditions: d.mu is held.
func (d *device) capture(f *ether.Frame, out bool) bool {
	if d.tapped == nil || out && !d.seeSent {
		return false
	}
	d.received++
	d.b.received.Add(1)
	p := d.flatten(f)
	n := min(uint64(d.prog.Run(p, len(p))), uint64(len(p)))
	if n == 0 {
		return false
	}
	d.captured++
	d.b.captured.Add(1)
	return d.keep(p[:n], len(p))
}

// flatten returns the bytes of a packet, those of a loopback's with its family
// in front.
func (d *device) flatten(f *ether.Frame) []byte {
	d.flat = d.flat[:0]
	if d.link == nil {
		d.flat = append(d.flat, 0, 0, 0, 0)
	}
	for _, part := range f.AsSlices() {
		d.flat = append(d.flat, part...)
	}
	if d.link == nil && len(d.flat) > nullSize {
		family := byte(abi.AF_INET)
		if d.flat[nullSize]>>4 == 6 {
			family = abi.AF_INET6
		}
		d.flat[0] = family
	}
	return d.flat
}

// linkSize is the length of a link header on the interface.
func (d *device) linkSize() int {
	if d.link == nil {
		return nullSize
	}
	return ether.HeaderSize
}

// keep stores a packet behind the others. The network header begins at a
// multiple of the alignment.
func (d *device) keep(p []byte, wire int) (wake bool) {
	hdr := align(d.linkSize()+headerSize) - d.linkSize()
	at := align(len(d.store))
	room := d.size - at - hdr
	if room < min(len(p), d.size-hdr) {
		if len(d.hold) > 0 {
			d.dropped++
			d.b.dropped.Add(1)
			return false
		}
		d.rotate()
		at, room, wake = 0, d.size-hdr, true
	}
	if room <= 0 {
		return wake
	}
	p = p[:min(len(p), room)]
	if len(d.store) == 0 {
		d.arm()
	}
	d.store = append(d.store, make([]byte, at-len(d.store))...)
	d.store = d.appendHeader(d.store, len(p), wire, hdr)
	d.store = append(d.store, p...)
	if d.immediate || d.expired {
		wake = true
	}
	if wake {
		d.cond.Broadcast()
	}
	return wake
}

// appendHeader appends a struct bpf_hdr of hdr bytes.
func (d *device) appendHeader(b []byte, caught, wire, hdr int) []byte {
	now := d.b.in.Base().Host.Now()
	b = binary.LittleEndian.AppendUint64(b, uint64(now/1e9))
	b = binary.LittleEndian.AppendUint64(b, uint64(now%1e9/1e3))
	b = binary.LittleEndian.AppendUint32(b, uint32(caught))
	b = binary.LittleEndian.AppendUint32(b, uint32(wire))
	b = binary.LittleEndian.AppendUint16(b, uint16(hdr))
	return append(b, make([]byte, hdr-headerSize)...)
}

// rotate makes what is stored readable. Preconditions: d.mu is held, nothing
// is held for a reader.
func (d *device) rotate() {
	d.store, d.hold = d.hold[:0], d.store
	d.disarm()
}

// arm starts the clock for what begins to be stored: after the timeout it may
// be read though the buffer is not full.
func (d *device) arm() {
	if d.timeout == 0 || d.immediate || d.timer != nil {
		return
	}
	d.round++
	round := d.round
	d.timer = d.b.in.Base().Host.AfterFunc(d.timeout, func() { d.expire(round) })
}

// expire lets readers have what was stored in a round that has taken too long.
func (d *device) expire(round uint64) {
	d.mu.Lock()
	mine := d.timer != nil && d.round == round
	if mine {
		d.timer, d.expired = nil, true
		d.cond.Broadcast()
	}
	d.mu.Unlock()
	if mine {
		d.wait.Notify(abi.POLLIN | abi.POLLRDNORM)
	}
}

// disarm stops the clock. Preconditions: d.mu is held.
func (d *device) disarm() {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	d.expired = false
}

// reset drops what was captured. Preconditions: d.mu is held.
func (d *device) reset() {
	d.store, d.hold = d.store[:0], d.hold[:0]
	d.received, d.dropped, d.captured = 0, 0, 0
	d.disarm()
}

// readable reports whether a read would return at once.
func (d *device) readable() bool {
	return len(d.hold) > 0 || (d.immediate || d.expired) && len(d.store) > 0
}
