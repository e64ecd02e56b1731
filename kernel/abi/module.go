// Kernel modules, modctl(2), module(7).

package abi

// Commands of modctl(2).
const (
	MODCTL_LOAD = iota
	MODCTL_UNLOAD
	MODCTL_STAT
	MODCTL_EXISTS
)

// Flags of a ModctlLoad.
const (
	MODCTL_NO_PROP    = 0x2
	MODCTL_LOAD_FORCE = 0x1
)

// Limits of names and dependencies.
const (
	MAXMODNAME = 32
	MAXMODDEPS = 10
)

// Classes of modules, Modstat.Class.
const (
	MODULE_CLASS_ANY = iota
	MODULE_CLASS_MISC
	MODULE_CLASS_VFS
	MODULE_CLASS_DRIVER
	MODULE_CLASS_EXEC
	MODULE_CLASS_SECMODEL
)

// Sources of modules, Modstat.Source.
const (
	MODULE_SOURCE_KERNEL = iota
	MODULE_SOURCE_BOOT
	MODULE_SOURCE_FILESYS
)

// Flags of a module, Modstat.Flags.
const (
	MODFLG_MUST_FORCE  = 0x1 // disabled: loads only with MODCTL_LOAD_FORCE
	MODFLG_AUTO_LOADED = 0x2
)

// ModctlLoad is struct modctl_load, MODCTL_LOAD.
type ModctlLoad struct {
	Filename uint64
	Flags    int32
	_        [4]byte
	Props    uint64
	Propslen uint64
}

// Modstat is struct modstat, MODCTL_STAT. Refcnt is -1 as uint32 for a disabled builtin.
type Modstat struct {
	Name     [32]byte
	Required [320]byte
	Addr     uint64
	Source   int32
	Class    int32
	Size     uint32
	Refcnt   uint32
	Flags    uint32
	Reserved [3]uint32
}
