// MBR: four entries in the first sector, and a chain of sectors for logical
// partitions.
package partition

import "slices"

const (
	mbrSector = 512
	mbrMagic  = 0xaa55
	mbrTable  = 446
	mbrEntry  = 16

	typeProtective = 0xee
	firstLogical   = 5
	// maxLogical bounds the chain, which may lead in circles.
	maxLogical = 128
)

// entry is one of the four of a sector, in sectors.
type entry struct {
	boot, kind  byte
	begin, size uint64
}

func entries(sector []byte) (list [4]entry) {
	for i := range list {
		e := sector[mbrTable+i*mbrEntry:]
		list[i] = entry{boot: e[0], kind: e[4], begin: uint64(le.Uint32(e[8:])), size: uint64(le.Uint32(e[12:]))}
	}
	return list
}

func extended(kind byte) bool { return kind == 0x05 || kind == 0x0f || kind == 0x85 }

// mbr takes the table of the first sector. A boot sector of a file system has
// the same end, but other bytes where the table would be.
func (t *table) mbr(sector []byte) ([]Partition, error) {
	list := entries(sector)
	for _, e := range list {
		if e.boot&0x7f != 0 {
			return nil, ErrNone
		}
	}
	for i, e := range list {
		if e.kind == 0 {
			continue
		}
		if !extended(e.kind) && !t.add(Partition{Number: i + 1, Type: e.kind}, e.begin, e.size, mbrSector) {
			return nil, ErrCorrupt
		}
	}
	if i := slices.IndexFunc(list[:], func(e entry) bool { return extended(e.kind) }); i >= 0 {
		if err := t.logical(list[i].begin); err != nil {
			return nil, err
		}
	}
	if t.list == nil {
		return nil, ErrNone
	}
	return t.list, nil
}

// logical follows the chain in the extended partition that begins at the sector
// base: the first entry of each sector counts from it, the second, which leads
// to the next, from base.
func (t *table) logical(base uint64) error {
	at := base
	for n := range maxLogical {
		sector, err := t.read(int64(at)*mbrSector, mbrSector)
		if err == ErrNone || err == nil && le.Uint16(sector[510:]) != mbrMagic {
			return ErrCorrupt
		}
		if err != nil {
			return err
		}
		list := entries(sector)
		p := Partition{Number: firstLogical + n, Type: list[0].kind}
		if list[0].kind != 0 && !t.add(p, at+list[0].begin, list[0].size, mbrSector) {
			return ErrCorrupt
		}
		if !extended(list[1].kind) {
			return nil
		}
		at = base + list[1].begin
	}
	return ErrCorrupt
}
