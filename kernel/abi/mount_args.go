// Arguments of mount(2) by type of file system. Strings inside are client addresses.

package abi

// UfsArgs is struct ufs_args: ffs, lfs, ext2fs.
type UfsArgs struct {
	Fspec uint64
}

// MfsArgs is struct mfs_args, mount_mfs(8).
type MfsArgs struct {
	Fspec uint64
	Pad1  [128]byte // former export arguments
	Base  uint64
	Size  uint64
}

// ExportArgs is struct export_args, mount_ffs(8): an entry of the export list.
type ExportArgs struct {
	Flags     int32
	Root      uint32
	Anon      Uucred
	Addr      uint64
	Addrlen   int32
	_         [4]byte
	Mask      uint64
	Masklen   int32
	_         [4]byte
	Indexfile uint64
}

// MountdExportsList is struct mountd_exports_list, nfssvc(2).
type MountdExportsList struct {
	Path     uint64
	Nexports uint64
	Exports  uint64
}

// Version of TmpfsArgs.
const TMPFS_ARGS_VERSION = 1

// TmpfsArgs is struct tmpfs_args, mount_tmpfs(8); a limit of 0 means the default.
type TmpfsArgs struct {
	Version  int32
	_        [4]byte
	NodesMax uint64
	SizeMax  int64
	RootUid  uint32
	RootGid  uint32
	RootMode uint32
	_        [4]byte
}

// Flags of IsoArgs.
const (
	ISOFSMNT_NORRIP      = 0x1
	ISOFSMNT_GENS        = 0x2
	ISOFSMNT_EXTATT      = 0x4
	ISOFSMNT_NOJOLIET    = 0x8
	ISOFSMNT_NOCASETRANS = 0x10
	ISOFSMNT_RRCASEINS   = 0x20
)

// IsoArgs is struct iso_args, mount_cd9660(8).
type IsoArgs struct {
	Fspec uint64
	Pad1  [128]byte // former export arguments
	Flags int32
	_     [4]byte
}

// Version and flags of MsdosfsArgs.
const (
	MSDOSFSMNT_VERSION   = 0x3
	MSDOSFSMNT_SHORTNAME = 0x1
	MSDOSFSMNT_LONGNAME  = 0x2
	MSDOSFSMNT_NOWIN95   = 0x4
	MSDOSFSMNT_GEMDOSFS  = 0x8
	MSDOSFSMNT_VERSIONED = 0x10
	MSDOSFSMNT_UTF8      = 0x20
	MSDOSFSMNT_MNTOPT    = 0x3f
	MSDOSFSMNT_RONLY     = 0x80000000
	MSDOSFSMNT_WAITONFAT = 0x40000000
	MSDOSFS_FATMIRROR    = 0x20000000
)

// MsdosfsArgs is struct msdosfs_args, mount_msdos(8).
type MsdosfsArgs struct {
	Fspec   uint64
	Pad1    [128]byte // former export arguments
	Uid     uint32
	Gid     uint32
	Mask    uint32
	Flags   int32
	Version int32
	Dirmask uint32
	Gmtoff  int32
	_       [4]byte
}

// Version of PtyfsArgs.
const PTYFS_ARGSVERSION = 2

// PtyfsArgs is struct ptyfs_args, mount_ptyfs(8).
type PtyfsArgs struct {
	Version int32
	Gid     uint32
	Mode    uint32
	Flags   int32
}

// Version and flags of UdfArgs.
const (
	UDFMNT_VERSION      = 1
	UDFMNT_CLOSESESSION = 1
)

// UdfArgs is struct udf_args, mount_udf(8).
type UdfArgs struct {
	Version    uint32
	_          [4]byte
	Fspec      uint64
	Sessionnr  int32
	Udfmflags  uint32
	Gmtoff     int32
	AnonUid    uint32
	AnonGid    uint32
	NobodyUid  uint32
	NobodyGid  uint32
	SectorSize uint32
	Reserved   [32]byte
}

// Modes of UnionArgs.
const (
	UNMNT_ABOVE   = 1
	UNMNT_BELOW   = 2
	UNMNT_REPLACE = 3
	UNMNT_OPMASK  = 3
)

// UnionArgs is struct union_args, mount_union(8).
type UnionArgs struct {
	Target   uint64
	Mntflags int32
	_        [4]byte
}

// LayerArgs is struct layer_args, the head of the arguments of stacked file systems.
type LayerArgs struct {
	Target uint64
	Pad1   [128]byte // former export arguments
}

// NullArgs is struct null_args, mount_null(8).
type NullArgs struct {
	La LayerArgs
}

// UmapArgs is struct umap_args, mount_umap(8).
type UmapArgs struct {
	La        LayerArgs
	Nentries  int32
	Gnentries int32
	Mapdata   uint64
	Gmapdata  uint64
}

// SysvbfsArgs is struct sysvbfs_args, mount_sysvbfs(8).
type SysvbfsArgs struct {
	Fspec uint64
}

// Version of EfsArgs.
const EFS_MNT_VERSION = 0

// EfsArgs is struct efs_args, mount_efs(8).
type EfsArgs struct {
	Fspec   uint64
	Version int32
	_       [4]byte
}

// HfsArgs is struct hfs_args, mount_hfs(8).
type HfsArgs struct {
	Fspec uint64
}

// V7fsArgs is struct v7fs_args, mount_v7fs(8).
type V7fsArgs struct {
	Fspec  uint64
	Endian int32
	_      [4]byte
}

// Version of NilfsArgs.
const NILFSMNT_VERSION = 1

// NilfsArgs is struct nilfs_args, mount_nilfs(8).
type NilfsArgs struct {
	Version     uint32
	_           [4]byte
	Fspec       uint64
	Nilfsmflags uint32
	Gmtoff      int32
	Cpno        int64
	Reserved    [32]byte
}
