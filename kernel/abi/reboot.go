// Flags of reboot(2) and of booting.

package abi

// Flags of reboot(2).
const (
	RB_AUTOBOOT  = 0x0
	RB_ASKNAME   = 0x1
	RB_SINGLE    = 0x2
	RB_NOSYNC    = 0x4
	RB_HALT      = 0x8
	RB_INITNAME  = 0x10
	RB_KDB       = 0x40
	RB_RDONLY    = 0x80
	RB_DUMP      = 0x100
	RB_MINIROOT  = 0x200
	RB_STRING    = 0x400
	RB_POWERDOWN = 0x808
	RB_USERCONF  = 0x1000
	RB_MD1       = 0x10000000
	RB_MD2       = 0x20000000
	RB_MD3       = 0x40000000
	RB_MD4       = 0x80000000
)

// How much booting says, boothowto(9).
const (
	AB_NORMAL  = 0x0
	AB_QUIET   = 0x10000
	AB_VERBOSE = 0x20000
	AB_SILENT  = 0x40000
	AB_DEBUG   = 0x80000
)
