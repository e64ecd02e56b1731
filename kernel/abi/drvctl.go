// Device control and event counters: drvctl(4), evcnt(9).

package abi

// Ioctls of drvctl(4).
const (
	DRVDETACHDEV  = 0x8010447b
	DRVRESCANBUS  = 0x8030447c
	DRVCTLCOMMAND = 0xc010447d
	DRVRESUMEDEV  = 0x8014447e
	DRVLISTDEV    = 0xc020447f
	DRVGETEVENT   = 0x40104480
	DRVSUSPENDDEV = 0x80144481
)

// Devlistargs is struct devlistargs, DRVLISTDEV.
type Devlistargs struct {
	Devname   [16]byte
	Childname uint64
	Children  uint64
}

// Devrescanargs is struct devrescanargs, DRVRESCANBUS.
type Devrescanargs struct {
	Busname     [16]byte
	Ifattr      [16]byte
	Numlocators uint32
	_           [4]byte
	Locators    uint64
}

// Devdetachargs is struct devdetachargs, DRVDETACHDEV.
type Devdetachargs struct {
	Devname [16]byte
}

// Plistref is struct plistref, DRVCTLCOMMAND: a property list of Len bytes.
type Plistref struct {
	Plist uint64
	Len   uint64
}

// Types of event counters and longest name.
const (
	EVCNT_STRING_MAX = 255
	EVCNT_TYPE_ANY   = -1
	EVCNT_TYPE_MISC  = 0
	EVCNT_TYPE_INTR  = 1
	EVCNT_TYPE_TRAP  = 2
)
