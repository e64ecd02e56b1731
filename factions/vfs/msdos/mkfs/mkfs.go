// Package mkfs makes empty FAT volumes.
package mkfs

import (
	"encoding/binary"
	"io"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Options says what volume to make. The zero value fits the size.
type Options struct {
	// Bits is 12, 16 or 32; 0 chooses.
	Bits int
	// SectorSize is in bytes, 512 if 0; ClusterSize is in bytes, 0 chooses.
	SectorSize, ClusterSize int
	// Label is at most eleven characters of short names.
	Label string
	// Serial is the volume's number.
	Serial uint32
	// RootEntries is the size of the root of FAT12 and FAT16; 0 is 512.
	RootEntries int
}

// layout is a volume in sectors.
type layout struct {
	Options
	total, reserved, fatSize, rootSize, perCluster, clusters int64
}

var le = binary.LittleEndian

// Format makes an empty volume of size bytes on w. It writes the metadata only,
// zeros among it. EINVAL for options that contradict the size or each other.
func Format(w io.WriterAt, size int64, o Options) error {
	l, err := plan(size, o)
	if err != nil {
		return err
	}
	if err := l.zero(w); err != nil {
		return err
	}
	for i := range int64(2) {
		if _, err := w.WriteAt(l.tableHead(), (l.reserved+i*l.fatSize)*l.sector()); err != nil {
			return err
		}
	}
	if err := l.writeLabel(w); err != nil {
		return err
	}
	return l.writeBoot(w)
}

func (l *layout) sector() int64 { return int64(l.SectorSize) }

// plan chooses what o leaves open.
func plan(size int64, o Options) (*layout, error) {
	if o.SectorSize == 0 {
		o.SectorSize = 512
	}
	if o.SectorSize < 512 || o.SectorSize > 4096 || o.SectorSize&(o.SectorSize-1) != 0 || len(o.Label) > 11 {
		return nil, abi.EINVAL
	}
	l := &layout{Options: o, total: min(size/int64(o.SectorSize), 1<<32-1)}
	if l.Bits == 0 {
		l.Bits = chooseBits(size)
	}
	if l.RootEntries == 0 {
		l.RootEntries = 512
	}
	l.reserved = 1
	switch l.Bits {
	case 12, 16:
		l.rootSize = (int64(l.RootEntries)*32 + l.sector() - 1) / l.sector()
		l.RootEntries = int(l.rootSize * l.sector() / 32)
	case 32:
		l.reserved, l.RootEntries = 32, 0
	default:
		return nil, abi.EINVAL
	}
	return l, l.chooseCluster()
}

func chooseBits(size int64) int {
	switch {
	case size <= 8<<20:
		return 12
	case size <= 512<<20:
		return 16
	}
	return 32
}

// most returns how many clusters the kind has at most, least how few.
func (l *layout) most() int64 {
	return map[int]int64{12: 4084, 16: 65524, 32: 0x0ffffff5}[l.Bits]
}

func (l *layout) least() int64 { return map[int]int64{12: 1, 16: 4085, 32: 1}[l.Bits] }

// chooseCluster finds the size of clusters and of the tables: EINVAL when no
// size gives a number of clusters that the kind can have.
func (l *layout) chooseCluster() error {
	sizes := []int64{int64(l.ClusterSize) / l.sector()}
	if l.ClusterSize == 0 {
		sizes = sizes[:0]
		for n := l.startCluster(); n <= 128 && n*l.sector() <= 64<<10; n *= 2 {
			sizes = append(sizes, n)
		}
	}
	for _, n := range sizes {
		if n >= 1 && n <= 128 && n&(n-1) == 0 && l.fit(n) {
			return nil
		}
	}
	return abi.EINVAL
}

// startCluster returns the least sectors in a cluster that is tried.
func (l *layout) startCluster() int64 {
	if l.Bits == 32 && l.total*l.sector() > 260<<20 {
		return max(4096/l.sector(), 1)
	}
	return 1
}

// fit computes the tables for clusters of n sectors, and reports whether the
// number of clusters suits.
func (l *layout) fit(n int64) bool {
	l.perCluster = n
	for l.fatSize = 1; ; l.fatSize++ {
		data := l.total - l.reserved - 2*l.fatSize - l.rootSize
		if l.clusters = data / n; data < n {
			return false
		}
		need := ((l.clusters+2)*int64(l.Bits)+7)/8 + l.sector() - 1
		if need /= l.sector(); need <= l.fatSize {
			break
		} else if need > l.fatSize+16 {
			l.fatSize = need - (need-l.fatSize)/2
		}
	}
	return l.clusters >= l.least() && l.clusters <= l.most()
}
