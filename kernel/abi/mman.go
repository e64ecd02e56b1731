// Memory mapping: mmap(2), msync(2), madvise(2), mlockall(2).

package abi

// Protections, mmap(2).
const (
	PROT_NONE  = 0x0
	PROT_READ  = 0x1
	PROT_WRITE = 0x2
	PROT_EXEC  = 0x4
)

// Flags of mmap(2).
const (
	MAP_SHARED          = 0x1
	MAP_PRIVATE         = 0x2
	MAP_FIXED           = 0x10
	MAP_RENAME          = 0x20
	MAP_NORESERVE       = 0x40
	MAP_INHERIT         = 0x80
	MAP_HASSEMAPHORE    = 0x200
	MAP_TRYFIXED        = 0x400
	MAP_WIRED           = 0x800
	MAP_FILE            = 0x0
	MAP_ANONYMOUS       = 0x1000
	MAP_ANON            = 0x1000
	MAP_STACK           = 0x2000
	MAP_ALIGNMENT_SHIFT = 24
	MAP_ALIGNMENT_MASK  = -16777216
	MAP_ALIGNMENT_64KB  = 0x10000000
	MAP_ALIGNMENT_16MB  = 0x18000000
	MAP_ALIGNMENT_4GB   = 0x20000000
	MAP_ALIGNMENT_1TB   = 0x28000000
	MAP_ALIGNMENT_256TB = 0x30000000
	MAP_ALIGNMENT_64PB  = 0x38000000
)

// What mmap(2) returns when it fails.
const MAP_FAILED = -1

// Values of minherit(2).
const (
	MAP_INHERIT_SHARE       = 0
	MAP_INHERIT_COPY        = 1
	MAP_INHERIT_NONE        = 2
	MAP_INHERIT_DONATE_COPY = 3
	MAP_INHERIT_ZERO        = 4
	MAP_INHERIT_DEFAULT     = 1
)

// Flags of msync(2).
const (
	MS_ASYNC      = 0x1
	MS_INVALIDATE = 0x2
	MS_SYNC       = 0x4
)

// Flags of mlockall(2).
const (
	MCL_CURRENT = 0x1
	MCL_FUTURE  = 0x2
)

// Advice of madvise(2).
const (
	MADV_NORMAL     = 0
	MADV_RANDOM     = 1
	MADV_SEQUENTIAL = 2
	MADV_WILLNEED   = 3
	MADV_DONTNEED   = 4
	MADV_SPACEAVAIL = 5
	MADV_FREE       = 6
)

// Advice of posix_madvise(2).
const (
	POSIX_MADV_NORMAL     = 0
	POSIX_MADV_RANDOM     = 1
	POSIX_MADV_SEQUENTIAL = 2
	POSIX_MADV_WILLNEED   = 3
	POSIX_MADV_DONTNEED   = 4
)
