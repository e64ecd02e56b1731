// Short names: eleven bytes in the code page of the PC (437), and the flags
// that make a part of them lower case.
package msdos

import (
	"strings"
	"unicode/utf8"
)

// shortName is a name as an entry holds it: 8 bytes, 3 bytes, padded.
type shortName [11]byte

// Flags of the case byte: the part is shown in lower case.
const (
	lowerBase = 0x08
	lowerExt  = 0x10
)

// upperHalf is the characters 128 to 255 of code page 437.
const upperHalf = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" +
	"└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0"

// decode returns the name as it is shown, "" for none. Bytes that no name can
// hold become underscores.
func (s shortName) decode(flags byte) string {
	if s[0] == 0x05 {
		s[0] = 0xe5
	}
	base := decodePart(s[:8], flags&lowerBase != 0)
	if base == "" {
		return ""
	}
	if ext := decodePart(s[8:], flags&lowerExt != 0); ext != "" {
		return base + "." + ext
	}
	return base
}

func decodePart(b []byte, lower bool) string {
	var out []byte
	for _, c := range b[:len(strings.TrimRight(string(b), " "))] {
		switch {
		case c >= 0x80:
			out = utf8.AppendRune(out, highRune(c))
			continue
		case c < ' ' || c == '/' || c == 0x7f:
			c = '_'
		case lower && c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		out = append(out, c)
	}
	return string(out)
}

// highRune returns the character of a byte from 128 on.
func highRune(c byte) rune {
	i := byte(0x80)
	for _, r := range upperHalf {
		if i == c {
			return r
		}
		i++
	}
	return '_'
}

// validShort reports a byte that a short name may hold as it is.
func validShort(c byte) bool {
	switch {
	case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		return true
	}
	return strings.IndexByte("$%'-_@~`!(){}^#&", c) >= 0
}

// exactShort returns the short name and the flags that show exactly as name,
// if there are such.
func exactShort(name string) (s shortName, flags byte, ok bool) {
	base, ext, dotted := strings.Cut(name, ".")
	if base == "" || len(base) > 8 || len(ext) > 3 || dotted && ext == "" {
		return s, 0, false
	}
	for i := range s {
		s[i] = ' '
	}
	lower, ok := putPart(s[:8], base)
	lowerE, okE := putPart(s[8:], ext)
	if lower {
		flags |= lowerBase
	}
	if lowerE {
		flags |= lowerExt
	}
	return s, flags, ok && okE
}

// putPart stores a part in upper case: ok tells that it has only characters of
// short names and only one case.
func putPart(dst []byte, part string) (lower, ok bool) {
	upper := false
	for i := range len(part) {
		c := part[i]
		if !validShort(c) {
			return false, false
		}
		switch {
		case c >= 'a' && c <= 'z':
			lower = true
			c -= 'a' - 'A'
		case c >= 'A' && c <= 'Z':
			upper = true
		}
		dst[i] = c
	}
	return lower, !lower || !upper
}

// sum is the checksum that ties the entries of a long name to a short one.
func (s shortName) sum() byte {
	sum := byte(0)
	for _, c := range s {
		sum = sum>>1 | sum<<7
		sum += c
	}
	return sum
}
