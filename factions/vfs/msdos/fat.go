// The table: from a cluster to the next one.
package msdos

import "github.com/rumpkit/rumpkit/kernel/abi"

// What an entry of the table says beside the number of a cluster, in the width
// of FAT32; narrower ones are widened.
const (
	clusterMask = 0x0fffffff
	free        = 0
	bad         = 0x0ffffff7
	endOfChain  = 0x0fffffff
)

// entryAt returns where the entry of c begins in the table, and its length.
func (g *geometry) entryAt(c uint32) (int64, int) {
	switch g.kind {
	case fat12:
		return int64(c) + int64(c)/2, 2
	case fat16:
		return int64(c) * 2, 2
	}
	return int64(c) * 4, 4
}

// widen turns an entry into what FAT32 has for it.
func (k fatKind) widen(v uint32) uint32 {
	if k == fat32 {
		return v & clusterMask
	}
	if reserved := uint32(1)<<k - 16; v >= reserved {
		v |= clusterMask &^ (reserved | 15)
	}
	return v
}

// pick returns the entry of c from the bytes it lies in.
func (k fatKind) pick(b []byte, c uint32) uint32 {
	switch k {
	case fat12:
		return k.widen(uint32(le.Uint16(b)) >> (c & 1 * 4) & 0xfff)
	case fat16:
		return k.widen(uint32(le.Uint16(b)))
	}
	return k.widen(le.Uint32(b))
}

// put stores v as the entry of c in the bytes it lies in, and leaves bits that
// are not the entry's.
func (k fatKind) put(b []byte, c, v uint32) {
	switch k {
	case fat12:
		shift := c & 1 * 4
		le.PutUint16(b, le.Uint16(b)&^(0xfff<<shift)|uint16(v&0xfff)<<shift)
	case fat16:
		le.PutUint16(b, uint16(v))
	default:
		le.PutUint32(b, le.Uint32(b)&^clusterMask|v&clusterMask)
	}
}

// next returns the entry of c: EIO when c is no cluster. Preconditions: fs.mu
// is held.
func (fs *FS) next(c uint32) (uint32, error) {
	if !fs.valid(c) {
		return 0, abi.EIO
	}
	return fs.entry(c)
}

// entry returns the entry of c, which may be one of the first two.
func (fs *FS) entry(c uint32) (uint32, error) {
	var b [4]byte
	at, n := fs.entryAt(c)
	err := fs.dev.ReadAt(b[:n], fs.fatOff+int64(fs.active)*fs.fatSize+at)
	return fs.kind.pick(b[:], c), err
}

// setNext sets the entry of c in all tables that are kept. Preconditions:
// fs.mu is held, c is a cluster or one of the first two entries.
func (fs *FS) setNext(c, v uint32) error {
	at, n := fs.entryAt(c)
	for i := range fs.fats {
		if !fs.mirror && i != fs.active {
			continue
		}
		var b [4]byte
		off := fs.fatOff + int64(i)*fs.fatSize + at
		if err := fs.dev.ReadAt(b[:n], off); err != nil {
			return err
		}
		fs.kind.put(b[:], c, v)
		if err := fs.dev.WriteAt(b[:n], off); err != nil {
			return err
		}
	}
	return nil
}
