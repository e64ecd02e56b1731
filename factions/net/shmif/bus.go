// The bus: a file of 1 MiB that all members map. It begins with a head; the
// rest is a ring of packets, each a head and an Ethernet frame, which may wrap
// over the end. Nothing that is read from it is trusted.
package shmif

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

const (
	busSize  = 1 << 20
	headSize = 32
	ringSize = busSize - headSize

	magic   = 0xca11d054
	version = 3

	// Where the fields of the head are.
	offMagic   = 0
	offVersion = 4
	offGen     = 8
	offFirst   = 16
	offLast    = 20
	offLock    = 24
	offSpare   = 28

	// pktHead is the head of a packet: length, seconds and microseconds of 32
	// bits each, padding, and the sender's id of 64 bits.
	pktHead = 24
	// maxFrame is the longest frame that members take.
	maxFrame = 1514
)

// bus is a mapped bus. Its methods but lock are for who has the lock.
type bus struct {
	hypercall.Mapping
	mem, ring []byte
	host      hypercall.Host
	// broken is set when a packet was found that can't be one.
	broken bool
}

// state is the fields that move as packets are sent.
type state struct {
	gen         uint64
	first, last uint32
}

// openBus maps the bus of that name, and makes it when it is new: ENOEXEC for
// a file that is something else.
func openBus(h hypercall.Host, name string) (*bus, error) {
	m, err := h.Map(name, busSize)
	if err != nil {
		return nil, err
	}
	b := &bus{Mapping: m, mem: m.Mem(), host: h}
	b.ring = b.mem[headSize:]
	if err := b.begin(); err != nil {
		_ = m.Close()
		return nil, err
	}
	return b, nil
}

func (b *bus) begin() error {
	switch word(b.mem, offMagic).Load() {
	case 0, magic:
	default:
		return abi.ENOEXEC
	}
	b.lock()
	defer b.unlock()
	if word(b.mem, offMagic).CompareAndSwap(0, magic) {
		word(b.mem, offFirst).Store(ringSize)
	}
	return nil
}

// state returns the state, which need not make sense.
func (b *bus) state() state {
	return state{word64(b.mem, offGen).Load(), word(b.mem, offFirst).Load(), word(b.mem, offLast).Load()}
}

func (b *bus) store(s state) {
	word(b.mem, offFirst).Store(s.first)
	word(b.mem, offLast).Store(s.last)
	word64(b.mem, offGen).Store(s.gen)
}

// check returns the state and where the newest packet ends. A bus that makes
// no sense is begun anew first: readers see that they have missed something.
func (b *bus) check() (s state, end uint32) {
	s = b.state()
	if s.last < ringSize && s.first <= ringSize && s.first != s.last {
		if n := b.length(s.last); n <= maxFrame {
			return s, advance(s.last, pktHead+n)
		}
	}
	s, end = b.anew(s)
	b.store(s)
	return s, end
}

// anew returns the state of an empty bus. Its generation tells readers of the
// old one that they have missed something.
func (b *bus) anew(old state) (s state, end uint32) {
	b.broken = false
	clear(b.ring[:pktHead])
	return state{gen: old.gen + 2, first: ringSize}, pktHead
}

// advance returns the place n bytes after off.
func advance(off, n uint32) uint32 { return (off + n) % ringSize }

// read copies from the ring at off, which may be the end.
func (b *bus) read(dst []byte, off uint32) {
	n := copy(dst, b.ring[off:])
	copy(dst[n:], b.ring)
}

// length returns the length of the packet at off.
func (b *bus) length(off uint32) uint32 {
	var n [4]byte
	b.read(n[:], off)
	return binary.LittleEndian.Uint32(n[:])
}

// write copies part into the ring from off on and returns where it ends.
// Packets that are in the way are given up. wrapped tells that the end of the
// ring was reached.
func (b *bus) write(s *state, off uint32, part []byte) (next uint32, wrapped bool) {
	n := min(len(part), ringSize-int(off))
	wrapped = int(off)+n == ringSize
	room := uint32(n)
	if wrapped {
		room++
	}
	b.makeRoom(s, off, room)
	copy(b.ring[off:], part[:n])
	if n < len(part) {
		b.makeRoom(s, 0, uint32(len(part)-n))
		copy(b.ring, part[n:])
	}
	return advance(off, uint32(len(part))), wrapped
}

// makeRoom moves the oldest packet on until it is not in the n bytes from off.
func (b *bus) makeRoom(s *state, off, n uint32) {
	for tries := 0; off <= s.first+pktHead && off+n > s.first; tries++ {
		size := b.length(s.first)
		if size > maxFrame || tries > ringSize/pktHead {
			b.broken = true
			return
		}
		s.first = advance(s.first, pktHead+size)
	}
}
