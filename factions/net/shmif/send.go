// Packets that are sent.
package shmif

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/factions/net/ether"
)

// Send implements ether.Driver: all frames go under one lock, and one write
// wakes the other members.
func (d *driver) Send(frames []*ether.Frame) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.up {
		d.link.Dropped(len(frames))
		return
	}
	if !d.safely(func() { d.put(frames) }) {
		d.link.OutErrors.Add(uint64(len(frames)))
		return
	}
	_, _ = d.bus.WriteAt([]byte{version, 0, 0, 0}, offVersion)
}

// put writes the frames. Preconditions: d.mu is held.
func (d *driver) put(frames []*ether.Frame) {
	b := d.bus
	b.lock()
	defer b.unlock()
	s, end := b.check()
	caughtUp := d.at == end && d.gen == s.gen
	now := d.host.Mono()
	var head [pktHead]byte
	binary.LittleEndian.PutUint32(head[4:], uint32(now/1e9))
	binary.LittleEndian.PutUint32(head[8:], uint32(now%1e9/1000))
	binary.LittleEndian.PutUint64(head[16:], d.id)
	for _, f := range frames {
		size := f.Size()
		if size > maxFrame {
			d.link.OutErrors.Add(1)
			continue
		}
		binary.LittleEndian.PutUint32(head[:], uint32(size))
		s.last = end
		end = b.packet(&s, end, head[:], f)
	}
	if b.broken {
		s, end = b.anew(s)
	}
	b.store(s)
	if caughtUp { // what is new is our own
		d.at, d.gen, d.seen = end, s.gen, s
	}
}

// packet writes one packet at off and returns where it ends.
func (b *bus) packet(s *state, off uint32, head []byte, f *ether.Frame) uint32 {
	off, wrapped := b.write(s, off, head)
	views, skip := f.AsViewList()
	for v := views.Front(); v != nil; v = v.Next() {
		part := v.AsSlice()
		n := min(skip, len(part))
		skip -= n
		if part = part[n:]; len(part) > 0 {
			var w bool
			off, w = b.write(s, off, part)
			wrapped = wrapped || w
		}
	}
	if wrapped {
		s.gen++
	}
	return off
}
