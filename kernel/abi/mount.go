// Mounting: mount(2), unmount(2), statvfs(2).

package abi

// What the file system may do, mount(2).
const (
	MNT_RDONLY      = 0x1
	MNT_SYNCHRONOUS = 0x2
	MNT_NOEXEC      = 0x4
	MNT_NOSUID      = 0x8
	MNT_NODEV       = 0x10
	MNT_UNION       = 0x20
	MNT_ASYNC       = 0x40
	MNT_NOCOREDUMP  = 0x8000
	MNT_RELATIME    = 0x20000
	MNT_IGNORE      = 0x100000
	MNT_DISCARD     = 0x800000
	MNT_EXTATTR     = 0x1000000
	MNT_LOG         = 0x2000000
	MNT_NOATIME     = 0x4000000
	MNT_SYMPERM     = 0x20000000
	MNT_NODEVMTIME  = 0x40000000
	MNT_SOFTDEP     = 0x80000000
	MNT_BASIC_FLAGS = 0xe782807f
)

// How the file system is exported, mount(2).
const (
	MNT_EXRDONLY    = 0x80
	MNT_EXPORTED    = 0x100
	MNT_DEFEXPORTED = 0x200
	MNT_EXPORTANON  = 0x400
	MNT_EXKERB      = 0x800
	MNT_EXNORESPORT = 0x8000000
	MNT_EXPUBLIC    = 0x10000000
)

// Flags the kernel sets, statvfs(2).
const (
	MNT_LOCAL       = 0x1000
	MNT_QUOTA       = 0x2000
	MNT_ROOTFS      = 0x4000
	MNT_VISFLAGMASK = 0xff90ffff
)

// What mount(2) and unmount(2) do.
const (
	MNT_UPDATE   = 0x10000
	MNT_RELOAD   = 0x40000
	MNT_FORCE    = 0x80000
	MNT_GETARGS  = 0x400000
	MNT_OP_FLAGS = 0x4d0000
)

// Flags inside the kernel, not seen by clients.
const (
	IMNT_GONE       = 0x1
	IMNT_UNMOUNT    = 0x2
	IMNT_WANTRDWR   = 0x4
	IMNT_DTYPE      = 0x40
	IMNT_HAS_TRANS  = 0x80
	IMNT_MPSAFE     = 0x100
	IMNT_CAN_RWTORO = 0x200
	IMNT_ONWORKLIST = 0x400
)

// How getvfsstat(2) and sync(2) wait.
const (
	MNT_WAIT   = 1
	MNT_NOWAIT = 2
	MNT_LAZY   = 3
)

// Flags of statvfs(2): those of mount(2) by other names.
const (
	ST_RDONLY      = 0x1
	ST_SYNCHRONOUS = 0x2
	ST_NOEXEC      = 0x4
	ST_NOSUID      = 0x8
	ST_NODEV       = 0x10
	ST_UNION       = 0x20
	ST_ASYNC       = 0x40
	ST_NOCOREDUMP  = 0x8000
	ST_RELATIME    = 0x20000
	ST_IGNORE      = 0x100000
	ST_NOATIME     = 0x4000000
	ST_SYMPERM     = 0x20000000
	ST_NODEVMTIME  = 0x40000000
	ST_SOFTDEP     = 0x80000000
	ST_LOG         = 0x2000000
	ST_EXTATTR     = 0x1000000
	ST_EXRDONLY    = 0x80
	ST_EXPORTED    = 0x100
	ST_DEFEXPORTED = 0x200
	ST_EXPORTANON  = 0x400
	ST_EXKERB      = 0x800
	ST_EXNORESPORT = 0x8000000
	ST_EXPUBLIC    = 0x10000000
	ST_LOCAL       = 0x1000
	ST_QUOTA       = 0x2000
	ST_ROOTFS      = 0x4000
)

// How statvfs1(2) waits.
const (
	ST_WAIT   = 1
	ST_NOWAIT = 2
)

// Lengths of names with their NUL.
const (
	VFS_NAMELEN  = 32
	VFS_MNAMELEN = 1024
	MNAMELEN     = 90
)

// Statvfs is struct statvfs, statvfs(2).
type Statvfs struct {
	Flag        uint64
	Bsize       uint64
	Frsize      uint64
	Iosize      uint64
	Blocks      uint64
	Bfree       uint64
	Bavail      uint64
	Bresvd      uint64
	Files       uint64
	Ffree       uint64
	Favail      uint64
	Fresvd      uint64
	Syncreads   uint64
	Syncwrites  uint64
	Asyncreads  uint64
	Asyncwrites uint64
	Fsidx       Fsid
	Fsid        uint64
	Namemax     uint64
	Owner       uint32
	Spare       [4]uint32
	Fstypename  [32]byte
	Mntonname   [1024]byte
	Mntfromname [1024]byte
	_           [4]byte
}
