// Layouts of older system calls and how they differ: 32-bit seconds, smaller
// device numbers.

package abi

// Timeval50 is struct timeval before NetBSD 6; the same layout on LP64.
type Timeval50 struct {
	Sec  int64
	Usec int64
}

// Timespec50 is struct timespec before NetBSD 6.
type Timespec50 struct {
	Sec  int32
	_    [4]byte
	Nsec int64
}

// Itimerval50 is struct itimerval before NetBSD 6.
type Itimerval50 struct {
	Interval Timeval50
	Value    Timeval50
}

// Itimerspec50 is struct itimerspec before NetBSD 6.
type Itimerspec50 struct {
	Interval Timespec50
	Value    Timespec50
}

// Rusage50 is struct rusage before NetBSD 6.
type Rusage50 struct {
	Utime    Timeval50
	Stime    Timeval50
	Maxrss   int64
	Ixrss    int64
	Idrss    int64
	Isrss    int64
	Minflt   int64
	Majflt   int64
	Nswap    int64
	Inblock  int64
	Oublock  int64
	Msgsnd   int64
	Msgrcv   int64
	Nsignals int64
	Nvcsw    int64
	Nivcsw   int64
}

// Ntptimeval50 is struct ntptimeval before NetBSD 6.
type Ntptimeval50 struct {
	Time      Timespec50
	Maxerror  int64
	Esterror  int64
	Tai       int64
	TimeState int32
	_         [4]byte
}

// Ntptimeval30 is struct ntptimeval before NetBSD 4.
type Ntptimeval30 struct {
	Time     Timeval50
	Maxerror int64
	Esterror int64
}

// Stat30 is struct stat of NetBSD 4 and 5.
type Stat30 struct {
	Dev      uint32
	Mode     uint32
	Ino      uint64
	Nlink    uint32
	Uid      uint32
	Gid      uint32
	Rdev     uint32
	Atim     Timespec50
	Mtim     Timespec50
	Ctim     Timespec50
	Birthtim Timespec50
	Size     int64
	Blocks   int64
	Blksize  int32
	Flags    uint32
	Gen      uint32
	Spare    [2]uint32
	_        [4]byte
}

// Stat13 is struct stat of NetBSD 1.3 to 3.
type Stat13 struct {
	Dev      uint32
	Ino      uint32
	Mode     uint32
	Nlink    uint32
	Uid      uint32
	Gid      uint32
	Rdev     uint32
	_        [4]byte
	Atim     Timespec50
	Mtim     Timespec50
	Ctim     Timespec50
	Size     int64
	Blocks   int64
	Blksize  int32
	Flags    uint32
	Gen      uint32
	Spare0   uint32
	Birthtim Timespec50
}

// Stat12 is struct stat of NetBSD 1.2.
type Stat12 struct {
	Dev     uint32
	Ino     uint32
	Mode    uint16
	Nlink   uint16
	Uid     uint32
	Gid     uint32
	Rdev    uint32
	Atim    Timespec50
	Mtim    Timespec50
	Ctim    Timespec50
	Size    int64
	Blocks  int64
	Blksize uint32
	Flags   uint32
	Gen     uint32
	Lspare  int32
	Qspare  [2]int64
}

// Stat43 is struct stat of 4.3BSD.
type Stat43 struct {
	Dev     uint16
	_       [2]byte
	Ino     uint32
	Mode    uint16
	Nlink   uint16
	Uid     uint16
	Gid     uint16
	Rdev    uint16
	_       [2]byte
	Size    int32
	Atim    Timespec50
	Mtim    Timespec50
	Ctim    Timespec50
	Blksize int32
	Blocks  int32
	Flags   uint32
	Gen     uint32
}

// Dirent12 is struct dirent before NetBSD 4.
type Dirent12 struct {
	Fileno uint32
	Reclen uint16
	Type   uint8
	Namlen uint8
	Name   [256]byte
}

// Dirent43 is struct dirent of 4.3BSD.
type Dirent43 struct {
	Fileno uint32
	Reclen uint16
	Namlen uint16
	Name   [256]byte
}

// Statfs12 is struct statfs before NetBSD 3.
type Statfs12 struct {
	Type        int16
	Oflags      uint16
	_           [4]byte
	Bsize       int64
	Iosize      int64
	Blocks      int64
	Bfree       int64
	Bavail      int64
	Files       int64
	Ffree       int64
	Fsid        Fsid
	Owner       uint32
	_           [4]byte
	Flags       int64
	Syncwrites  int64
	Asyncwrites int64
	Spare       [1]int64
	Fstypename  [16]byte
	Mntonname   [90]byte
	Mntfromname [90]byte
	_           [4]byte
}

// Sigaction13 is struct sigaction of NetBSD 1.3.
type Sigaction13 struct {
	Handler uint64
	Mask    uint32
	Flags   int32
}

// Sigvec is struct sigvec, sigvec(3).
type Sigvec struct {
	Handler uint64
	Mask    int32
	Flags   int32
}

// Sigaltstack13 is struct sigaltstack of NetBSD 1.3.
type Sigaltstack13 struct {
	Sp    uint64
	Size  int32
	Flags int32
}

// Osockaddr is struct sockaddr of 4.3BSD.
type Osockaddr struct {
	Family uint16
	Data   [14]byte
}

// Omsghdr is struct msghdr of 4.3BSD.
type Omsghdr struct {
	Name         uint64
	Namelen      int32
	_            [4]byte
	Iov          uint64
	Iovlen       int32
	_            [4]byte
	Accrights    uint64
	Accrightslen int32
	_            [4]byte
}

// Compat30Fid is struct fid before NetBSD 4.
type Compat30Fid struct {
	Len      uint16
	Reserved uint16
	Data     [16]byte
}

// Compat30Fhandle is fhandle_t before NetBSD 4.
type Compat30Fhandle struct {
	Fsid Fsid
	Fid  Compat30Fid
}
