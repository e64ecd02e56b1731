// What is written: boot sector, tables, root.
package mkfs

import "io"

// zero clears everything before the clusters, and the root if that is one.
func (l *layout) zero(w io.WriterAt) error {
	end := l.reserved + 2*l.fatSize + l.rootSize
	if l.Bits == 32 {
		end += l.perCluster
	}
	zeros := make([]byte, 64<<10)
	for off, n := int64(0), end*l.sector(); off < n; {
		k, err := w.WriteAt(zeros[:min(n-off, int64(len(zeros)))], off)
		if err != nil {
			return err
		}
		off += int64(k)
	}
	return nil
}

// tableHead returns the first entries of a table.
func (l *layout) tableHead() []byte {
	switch l.Bits {
	case 12:
		return []byte{0xf8, 0xff, 0xff}
	case 16:
		return []byte{0xf8, 0xff, 0xff, 0xff}
	}
	return []byte{0xf8, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0x0f}
}

// writeLabel enters the label in the root.
func (l *layout) writeLabel(w io.WriterAt) error {
	if l.Label == "" {
		return nil
	}
	e := make([]byte, 32)
	copy(e, l.label())
	e[11] = 0x08
	le.PutUint16(e[24:], 1<<5|1) // 1980-01-01
	_, err := w.WriteAt(e, (l.reserved+2*l.fatSize)*l.sector())
	return err
}

func (l *layout) label() string {
	if l.Label == "" {
		return "NO NAME    "
	}
	return (l.Label + "           ")[:11]
}

// writeBoot writes the boot sector, and for FAT32 FSInfo and copies of both.
func (l *layout) writeBoot(w io.WriterAt) error {
	boot := make([]byte, l.SectorSize)
	l.common(boot)
	ext := boot[36:]
	if l.Bits == 32 {
		le.PutUint32(boot[36:], uint32(l.fatSize))
		le.PutUint32(boot[44:], 2) // the root's cluster
		le.PutUint16(boot[48:], 1) // FSInfo
		le.PutUint16(boot[50:], 6) // copies
		ext = boot[64:]
	}
	ext[0], ext[2] = 0x80, 0x29
	le.PutUint32(ext[3:], l.Serial)
	copy(ext[7:], l.label())
	copy(ext[18:], map[int]string{12: "FAT12   ", 16: "FAT16   ", 32: "FAT32   "}[l.Bits])
	sectors := map[int64][]byte{0: boot}
	if l.Bits == 32 {
		info := l.info()
		sectors[1], sectors[6], sectors[7] = info, boot, info
	}
	for at, b := range sectors {
		if _, err := w.WriteAt(b, at*l.sector()); err != nil {
			return err
		}
	}
	return nil
}

// common fills in what all kinds have.
func (l *layout) common(b []byte) {
	copy(b, "\xeb\x3c\x90rumpkit ")
	if l.Bits == 32 {
		b[1] = 0x58
	}
	le.PutUint16(b[11:], uint16(l.SectorSize))
	b[13] = byte(l.perCluster)
	le.PutUint16(b[14:], uint16(l.reserved))
	b[16] = 2
	le.PutUint16(b[17:], uint16(l.RootEntries))
	if l.total < 65536 && l.Bits != 32 {
		le.PutUint16(b[19:], uint16(l.total))
	} else {
		le.PutUint32(b[32:], uint32(l.total))
	}
	b[21] = 0xf8
	if l.Bits != 32 {
		le.PutUint16(b[22:], uint16(l.fatSize))
	}
	le.PutUint16(b[24:], 32) // sectors in a track
	le.PutUint16(b[26:], 64) // heads
	b[510], b[511] = 0x55, 0xaa
}

// info returns the FSInfo sector.
func (l *layout) info() []byte {
	b := make([]byte, l.SectorSize)
	copy(b, "RRaA")
	copy(b[484:], "rrAa")
	le.PutUint32(b[488:], uint32(l.clusters-1))
	le.PutUint32(b[492:], 3)
	b[510], b[511] = 0x55, 0xaa
	return b
}
