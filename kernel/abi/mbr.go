// Master boot records, mbr(8).

package abi

// Where things are in the sector.
const (
	MBR_BBSECTOR     = 0
	MBR_DSN_OFFSET   = 440
	MBR_PART_OFFSET  = 446
	MBR_MAGIC_OFFSET = 510
	MBR_PART_COUNT   = 4
)

// Magic number and types of partitions.
const (
	MBR_MAGIC         = 0xaa55
	MBR_PFLAG_ACTIVE  = 0x80
	MBR_PTYPE_UNUSED  = 0x0
	MBR_PTYPE_FAT12   = 0x1
	MBR_PTYPE_FAT16S  = 0x4
	MBR_PTYPE_EXT     = 0x5
	MBR_PTYPE_FAT16B  = 0x6
	MBR_PTYPE_NTFS    = 0x7
	MBR_PTYPE_FAT32   = 0xb
	MBR_PTYPE_FAT32L  = 0xc
	MBR_PTYPE_FAT16L  = 0xe
	MBR_PTYPE_EXT_LBA = 0xf
	MBR_PTYPE_LNXEXT2 = 0x83
	MBR_PTYPE_386BSD  = 0xa5
	MBR_PTYPE_OPENBSD = 0xa6
	MBR_PTYPE_NETBSD  = 0xa9
)
