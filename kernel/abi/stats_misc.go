// CPU time, I/O statistics and swap: sysctl(7), swapctl(2).

package abi

// Indices into kern.cp_time.
const (
	CP_USER   = 0
	CP_NICE   = 1
	CP_SYS    = 2
	CP_INTR   = 3
	CP_IDLE   = 4
	CPUSTATES = 5
)

// Kinds of hw.iostats.
const (
	IOSTATNAMELEN = 16
	IOSTAT_DISK   = 0
	IOSTAT_TAPE   = 1
	IOSTAT_NFS    = 2
)

// Types and flags of the mappings vm.proc.map reports.
const (
	KVME_TYPE_NONE       = 0x0
	KVME_TYPE_OBJECT     = 0x1
	KVME_TYPE_VNODE      = 0x2
	KVME_TYPE_KERN       = 0x3
	KVME_TYPE_DEVICE     = 0x4
	KVME_TYPE_ANON       = 0x5
	KVME_TYPE_SUBMAP     = 0x6
	KVME_TYPE_UNKNOWN    = 0xff
	KVME_PROT_READ       = 0x1
	KVME_PROT_WRITE      = 0x2
	KVME_PROT_EXEC       = 0x4
	KVME_FLAG_COW        = 0x1
	KVME_FLAG_NEEDS_COPY = 0x2
	KVME_FLAG_NOCOREDUMP = 0x4
	KVME_FLAG_PAGEABLE   = 0x8
	KVME_FLAG_GROWS_UP   = 0x10
	KVME_FLAG_GROWS_DOWN = 0x20
)

// Commands and flags of swapctl(2).
const (
	SWAP_ON         = 0x1
	SWAP_OFF        = 0x2
	SWAP_NSWAP      = 0x3
	SWAP_STATS13    = 0x4
	SWAP_CTL        = 0x5
	SWAP_STATS50    = 0x6
	SWAP_DUMPDEV    = 0x7
	SWAP_GETDUMPDEV = 0x8
	SWAP_DUMPOFF    = 0x9
	SWAP_STATS      = 0xa
	SWF_INUSE       = 0x1
	SWF_ENABLE      = 0x2
	SWF_BUSY        = 0x4
	SWF_FAKE        = 0x8
)
