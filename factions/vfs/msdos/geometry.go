// The boot sector: where everything is.
package msdos

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// fatKind is how wide an entry of the table is, in bits.
type fatKind int

const (
	fat12 fatKind = 12
	fat16 fatKind = 16
	fat32 fatKind = 32
)

// geometry is what the boot sector says, checked. Offsets and sizes are in
// bytes of the device.
type geometry struct {
	kind     fatKind
	sector   int64 // bytes in a sector
	cluster  int64 // bytes in a cluster
	fatOff   int64 // of the first table
	fatSize  int64 // of each table
	fats     int
	active   int  // the table that counts
	mirror   bool // the others are kept like it
	rootOff  int64
	rootSize int64  // of a root that is no chain: FAT12 and FAT16
	rootClus uint32 // of a root that is one: FAT32
	dataOff  int64  // of cluster 2
	end      uint32 // the last cluster's number, plus 1
	info     int64  // of the FSInfo sector, 0 for none
	stateOff int64  // of the byte that tells a volume in use
	media    byte
}

const (
	firstCluster = 2
	dirEntSize   = 32
	maxCluster   = 256 << 10
	bootSize     = 512
)

var le = binary.LittleEndian

// readGeometry reads a boot sector of a device of size bytes: EINVAL when it
// is none, or one that contradicts itself.
func readGeometry(b []byte, size int64) (g geometry, err error) {
	g.sector = int64(le.Uint16(b[11:]))
	perClus := int64(b[13])
	reserved := int64(le.Uint16(b[14:]))
	g.fats = int(b[16])
	rootEnts := int64(le.Uint16(b[17:]))
	total := int64(le.Uint16(b[19:]))
	if total == 0 {
		total = int64(le.Uint32(b[32:]))
	}
	g.media = b[21]
	fatSecs := int64(le.Uint16(b[22:]))
	wide := fatSecs == 0
	if wide {
		fatSecs = int64(le.Uint32(b[36:]))
	}
	g.cluster = g.sector * perClus
	if !powerOf2(g.sector, 512, 4096) || !powerOf2(perClus, 1, 128) || g.cluster > maxCluster ||
		reserved == 0 || g.fats == 0 || g.fats > 4 || fatSecs == 0 ||
		total*g.sector > size || rootEnts*dirEntSize%g.sector != 0 || wide && rootEnts != 0 || !wide && rootEnts == 0 {
		return g, abi.EINVAL
	}
	g.fatOff, g.fatSize = reserved*g.sector, fatSecs*g.sector
	g.rootOff, g.rootSize = g.fatOff+int64(g.fats)*g.fatSize, rootEnts*dirEntSize
	g.dataOff = g.rootOff + g.rootSize
	clusters := (total*g.sector - g.dataOff) / g.cluster
	if total*g.sector < g.dataOff || clusters == 0 {
		return g, abi.EINVAL
	}
	g.mirror, g.stateOff = true, 0x25
	switch {
	case wide:
		g.kind, g.stateOff = fat32, 0x41
		err = g.readWide(b)
	case clusters < 4085:
		g.kind = fat12
	default:
		g.kind = fat16
	}
	g.end = firstCluster + uint32(min(clusters, g.entries()-firstCluster, g.kind.most()))
	if err == nil && (g.end <= firstCluster || g.kind == fat32 && !g.valid(g.rootClus)) {
		err = abi.EINVAL
	}
	return g, err
}

// most returns how many clusters the kind can number.
func (k fatKind) most() int64 {
	switch k {
	case fat12:
		return 0xff7 - firstCluster
	case fat16:
		return 0xfff7 - firstCluster
	}
	return 0xffffff7 - firstCluster
}

// readWide reads what only FAT32 has.
func (g *geometry) readWide(b []byte) error {
	if le.Uint16(b[42:]) != 0 { // a version we do not know
		return abi.EINVAL
	}
	if flags := le.Uint16(b[40:]); flags&0x80 != 0 {
		g.mirror, g.active = false, int(flags&0xf)
	}
	if g.active >= g.fats {
		return abi.EINVAL
	}
	g.rootClus = le.Uint32(b[44:]) & clusterMask
	if n := int64(le.Uint16(b[48:])); n != 0 && n != 0xffff && n*g.sector < g.fatOff {
		g.info = n * g.sector
	}
	return nil
}

// entries returns how many entries a table has room for.
func (g *geometry) entries() int64 { return g.fatSize * 8 / int64(g.kind) }

func powerOf2(n, least, most int64) bool { return n >= least && n <= most && n&(n-1) == 0 }

// valid reports the number of a cluster that exists.
func (g *geometry) valid(c uint32) bool { return c >= firstCluster && c < g.end }

// at returns where a cluster is. Preconditions: it is valid.
func (g *geometry) at(c uint32) int64 { return g.dataOff + int64(c-firstCluster)*g.cluster }

// clusters returns how many clusters n bytes take.
func (g *geometry) clusters(n int64) int64 { return (n + g.cluster - 1) / g.cluster }
