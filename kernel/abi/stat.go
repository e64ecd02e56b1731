// File modes, flags and the structures of stat(2), getdents(2) and pathconf(2).

package abi

// Permission bits of a mode, chmod(2).
const (
	S_ISUID  = 0o4000
	S_ISGID  = 0o2000
	S_ISTXT  = 0o1000
	S_IRWXU  = 0o700
	S_IRUSR  = 0o400
	S_IWUSR  = 0o200
	S_IXUSR  = 0o100
	S_IREAD  = 0o400
	S_IWRITE = 0o200
	S_IEXEC  = 0o100
	S_IRWXG  = 0o70
	S_IRGRP  = 0o40
	S_IWGRP  = 0o20
	S_IXGRP  = 0o10
	S_IRWXO  = 0o7
	S_IROTH  = 0o4
	S_IWOTH  = 0o2
	S_IXOTH  = 0o1
)

// File types of a mode, stat(2).
const (
	S_IFMT   = 0o170000
	S_IFIFO  = 0o10000
	S_IFCHR  = 0o20000
	S_IFDIR  = 0o40000
	S_IFBLK  = 0o60000
	S_IFREG  = 0o100000
	S_IFLNK  = 0o120000
	S_ISVTX  = 0o1000
	S_IFSOCK = 0o140000
	S_IFWHT  = 0o160000
)

// Usual masks of a mode.
const (
	ACCESSPERMS = 0o777
	ALLPERMS    = 0o7777
	DEFFILEMODE = 0o666
)

// Unit of Stat.Blocks in bytes.
const S_BLKSIZE = 512

// File flags the owner may set, chflags(2).
const (
	UF_SETTABLE  = 0xffff
	UF_NODUMP    = 0x1
	UF_IMMUTABLE = 0x2
	UF_APPEND    = 0x4
	UF_OPAQUE    = 0x8
)

// File flags the superuser may set, chflags(2).
const (
	SF_SETTABLE  = 0xffff0000
	SF_ARCHIVED  = 0x10000
	SF_IMMUTABLE = 0x20000
	SF_APPEND    = 0x40000
	SF_SNAPSHOT  = 0x200000
	SF_LOG       = 0x400000
	SF_SNAPINVAL = 0x800000
)

// Values of Timespec.Nsec with a meaning of their own, utimensat(2).
const (
	UTIME_NOW  = 0x3fffffff
	UTIME_OMIT = 0x3ffffffe
)

// Stat is struct stat, stat(2).
type Stat struct {
	Dev      uint64
	Mode     uint32
	_        [4]byte
	Ino      uint64
	Nlink    uint32
	Uid      uint32
	Gid      uint32
	_        [4]byte
	Rdev     uint64
	Atim     Timespec
	Mtim     Timespec
	Ctim     Timespec
	Birthtim Timespec
	Size     int64
	Blocks   int64
	Blksize  int32
	Flags    uint32
	Gen      uint32
	Spare    [2]uint32
	_        [4]byte
}

// File types in a directory entry, getdents(2): a mode's type shifted right by 12.
const (
	DT_UNKNOWN = 0
	DT_FIFO    = 1
	DT_CHR     = 2
	DT_DIR     = 4
	DT_BLK     = 6
	DT_REG     = 8
	DT_LNK     = 10
	DT_SOCK    = 12
	DT_WHT     = 14
)

// Dirent is struct dirent at its largest, getdents(2). A record is shorter: DirentReclen bytes.
type Dirent struct {
	Fileno uint64
	Reclen uint16
	Namlen uint16
	Type   uint8
	Name   [512]byte
	_      [3]byte
}

// DirentNameOffset is where the name starts in a directory entry.
const DirentNameOffset = 13

// DirentReclen is the length of the record of a name of namlen bytes: head, name and
// NUL, rounded up to 8 bytes.
func DirentReclen(namlen int) int {
	return (DirentNameOffset + namlen + 1 + 7) &^ 7
}

// Names of pathconf(2), without the leading underscore.
const (
	PC_LINK_MAX         = 1
	PC_MAX_CANON        = 2
	PC_MAX_INPUT        = 3
	PC_NAME_MAX         = 4
	PC_PATH_MAX         = 5
	PC_PIPE_BUF         = 6
	PC_CHOWN_RESTRICTED = 7
	PC_NO_TRUNC         = 8
	PC_VDISABLE         = 9
	PC_SYNC_IO          = 10
	PC_FILESIZEBITS     = 11
	PC_SYMLINK_MAX      = 12
	PC_2_SYMLINKS       = 13
	PC_ACL_EXTENDED     = 14
	PC_MIN_HOLE_SIZE    = 15
)
