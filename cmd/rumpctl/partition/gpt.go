// GPT: a header in the second sector, an array of entries anywhere, and a copy
// of both at the end of the disk.
package partition

import (
	"bytes"
	"hash/crc32"
	"unicode/utf16"
)

const (
	gptMagic      = "EFI PART"
	gptHeader     = 92
	gptEntry      = 128
	gptNameAt     = 56
	gptCRCAt      = 16
	maxGPTEntry   = 4096
	maxGPTEntries = 1024
)

// gpt takes the table of a disk with sectors of 512 or 4096 bytes, or the copy
// when the first is corrupt.
func (t *table) gpt() ([]Partition, error) {
	for _, at := range []func(unit int64) int64{
		func(unit int64) int64 { return unit },
		func(unit int64) int64 { return (t.size/unit - 1) * unit },
	} {
		for _, unit := range []int64{512, 4096} {
			t.list = nil
			if list, err := t.header(at(unit), unit); err != ErrCorrupt {
				return list, err
			}
		}
	}
	return nil, ErrCorrupt
}

// header takes the table whose header is at off.
func (t *table) header(off, unit int64) ([]Partition, error) {
	h, err := t.read(off, int(unit))
	if err == ErrNone || err == nil && string(h[:len(gptMagic)]) != gptMagic {
		return nil, ErrCorrupt
	}
	if err != nil {
		return nil, err
	}
	return t.entries(h, unit)
}

// entries takes the entries that a header leads to.
func (t *table) entries(h []byte, unit int64) ([]Partition, error) {
	n := le.Uint32(h[12:])
	if n < gptHeader || int(n) > len(h) {
		return nil, ErrCorrupt
	}
	sum := le.Uint32(h[gptCRCAt:])
	clear(h[gptCRCAt : gptCRCAt+4])
	at, count, size := le.Uint64(h[72:]), le.Uint32(h[80:]), le.Uint32(h[84:])
	if crc32.ChecksumIEEE(h[:n]) != sum || count > maxGPTEntries || size < gptEntry || size > maxGPTEntry ||
		at > uint64(t.size/unit) {
		return nil, ErrCorrupt
	}
	data, err := t.read(int64(at)*unit, int(count*size))
	if err == ErrNone || err == nil && crc32.ChecksumIEEE(data) != le.Uint32(h[88:]) {
		return nil, ErrCorrupt
	}
	if err != nil {
		return nil, err
	}
	for i := range int(count) {
		if err := t.entry(i+1, data[i*int(size):], unit); err != nil {
			return nil, err
		}
	}
	return t.list, nil
}

// entry takes one entry, unless it is not in use.
func (t *table) entry(number int, e []byte, unit int64) error {
	if bytes.Equal(e[:16], make([]byte, 16)) {
		return nil
	}
	first, last := le.Uint64(e[32:]), le.Uint64(e[40:])
	if last < first || !t.add(Partition{Number: number, Name: name(e[gptNameAt:gptEntry])}, first, last-first+1, unit) {
		return ErrCorrupt
	}
	return nil
}

// name is a partition's name, UTF-16 up to a zero.
func name(b []byte) string {
	var units []uint16
	for ; len(b) >= 2 && le.Uint16(b) != 0; b = b[2:] {
		units = append(units, le.Uint16(b))
	}
	return string(utf16.Decode(units))
}
