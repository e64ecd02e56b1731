package fuzzcalls

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// input hands out values drawn from the bytes of a fuzz input, zeros when
// those are used up.
type input struct{ rest []byte }

func (in *input) byte() byte {
	if len(in.rest) == 0 {
		return 0
	}
	b := in.rest[0]
	in.rest = in.rest[1:]
	return b
}

func (in *input) uint16() uint16 { return uint16(in.byte()) | uint16(in.byte())<<8 }

// numbers are values at which calls change their mind.
var numbers = [...]uint64{
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 20, 32, 63, 64, 100, 128, 255, 256, 511, 512, 1000, 1023, 1024,
	4095, 4096, 1 << 15, 1 << 16, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32, 1<<63 - 1, 1 << 63, 1<<64 - 1,
	abi.O_CREAT | abi.O_RDWR, abi.O_NONBLOCK, abi.S_IFIFO | 0o600, abi.S_IFCHR | 0o600, 0o777,
	abi.FIONREAD, abi.FIONBIO, abi.FIOASYNC, abi.TIOCGETA, abi.KFILTER_BYNAME, 1<<64 - 100,
}

// number returns a value that some call means something by, or any.
func (in *input) number() uint64 {
	switch b := in.byte(); {
	case b < 128:
		return uint64(b & 15) // a descriptor, an id, a flag
	case b < 240:
		return numbers[int(in.byte())%len(numbers)]
	default:
		var v [8]byte
		for i := range v {
			v[i] = in.byte()
		}
		return binary.LittleEndian.Uint64(v[:])
	}
}

// strs are names that calls know, or may have made.
var strs = [...]string{
	"", "/", ".", "..", "/tmp", "/dev/null", "/dev/zero", "/a", "/a/b", "a", "b/../a", "/tmp/x", "tmpfs", "ffs", "user.x", "null",
}

func (in *input) str() string {
	b := in.byte()
	if b < 240 {
		return strs[int(b)%len(strs)]
	}
	s := make([]byte, in.byte())
	for i := range s {
		s[i] = in.byte() | 1 // no NUL
	}
	return string(s)
}

// bytes returns memory of some length. Its words are zeros, small numbers,
// pointers to ptr, or whatever the input holds.
func (in *input) bytes(ptr uint64) []byte {
	how := in.byte()
	b := make([]byte, 8*int(how&31))
	for i := 0; i < len(b) && len(in.rest) > 0; i += 8 {
		word := uint64(0)
		switch w := in.byte(); w >> 6 {
		case 1:
			word = uint64(w & 63)
		case 2:
			word = ptr
		case 3:
			word = in.number()
		}
		binary.LittleEndian.PutUint64(b[i:], word)
	}
	return b
}

// Where the memory of a caller elsewhere lies.
const (
	arenaBase = 1 << 20
	arenaSize = 1 << 12
)

// address returns a pointer into the caller's memory, to its edge, or to
// nowhere.
func (in *input) address() uint64 {
	switch b := in.byte(); {
	case b < 16:
		return 0
	case b < 224:
		return arenaBase + uint64(b)*16
	case b < 240:
		return arenaBase + arenaSize - uint64(b&7)
	default:
		return in.number()
	}
}

// space is the memory of a caller elsewhere: it holds what the input says at
// the time it is read, and stores go nowhere.
type space struct{ in *input }

// has reports whether n bytes at addr are the caller's.
func (s *space) has(addr uint64, n int) bool {
	return addr >= arenaBase && uint64(n) <= arenaSize && addr-arenaBase <= arenaSize-uint64(n)
}

func (s *space) CopyIn(dst []byte, addr uint64) error {
	if !s.has(addr, len(dst)) {
		return abi.EFAULT
	}
	copy(dst, s.in.bytes(s.in.address()))
	return nil
}

func (s *space) CopyOut(addr uint64, src []byte) error {
	if !s.has(addr, len(src)) {
		return abi.EFAULT
	}
	return nil
}

func (s *space) CopyInStr(addr uint64, max int) (string, error) {
	if !s.has(addr, 1) {
		return "", abi.EFAULT
	}
	str := s.in.str()
	if len(str) >= max {
		return "", abi.ENAMETOOLONG
	}
	return str, nil
}

func (s *space) Window(n int) []byte { return make([]byte, n) }

func (s *space) Commit(win []byte, addr uint64, n int) error { return s.CopyOut(addr, win[:n]) }
