// Disk labels, disklabel(5).

package abi

// Where the label lies and how many partitions it has, amd64.
const (
	LABELUSESMBR     = 1
	LABELSECTOR      = 1
	LABELOFFSET      = 0
	MAXPARTITIONS    = 16
	RAW_PART         = 3
	MAXMAXPARTITIONS = 22
)

// Magic number of a label.
const DISKMAGIC = 0x82564557

// Flags of a label.
const (
	D_REMOVABLE = 0x1
	D_ECC       = 0x2
	D_BADSECT   = 0x4
	D_RAMDISK   = 0x8
	D_CHAIN     = 0x10
	D_SCSI_MMC  = 0x20
	D_SSE       = 0x1
)

// Types of drives, Disklabel.Type; 9 is reserved.
const (
	DKTYPE_UNKNOWN = 0
	DKTYPE_SMD     = 1
	DKTYPE_MSCP    = 2
	DKTYPE_DEC     = 3
	DKTYPE_SCSI    = 4
	DKTYPE_ESDI    = 5
	DKTYPE_ST506   = 6
	DKTYPE_HPIB    = 7
	DKTYPE_HPFL    = 8
	DKTYPE_FLOPPY  = 10
	DKTYPE_CCD     = 11
	DKTYPE_VND     = 12
	DKTYPE_ATAPI   = 13
	DKTYPE_RAID    = 14
	DKTYPE_LD      = 15
	DKTYPE_JFS2    = 16
	DKTYPE_CGD     = 17
	DKTYPE_VINUM   = 18
	DKTYPE_FLASH   = 19
	DKTYPE_DM      = 20
	DKTYPE_RUMPD   = 21
	DKTYPE_MD      = 22
)

// Types of partitions, Partition.Fstype.
const (
	FS_UNUSED = iota
	FS_SWAP
	FS_V6
	FS_V7
	FS_SYSV
	FS_V71K
	FS_V8
	FS_BSDFFS
	FS_MSDOS
	FS_BSDLFS
	FS_OTHER
	FS_HPFS
	FS_ISO9660
	FS_BOOT
	FS_ADOS
	FS_HFS
	FS_FILECORE
	FS_EX2FS
	FS_NTFS
	FS_RAID
	FS_CCD
	FS_JFS2
	FS_APPLEUFS
	FS_VINUM
	FS_UDF
	FS_SYSVBFS
	FS_EFS
	FS_NILFS
	FS_CGD
	FS_MINIXFS3
)

// Partition is struct partition; sizes are in sectors. Fsize and Cpg are unions.
type Partition struct {
	Size   uint32
	Offset uint32
	Fsize  uint32
	Fstype uint8
	Frag   uint8
	Cpg    uint16
}

// Disklabel is struct disklabel. Un holds the pack's name.
type Disklabel struct {
	Magic          uint32
	Type           uint16
	Subtype        uint16
	Typename       [16]byte
	Un             [16]byte
	Secsize        uint32
	Nsectors       uint32
	Ntracks        uint32
	Ncylinders     uint32
	Secpercyl      uint32
	Secperunit     uint32
	Sparespertrack uint16
	Sparespercyl   uint16
	Acylinders     uint32
	Rpm            uint16
	Interleave     uint16
	Trackskew      uint16
	Cylskew        uint16
	Headswitch     uint32
	Trkseek        uint32
	Flags          uint32
	Drivedata      [5]uint32
	Spare          [5]uint32
	Magic2         uint32
	Checksum       uint16
	Npartitions    uint16
	Bbsize         uint32
	Sbsize         uint32
	Partitions     [16]Partition
	_              [4]byte
}
