// Limits of the system, sysctl(7), and constants of the kernel that clients see.

package abi

// Limits of the system.
const (
	ARG_MAX        = 262144
	CHILD_MAX      = 160
	GID_MAX        = 2147483647
	LINK_MAX       = 32767
	MAX_CANON      = 255
	MAX_INPUT      = 255
	NAME_MAX       = 511
	NGROUPS_MAX    = 16
	UID_MAX        = 2147483647
	OPEN_MAX       = 128
	PATH_MAX       = 1024
	PIPE_BUF       = 512
	LINE_MAX       = 2048
	LOGIN_NAME_MAX = 17
	IOV_MAX        = 1024
	NZERO          = 20
)

// Sizes of names and tables. KERNEL_NAME_MAX, not NAME_MAX, bounds a file name.
const (
	MAXCOMLEN       = 16
	MAXINTERP       = 1024
	MAXLOGNAME      = 16
	NGROUPS         = 16
	NOGROUP         = 65535
	MAXHOSTNAMELEN  = 256
	NOFILE          = 128
	MAXUPRC         = 160
	MAXBSIZE        = 65536
	MAXPATHLEN      = 1024
	MAXSYMLINKS     = 32
	KERNEL_NAME_MAX = 255
)

// Scaling of load averages and priorities.
const (
	FSHIFT = 11
	FSCALE = 2048
)

// The mode mask of a new process.
const CMASK = 0o22

// Sizes of pages and disk blocks in bytes.
const (
	PGSHIFT    = 12
	NBPG       = 4096
	DEV_BSHIFT = 9
	DEV_BSIZE  = 512
	MAXPHYS    = 65536
)

// Most elements of a vector, readv(2).
const UIO_MAXIOV = 1024

// Limits of message queues, mq(3).
const (
	MQ_OPEN_MAX = 512
	MQ_PRIO_MAX = 32
)

// Largest value of a semaphore, semaphore(3).
const SEM_VALUE_MAX = 4294967295

// Bits in a byte.
const NBBY = 8
