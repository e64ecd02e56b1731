// How an ioctl(2) command is encoded, and the generic ones.

package abi

// Direction and size in a command: 3 bits, 13 bits, 8 bits of group, 8 bits of number.
const (
	IOCPARM_MASK   = 0x00001fff
	IOCPARM_SHIFT  = 16
	IOCGROUP_SHIFT = 8
	IOCPARM_MAX    = 0x00001000
	IOC_VOID       = 0x20000000
	IOC_OUT        = 0x40000000
	IOC_IN         = 0x80000000
	IOC_INOUT      = 0xc0000000
	IOC_DIRMASK    = 0xe0000000
)

// IocLen is the size in bytes of the argument of a command.
func IocLen(cmd uint32) int {
	return int(cmd >> IOCPARM_SHIFT & IOCPARM_MASK)
}

// IocGroup is the group character of a command.
func IocGroup(cmd uint32) byte {
	return byte(cmd >> IOCGROUP_SHIFT)
}

// IocNr is the number of a command in its group.
func IocNr(cmd uint32) byte {
	return byte(cmd)
}

// IocReads reports whether the kernel copies the argument in.
func IocReads(cmd uint32) bool {
	return cmd&IOC_IN != 0
}

// IocWrites reports whether the kernel copies the argument out.
func IocWrites(cmd uint32) bool {
	return cmd&IOC_OUT != 0
}

// Generic ioctls of descriptors.
const (
	FIOCLEX     = 0x20006601
	FIONCLEX    = 0x20006602
	FIONREAD    = 0x4004667f
	FIONBIO     = 0x8004667e
	FIOASYNC    = 0x8004667d
	FIOSETOWN   = 0x8004667c
	FIOGETOWN   = 0x4004667b
	OFIOGETBMAP = 0xc004667a
	FIOGETBMAP  = 0xc008667a
	FIONWRITE   = 0x40046679
	FIONSPACE   = 0x40046678
	FIBMAP      = 0xc008667a
)
