// Long names: UTF-16 in entries before the short one (VFAT).
package msdos

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	longAttr    = 0x0f
	longLast    = 0x40 // in the sequence number of the first that is stored
	longChars   = 13
	maxLong     = 255 // UTF-16 units
	maxLongEnts = (maxLong + longChars - 1) / longChars
)

// charOffset returns where in an entry the i-th unit of it is.
func charOffset(i int) int {
	switch {
	case i < 5:
		return 1 + 2*i
	case i < 11:
		return 14 + 2*(i-5)
	}
	return 28 + 2*(i-11)
}

// longName collects a long name from its entries, which come last part first.
type longName struct {
	units [maxLongEnts * longChars]uint16
	want  int // the number of the next entry, 0 when all are there
	parts int
	sum   byte
	ok    bool // a name is being collected, or whole
}

// add takes an entry, and reports whether it belongs to a name.
func (l *longName) add(e []byte) bool {
	seq := int(e[0])
	n := seq &^ longLast
	switch {
	case seq&longLast != 0 && n >= 1 && n <= maxLongEnts:
		*l = longName{want: n, parts: n, sum: e[13], ok: true}
		for i := range l.units {
			l.units[i] = 0
		}
	case !l.ok || l.want == 0 || n != l.want || e[13] != l.sum:
		l.ok = false
		return false
	}
	for i := range longChars {
		l.units[(n-1)*longChars+i] = le.Uint16(e[charOffset(i):])
	}
	l.want--
	return true
}

// name returns the name, if all entries came and belong to the short name, and
// it is one that can be shown.
func (l *longName) name(s shortName) (string, bool) {
	if !l.ok || l.want != 0 || l.sum != s.sum() {
		return "", false
	}
	units := l.units[:l.parts*longChars]
	for i, u := range units {
		if u == 0 {
			units = units[:i]
			break
		}
	}
	name := string(utf16.Decode(units))
	if len(units) > maxLong || checkName(name) != nil || len(name) > vnode.NameMax {
		return "", false
	}
	return name, true
}

// encodeLong returns the entries of a long name, in the order they are stored.
func encodeLong(name string, sum byte) [][dirEntSize]byte {
	units := utf16.Encode([]rune(name))
	n := (len(units) + longChars - 1) / longChars
	out := make([][dirEntSize]byte, n)
	for i := range out {
		e, seq := &out[n-1-i], i+1
		e[0], e[11], e[13] = byte(seq), longAttr, sum
		if seq == n {
			e[0] |= longLast
		}
		for k := range longChars {
			u := uint16(0xffff)
			if at := i*longChars + k; at < len(units) {
				u = units[at]
			} else if at == len(units) {
				u = 0
			}
			le.PutUint16(e[charOffset(k):], u)
		}
	}
	return out
}

// cleanName returns a name as it is stored: dots and spaces at its end do not
// count. EINVAL for one that cannot be stored.
func cleanName(name string) (string, error) {
	name = strings.TrimRight(name, ". ")
	if err := checkName(name); err != nil {
		return "", err
	}
	if len(utf16.Encode([]rune(name))) > maxLong {
		return "", abi.ENAMETOOLONG
	}
	return name, nil
}

// checkName refuses names that no long name can be: EINVAL.
func checkName(name string) error {
	if name == "" || name == "." || name == ".." || !utf8.ValidString(name) {
		return abi.EINVAL
	}
	for i := range len(name) {
		if c := name[i]; c < ' ' || strings.IndexByte(`"*/:<>?\|`, c) >= 0 {
			return abi.EINVAL
		}
	}
	return nil
}

// fold returns what two names that are the same have in common.
func fold(name string) string { return strings.ToUpper(strings.TrimRight(name, ". ")) }
