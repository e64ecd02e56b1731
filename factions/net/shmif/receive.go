// Packets that are received.
package shmif

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/factions/net/ether"
)

// batch is how many frames are copied under one lock.
const batch = 64

// changed is called after somebody has written to the bus.
func (d *driver) changed() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.news = true
	if d.up && !d.busy {
		d.busy = true
		d.start(d.receive)
	}
}

// receive delivers what is new until nothing is.
func (d *driver) receive() {
	var list []*ether.Frame
	d.mu.Lock()
	for d.up && d.news {
		d.news = false
		ok := d.safely(func() { list = d.take(list[:0]) })
		if !ok || len(list) == batch {
			d.news = ok
		}
		d.mu.Unlock()
		d.link.DeliverAll(list)
		clear(list)
		d.mu.Lock()
	}
	d.busy = false
	d.idle.Broadcast()
	d.mu.Unlock()
}

// take copies up to batch frames that are new and of interest. Preconditions:
// d.mu is held.
func (d *driver) take(list []*ether.Frame) []*ether.Frame {
	b := d.bus
	if b.state() == d.seen {
		return list // it was our own write
	}
	b.lock()
	defer b.unlock()
	s, end := b.check()
	if !d.valid(s, end) {
		d.at, d.gen = s.first, s.gen
		if s.first > s.last {
			d.gen--
		}
	}
	for tries := 0; d.at != end || d.gen != s.gen; tries++ {
		if len(list) == batch {
			return list
		}
		f, ok := d.next()
		if !ok || tries > ringSize/pktHead {
			d.link.InErrors.Add(1)
			d.at, d.gen = end, s.gen
		} else if f != nil {
			list = append(list, f)
		}
	}
	d.seen = s
	return list
}

// valid reports whether the place of the reader is still between the oldest
// packet and the end of the newest. Both, and the reader, are seen on a ring
// of twice the size.
func (d *driver) valid(s state, end uint32) bool {
	behind := s.gen - d.gen
	at := d.at
	switch {
	case behind > 1:
		return false
	case s.first >= end:
		end += ringSize
		if behind == 0 {
			at += ringSize
		}
	case behind == 1:
		return false
	}
	return at >= s.first && at <= end
}

// next reads the packet at the reader's place and moves on. The frame is nil
// when it is of no interest; not ok when there can't be a packet.
func (d *driver) next() (f *ether.Frame, ok bool) {
	b := d.bus
	var head [pktHead + ether.HeaderSize]byte
	b.read(head[:], d.at)
	size := binary.LittleEndian.Uint32(head[:])
	if size > maxFrame {
		return nil, false
	}
	start := advance(d.at, pktHead)
	if d.at+pktHead+size >= ringSize {
		d.gen++
	}
	d.at = advance(start, size)
	if size < ether.HeaderSize || binary.LittleEndian.Uint64(head[16:]) == d.id || !d.link.WantsAddr(head[pktHead:]) {
		return nil, true
	}
	v := buffer.NewViewSize(int(size))
	b.read(v.AsSlice(), start)
	return stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: buffer.MakeWithView(v)}), true
}
