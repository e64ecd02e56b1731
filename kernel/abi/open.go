// Flags of open(2), fcntl(2), flock(2) and the calls that take a directory descriptor.

package abi

// Flags of open(2).
const (
	O_RDONLY    = 0x0
	O_WRONLY    = 0x1
	O_RDWR      = 0x2
	O_ACCMODE   = 0x3
	O_NONBLOCK  = 0x4
	O_APPEND    = 0x8
	O_SHLOCK    = 0x10
	O_EXLOCK    = 0x20
	O_ASYNC     = 0x40
	O_SYNC      = 0x80
	O_NOFOLLOW  = 0x100
	O_CREAT     = 0x200
	O_TRUNC     = 0x400
	O_EXCL      = 0x800
	O_NOCTTY    = 0x8000
	O_DSYNC     = 0x10000
	O_RSYNC     = 0x20000
	O_ALT_IO    = 0x40000
	O_DIRECT    = 0x80000
	O_DIRECTORY = 0x200000
	O_CLOEXEC   = 0x400000
	O_SEARCH    = 0x800000
	O_NOSIGPIPE = 0x1000000
	O_FSYNC     = 0x80
	O_NDELAY    = 0x4
)

// Kernel flags of an open file; FREAD and FWRITE are O_ACCMODE plus one.
const (
	FREAD   = 0x1
	FWRITE  = 0x2
	FAPPEND = 0x8
	FASYNC  = 0x40
	FNDELAY = 0x4
)

// Commands of fcntl(2).
const (
	F_DUPFD         = 0
	F_GETFD         = 1
	F_SETFD         = 2
	F_GETFL         = 3
	F_SETFL         = 4
	F_GETOWN        = 5
	F_SETOWN        = 6
	F_GETLK         = 7
	F_SETLK         = 8
	F_SETLKW        = 9
	F_CLOSEM        = 10
	F_MAXFD         = 11
	F_DUPFD_CLOEXEC = 12
	F_GETNOSIGPIPE  = 13
	F_SETNOSIGPIPE  = 14
)

// Descriptor flags, F_SETFD of fcntl(2).
const FD_CLOEXEC = 1

// Kinds of record lock, Flock.Type.
const (
	F_RDLCK = 1
	F_UNLCK = 2
	F_WRLCK = 3
)

// How a fcntl(2) command for the file system is encoded.
const (
	F_PARAM_MASK = 0x00000fff
	F_PARAM_MAX  = 0x00000fff
	F_FSCTL      = -2147483648
	F_FSVOID     = 0x40000000
	F_FSOUT      = 0x20000000
	F_FSIN       = 0x10000000
	F_FSINOUT    = 0x30000000
	F_FSDIRMASK  = 0x70000000
	F_FSPRIV     = 0x00008000
)

// Operations of flock(2).
const (
	LOCK_SH = 1
	LOCK_EX = 2
	LOCK_NB = 4
	LOCK_UN = 8
)

// Advice of posix_fadvise(2).
const (
	POSIX_FADV_NORMAL     = 0
	POSIX_FADV_RANDOM     = 1
	POSIX_FADV_SEQUENTIAL = 2
	POSIX_FADV_WILLNEED   = 3
	POSIX_FADV_DONTNEED   = 4
	POSIX_FADV_NOREUSE    = 5
)

// Flags and the directory descriptor of the *at calls, openat(2).
const (
	AT_FDCWD            = -100
	AT_EACCESS          = 0x100
	AT_SYMLINK_NOFOLLOW = 0x200
	AT_SYMLINK_FOLLOW   = 0x400
	AT_REMOVEDIR        = 0x800
)

// Modes of access(2).
const (
	F_OK = 0
	X_OK = 1
	W_OK = 2
	R_OK = 4
)

// Origins of lseek(2).
const (
	SEEK_SET = 0
	SEEK_CUR = 1
	SEEK_END = 2
)

// Flags of fsync_range(2).
const (
	FDATASYNC = 0x10
	FFILESYNC = 0x20
	FDISKSYNC = 0x40
)

// Flock is struct flock, fcntl(2).
type Flock struct {
	Start  int64
	Len    int64
	Pid    int32
	Type   int16
	Whence int16
}

// Iovec is struct iovec, readv(2).
type Iovec struct {
	Base uint64
	Len  uint64
}
