// The hashes of names in indexed directories.
package ext2fs

import "math/bits"

// Versions of the hash, as the index of a directory names them.
const (
	hashLegacy  = 0
	hashHalfMD4 = 1
	hashTea     = 2
)

// nameHash returns the hash of a name by which an index is sorted, its lowest
// bit clear, and the second one that tells apart names of the same hash. ok is
// false for a version that is not known.
func (s *super) nameHash(version uint8, name string) (hash, minor uint32, ok bool) {
	state := [4]uint32{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}
	if s.hashSeed != [4]uint32{} {
		state = s.hashSeed
	}
	switch version {
	case hashLegacy:
		hash = s.legacyHash(name)
	case hashHalfMD4:
		for p := name; len(p) > 0; p = p[min(32, len(p)):] {
			var in [8]uint32
			s.hashInput(p, in[:])
			halfMD4(&state, &in)
		}
		hash, minor = state[1], state[2]
	case hashTea:
		for p := name; len(p) > 0; p = p[min(16, len(p)):] {
			var in [4]uint32
			s.hashInput(p, in[:])
			tea(&state, &in)
		}
		hash, minor = state[0], state[1]
	default:
		return 0, 0, false
	}
	if hash &^= 1; hash == hashEnd {
		hash = hashEnd - 2
	}
	return hash, minor, true
}

// hashEnd is the hash that no name has.
const hashEnd = 0xfffffffe

// char returns a byte of a name as a number: signed on the machines where most
// file systems come from.
func (s *super) char(c byte) uint32 {
	if s.hashUnsigned {
		return uint32(c)
	}
	return uint32(int32(int8(c)))
}

func (s *super) legacyHash(name string) uint32 {
	h0, h1 := uint32(0x12a3fe2d), uint32(0x37abe8f9)
	for i := range len(name) {
		h := h1 + (h0 ^ s.char(name[i])*7152373)
		if h&0x80000000 != 0 {
			h -= 0x7fffffff
		}
		h0, h1 = h, h0
	}
	return h0 << 1
}

// hashInput packs the beginning of p into words, padded with its length.
func (s *super) hashInput(p string, in []uint32) {
	pad := uint32(len(p)) | uint32(len(p))<<8
	pad |= pad << 16
	for i := range in {
		in[i] = pad
	}
	for i := range min(len(p), 4*len(in)) {
		w := &in[i/4]
		*w = s.char(p[i]) + *w<<8
	}
}

// halfMD4 mixes eight words into the state: MD4 with a third of its steps.
func halfMD4(state *[4]uint32, in *[8]uint32) {
	const k2, k3 = 0x5a827999, 0x6ed9eba1
	v := *state
	for i := range 24 {
		a, b, c, d := &v[-i&3], v[(1-i)&3], v[(2-i)&3], v[(3-i)&3]
		switch j := i % 8; {
		case i < 8:
			*a += d ^ b&(c^d) + in[j]
			*a = bits.RotateLeft32(*a, [4]int{3, 7, 11, 19}[j%4])
		case i < 16:
			*a += b&c + (b^c)&d + in[[8]int{1, 3, 5, 7, 0, 2, 4, 6}[j]] + k2
			*a = bits.RotateLeft32(*a, [4]int{3, 5, 9, 13}[j%4])
		default:
			*a += b ^ c ^ d + in[[8]int{3, 7, 2, 6, 1, 5, 0, 4}[j]] + k3
			*a = bits.RotateLeft32(*a, [4]int{3, 9, 11, 15}[j%4])
		}
	}
	for i := range v {
		state[i] += v[i]
	}
}

// tea mixes four words into the first two of the state.
func tea(state *[4]uint32, in *[4]uint32) {
	sum, b0, b1 := uint32(0), state[0], state[1]
	for range 16 {
		sum += 0x9e3779b9
		b0 += (b1<<4 + in[0]) ^ (b1 + sum) ^ (b1>>5 + in[1])
		b1 += (b0<<4 + in[2]) ^ (b0 + sum) ^ (b0>>5 + in[3])
	}
	state[0] += b0
	state[1] += b1
}
