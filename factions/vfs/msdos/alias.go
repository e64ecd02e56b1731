// The short names that go with long ones: README~1.TXT.
package msdos

import "strconv"

// alias returns a short name for a long one that taken does not have, false
// when there is none. The first few are numbered; after that a hash of the
// name keeps the search short.
func alias(name string, taken func(shortName) bool) (shortName, bool) {
	base, ext, lossy := squeeze(name)
	if !lossy {
		if s := joinShort(base, "", ext); !taken(s) {
			return s, true
		}
	}
	for n := 1; n <= 4; n++ {
		if s := joinShort(base, tail(n), ext); !taken(s) {
			return s, true
		}
	}
	hash := strconv.FormatUint(uint64(hashName(name)), 16)
	hashed := clip(base, 2) + upperASCII(("000" + hash)[len(hash)-1:])
	for n := 1; n <= 9; n++ {
		if s := joinShort(hashed, tail(n), ext); !taken(s) {
			return s, true
		}
	}
	for n := 5; n <= 999999; n++ {
		if s := joinShort(base, tail(n), ext); !taken(s) {
			return s, true
		}
	}
	return shortName{}, false
}

func tail(n int) string { return "~" + strconv.Itoa(n) }

func clip(s string, n int) string { return s[:min(len(s), n)] }

// hashName returns 16 bits that depend on all of a name.
func hashName(name string) uint16 {
	h := uint32(2166136261)
	for i := range len(name) {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return uint16(h>>16 ^ h)
}

// joinShort puts a short name together; base is cut so that tail fits.
func joinShort(base, tail, ext string) (s shortName) {
	for i := range s {
		s[i] = ' '
	}
	n := copy(s[:8-len(tail)], base)
	copy(s[n:8], tail)
	copy(s[8:], ext)
	return s
}

// squeeze makes the parts of a short name from a long one: upper case, without
// spaces and all dots but the last. lossy tells that something was lost that
// a number has to make up for.
func squeeze(name string) (base, ext string, lossy bool) {
	dot := -1
	for i := len(name) - 1; i > 0; i-- {
		if name[i] == '.' {
			dot = i
			break
		}
	}
	if lead := name[:max(dot, 0)]; allDots(lead) { // ".profile": no extension
		dot = -1
	}
	stem := name
	if dot >= 0 {
		stem = name[:dot]
		ext, lossy = squeezePart(name[dot+1:], 3)
	}
	base, l := squeezePart(stem, 8)
	if base == "" {
		base, l = "_", true
	}
	return base, ext, lossy || l
}

func allDots(s string) bool {
	for i := range len(s) {
		if s[i] != '.' && s[i] != ' ' {
			return false
		}
	}
	return true
}

// squeezePart returns at most n characters.
func squeezePart(s string, n int) (out string, lossy bool) {
	var b []byte
	for _, r := range s {
		switch {
		case r == ' ' || r == '.':
			lossy = true
			continue
		case r >= 0x80 || !validShort(byte(r)):
			r, lossy = '_', true
		}
		if len(b) == n {
			return upperASCII(string(b)), true
		}
		b = append(b, byte(r))
	}
	return upperASCII(string(b)), lossy
}

func upperASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}
