// Ioctls of disks and their arguments, dk(4).

package abi

// Ioctls of disks.
const (
	DIOCGDINFO      = 0x41986465
	DIOCSDINFO      = 0x81986466
	DIOCWDINFO      = 0x81986467
	DIOCRFORMAT     = 0xc0386469
	DIOCWFORMAT     = 0xc038646a
	DIOCGPARTINFO   = 0x80206468 // for use within the kernel: nothing is copied out
	DIOCSSTEP       = 0x8004646b
	DIOCSRETRIES    = 0x8004646c
	DIOCKLABEL      = 0x80046477
	DIOCWLABEL      = 0x8004646d
	DIOCSBAD        = 0x8200646e
	DIOCEJECT       = 0x80046470
	ODIOCEJECT      = 0x20006470
	DIOCLOCK        = 0x80046471
	DIOCGDEFLABEL   = 0x41986472
	DIOCCLRLABEL    = 0x20006473
	DIOCGCACHE      = 0x40046474
	DIOCSCACHE      = 0x80046475
	DIOCCACHESYNC   = 0x80046476
	DIOCBSLIST      = 0xc0186477
	DIOCBSFLUSH     = 0x20006478
	DIOCAWEDGE      = 0xc0d06479
	DIOCGWEDGEINFO  = 0x40d0647a
	DIOCDWEDGE      = 0x80d0647b
	DIOCLWEDGES     = 0xc018647c
	DIOCGSTRATEGY   = 0x4030647d
	DIOCSSTRATEGY   = 0x8030647e
	DIOCGDISKINFO   = 0x4010647f
	DIOCTUR         = 0x40046480
	DIOCMWEDGES     = 0x40046483
	DIOCGSECTORSIZE = 0x40046485
	DIOCGMEDIASIZE  = 0x40086484
)

// Flags of DIOCGCACHE.
const (
	DKCACHE_READ    = 0x1
	DKCACHE_WRITE   = 0x2
	DKCACHE_RCHANGE = 0x100
	DKCACHE_WCHANGE = 0x200
	DKCACHE_SAVE    = 0x10000
)

// Partinfo is struct partinfo: a partition and its disk's sector size.
type Partinfo struct {
	Offset  uint64
	Size    uint64
	Secsize uint32
	Bsize   uint32
	Fstype  uint8
	Frag    uint8
	Cpg     uint16
	Fsize   uint32
}

// DkwedgeInfo is struct dkwedge_info, DIOCGWEDGEINFO.
type DkwedgeInfo struct {
	Devname [16]byte
	Wname   [128]byte
	Parent  [16]byte
	Offset  int64
	Size    uint64
	Ptype   [32]byte
}

// DkwedgeList is struct dkwedge_list, DIOCLWEDGES.
type DkwedgeList struct {
	Buf     uint64
	Bufsize uint64
	Nwedges uint32
	Ncopied uint32
}

// DiskGeom is struct disk_geom: a disk's geometry.
type DiskGeom struct {
	Secperunit     int64
	Secsize        uint32
	Nsectors       uint32
	Ntracks        uint32
	Ncylinders     uint32
	Secpercyl      uint32
	Pcylinders     uint32
	Sparespertrack uint32
	Sparespercyl   uint32
	Acylinders     uint32
	_              [4]byte
}

// DiskStrategy is struct disk_strategy, DIOCGSTRATEGY.
type DiskStrategy struct {
	Name     [32]byte
	Param    uint64
	Paramlen uint64
}

// FormatOp is struct format_op, DIOCRFORMAT.
type FormatOp struct {
	Buf      uint64
	Count    int32
	_        [4]byte
	Startblk int64
	Reg      [8]int32
}
