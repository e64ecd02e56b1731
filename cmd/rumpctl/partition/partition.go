// Package partition reads the partition tables of disk images: MBR with its
// logical partitions, and GPT. Nothing in a table is believed that does not
// lie inside the image.
package partition

import (
	"encoding/binary"
	"errors"
	"io"
)

// Partition is one partition.
type Partition struct {
	// Number counts as Linux does: MBR's primary ones 1 to 4, logical ones
	// from 5; those of GPT by their place in the table, from 1.
	Number int
	// Begin and Size are in bytes. They are inside the image.
	Begin, Size int64
	// Type is MBR's type byte; 0 in a GPT.
	Type byte
	// Name is GPT's.
	Name string
}

var (
	// ErrNone says that there is no partition table.
	ErrNone = errors.New("no partition table")
	// ErrCorrupt says that there is one that contradicts itself.
	ErrCorrupt = errors.New("the partition table is corrupt")
)

var le = binary.LittleEndian

// Read returns the partitions of an image of size bytes, by number. The error
// is ErrNone, ErrCorrupt or that of reading.
func Read(r io.ReaderAt, size int64) ([]Partition, error) {
	t := &table{r: r, size: size}
	sector, err := t.read(0, mbrSector)
	if err != nil {
		return nil, err
	}
	if le.Uint16(sector[510:]) != mbrMagic {
		return nil, ErrNone
	}
	for _, e := range entries(sector) {
		if e.kind == typeProtective {
			return t.gpt()
		}
	}
	return t.mbr(sector)
}

// table is an image whose table is read.
type table struct {
	r    io.ReaderAt
	size int64
	list []Partition
}

// read reads n bytes at off: ErrNone when the image is smaller.
func (t *table) read(off int64, n int) ([]byte, error) {
	if off < 0 || off > t.size-int64(n) {
		return nil, ErrNone
	}
	b := make([]byte, n)
	if _, err := t.r.ReadAt(b, off); err != nil {
		return nil, err
	}
	return b, nil
}

// add takes a partition of count units from the unit begin; it is false for one
// that is empty or not inside the image.
func (t *table) add(p Partition, begin, count uint64, unit int64) bool {
	units := uint64(t.size / unit)
	if count == 0 || begin == 0 || begin >= units || count > units-begin {
		return false
	}
	p.Begin, p.Size = int64(begin)*unit, int64(count)*unit
	t.list = append(t.list, p)
	return true
}
