// Package sysent is the system-call table at run time: numbers, names, rows,
// and the frame in which a call's arguments travel from a stub to a handler.
package sysent

import (
	"math"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// MaxSlots is the most argument slots a row has: the eight of a call, and one
// for the number of an indirect one.
const MaxSlots = 9

// Frame holds the arguments and results of one call. A stub fills it, a
// transport carries it, generated code decodes it. It is used for one call at
// a time and may be used again.
type Frame struct {
	// Slot holds the argument slots as the wire has them: numbers in the low
	// bytes, addresses of Space.
	Slot [MaxSlots]uint64
	// Mem holds, in process, the memory that a pointer slot stands for. Strings
	// come without their NUL. nil is NULL.
	Mem [MaxSlots][]byte
	// Ret holds both result registers.
	Ret [2]int64
	// Space is where addresses in Slot are followed; nil when the caller is in
	// this process.
	Space usermem.Space
	// self is the frame itself as the space of pinned addresses.
	self usermem.Space
	pins [][]byte
	// unpinned is how many addresses of pins were given before these.
	unpinned uint64
	tag      uint64
}

// Int32 returns slot i as a C int: the low 32 bits, signed.
func (f *Frame) Int32(i int) int32 { return int32(f.Slot[i]) }

// Uint32 returns slot i as an unsigned int.
func (f *Frame) Uint32(i int) uint32 { return uint32(f.Slot[i]) }

// Int64 returns slot i as a long.
func (f *Frame) Int64(i int) int64 { return int64(f.Slot[i]) }

// Uint64 returns slot i as an unsigned long.
func (f *Frame) Uint64(i int) uint64 { return f.Slot[i] }

// Ref returns the memory behind pointer slot i, its length not declared. Its
// copies would be a good part of all entries of the table.
//
//go:noinline
func (f *Frame) Ref(i int) usermem.Mem {
	if f.Space == nil {
		return f.local(f.Mem[i])
	}
	return usermem.AtRef(&f.Space, f.Slot[i], -1)
}

// Buf returns the n bytes behind pointer slot i. In process it is as long as
// the caller's slice, n at most; elsewhere, no longer than usermem.Overlong.
func (f *Frame) Buf(i int, n uint64) usermem.Mem {
	if f.Space == nil {
		b := f.Mem[i]
		if uint64(len(b)) > n {
			b = b[:n]
		}
		return f.local(b)
	}
	if n > math.MaxInt64 {
		n = usermem.Overlong
	} else if n > maxLen {
		n = maxLen
	}
	return usermem.AtRef(&f.Space, f.Slot[i], int(n))
}

// local returns memory of this process.
func (f *Frame) local(b []byte) usermem.Mem {
	if f.self == nil {
		f.self = f
	}
	return usermem.LocalRef(b, &f.self)
}

// Addr returns slot i of a call whose other arguments say what it is.
func (f *Frame) Addr(i int) usermem.Addr {
	return usermem.Addr{Mem: f.Ref(i), Value: f.Slot[i]}
}

const maxLen = 1<<31 - 1

// SetString makes slot i the string s.
func (f *Frame) SetString(i int, s string) { f.Mem[i] = usermem.BytesOfString(s) }

// Pinned addresses name memory that a structure of the caller's points to:
// the frame's tag, the number of the pin and an offset, so that a wrong one is
// EFAULT.
const (
	tagShift = 48
	pinBase  = 1 << 47
	pinShift = 36
	pinMask  = 1<<pinShift - 1
	maxPins  = 1 << (47 - pinShift)
)

// SetTag makes the pinned addresses of f differ from those of frames with
// other tags: a transport that follows them for several calls at a time needs
// to know whose they are. t has 15 bits.
func (f *Frame) SetTag(t uint16) { f.tag = uint64(t) << tagShift }

// Pin gives b an address that is good until Unpin, for structures that hold
// pointers (iovec, msghdr, mount arguments). A nil b is address 0.
func (f *Frame) Pin(b []byte) uint64 {
	if b == nil || len(f.pins) == maxPins {
		return 0
	}
	f.pins = append(f.pins, b)
	return f.tag | pinBase | (f.unpinned+uint64(len(f.pins)-1))%maxPins<<pinShift
}

// Unpin ends all addresses of Pin. It takes many more before they are given
// anew.
func (f *Frame) Unpin() {
	f.unpinned += uint64(len(f.pins))
	clear(f.pins)
	f.pins = f.pins[:0]
}

// Resolve returns n bytes at a pinned address; any other is NULL.
func (f *Frame) Resolve(addr uint64, n int) usermem.Mem {
	b := f.Pinned(addr)
	if n >= 0 && n < len(b) {
		b = b[:n]
	}
	return f.local(b)
}

// Pinned returns what is pinned at addr, to the end of the pin; nil when
// nothing is.
func (f *Frame) Pinned(addr uint64) []byte {
	addr ^= f.tag | pinBase
	i, off := addr>>pinShift, addr&pinMask
	if i < maxPins {
		i = (i - f.unpinned) % maxPins
	}
	if i >= uint64(len(f.pins)) || off > uint64(len(f.pins[i])) {
		return nil
	}
	return f.pins[i][off:]
}

// CopyIn reads pinned memory.
func (f *Frame) CopyIn(dst []byte, addr uint64) error { return f.Resolve(addr, -1).CopyIn(dst) }

// CopyOut stores to pinned memory.
func (f *Frame) CopyOut(addr uint64, src []byte) error { return f.Resolve(addr, -1).CopyOut(src) }

// CopyInStr reads a string from pinned memory.
func (f *Frame) CopyInStr(addr uint64, max int) (string, error) {
	b := f.Pinned(addr)
	if b == nil {
		return "", abi.EFAULT
	}
	for i, c := range b[:min(len(b), max)] {
		if c == 0 {
			return string(b[:i]), nil
		}
	}
	if len(b) < max {
		return string(b), nil
	}
	return "", abi.ENAMETOOLONG
}

// Window returns scratch memory.
func (f *Frame) Window(n int) []byte { return make([]byte, n) }

// Commit stores a Window to pinned memory.
func (f *Frame) Commit(win []byte, addr uint64, n int) error { return f.CopyOut(addr, win[:n]) }
