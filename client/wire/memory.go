// Addresses: what the server is told instead of pointers. An address names a
// call in progress, one of its slots or pins, and an offset, so that each use
// is checked.
//
//	bit 48..62  tag of the thread, from 1
//	bit 47      a pin of the frame, which knows the rest
//	bit 43..46  slot
//	bit 35..42  which call of the thread, so that what the server stores when
//	            a call is over (aio) does not reach the next one
//	bit  0..34  offset
package wire

import (
	"bytes"
	"sync"

	"github.com/rumpkit/rumpkit/kernel/sysent"
)

const (
	tagShift  = 48
	slotShift = 43
	slotMask  = 15
	callShift = 35
	offMask   = 1<<callShift - 1
	pinBit    = 1 << 47
	// anonTag is the tag of memory that servers asked for.
	anonTag = 1<<15 - 1
	maxTag  = anonTag - 1
)

// slotAddr is the address of slot i of the thread's call.
func (t *thread) slotAddr(i int) uint64 {
	return uint64(t.tag)<<tagShift | uint64(i)<<slotShift | uint64(t.calls)<<callShift
}

// memory is what an address stands for, from there to the end.
type memory struct {
	b        []byte
	t        *thread // of the call it belongs to
	str      bool    // a NUL follows it
	readOnly bool
}

// resolve returns the memory at addr; nothing when there is none.
func (c *conn) resolve(addr uint64) memory {
	tag := uint16(addr >> tagShift)
	if tag == anonTag {
		return memory{b: c.p.anon.at(addr)}
	}
	c.mu.Lock()
	t := c.calls[tag]
	if t == nil && addr&pinBit != 0 {
		t = c.untagged(addr)
	}
	c.mu.Unlock()
	if t == nil {
		return memory{}
	}
	if addr&pinBit != 0 {
		if b := t.f.Pinned(addr); b != nil {
			return memory{b: b, t: t}
		}
		return memory{}
	}
	if uint8(addr>>callShift) != t.calls {
		return memory{}
	}
	return t.slot(int(addr>>slotShift&slotMask), addr&offMask)
}

// untagged finds the call whose frame, never given the thread's tag, has
// pinned addr. Preconditions: c.mu is held.
func (c *conn) untagged(addr uint64) *thread {
	for _, t := range c.calls {
		if t.f.Pinned(addr) != nil {
			return t
		}
	}
	return nil
}

// slot returns the memory of slot i from off on.
func (t *thread) slot(i int, off uint64) memory {
	m := memory{t: t, readOnly: true}
	if i >= sysent.MaxSlots {
		return m
	}
	b := t.f.Mem[i]
	if b == nil || off > uint64(len(b)) {
		return m
	}
	m.b = b[off:]
	m.str = sysent.IsString(t.num, i)
	m.readOnly = !sysent.Writable(t.num, i)
	return m
}

// read returns at most n bytes, up to a NUL for a string; nul says that a NUL
// belongs behind them.
func (m memory) read(n uint64, str bool) (b []byte, nul bool) {
	b = m.b
	if b == nil {
		return nil, false
	}
	if str {
		if i := bytes.IndexByte(b, 0); i >= 0 {
			b = b[:i]
		}
		nul = true
	} else {
		nul = m.str
	}
	if uint64(len(b)) >= n {
		return b[:n], false
	}
	return b, nul
}

// anon is memory that servers asked for, for results that have no place in
// the caller's.
type anon struct {
	mu     sync.Mutex
	blocks [maxAnon][]byte
	used   uint64
}

const (
	maxAnon      = 64
	maxAnonBytes = 64 << 20
	anonShift    = 40
)

// alloc returns the address of n fresh zeroed bytes, 0 when there are none.
func (a *anon) alloc(n uint64) uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n == 0 || n > maxAnonBytes-a.used {
		return 0
	}
	for i := range a.blocks {
		if a.blocks[i] == nil {
			a.blocks[i] = make([]byte, n)
			a.used += n
			return anonTag<<tagShift | uint64(i)<<anonShift
		}
	}
	return 0
}

// at returns the memory at addr.
func (a *anon) at(addr uint64) []byte {
	i, off := addr&(1<<tagShift-1)>>anonShift, addr&(1<<anonShift-1)
	a.mu.Lock()
	defer a.mu.Unlock()
	if addr>>tagShift != anonTag || i >= maxAnon || off > uint64(len(a.blocks[i])) {
		return nil
	}
	return a.blocks[i][off:]
}

// take returns the memory that begins at addr and forgets it.
func (a *anon) take(addr uint64) []byte {
	b := a.at(addr)
	if b == nil || addr&(1<<anonShift-1) != 0 {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.blocks[addr&(1<<tagShift-1)>>anonShift] = nil
	a.used -= uint64(len(b))
	return b
}
