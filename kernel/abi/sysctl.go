// The calling convention of sysctl(3): node types, flags, meta operations and their
// structures.

package abi

// Sizes.
const (
	CTL_MAXNAME    = 12
	SYSCTL_NAMELEN = 32
	CREATE_BASE    = 1024
	SYSCTL_DEFSIZE = 8
)

// Types of nodes, Sysctlnode.Flags.
const (
	CTLTYPE_NODE   = 1
	CTLTYPE_INT    = 2
	CTLTYPE_STRING = 3
	CTLTYPE_QUAD   = 4
	CTLTYPE_STRUCT = 5
	CTLTYPE_BOOL   = 6
	CTLTYPE_LONG   = 4
)

// Flags of nodes, Sysctlnode.Flags.
const (
	CTLFLAG_READONLY  = 0x0
	CTLFLAG_READWRITE = 0x70
	CTLFLAG_ANYWRITE  = 0x80
	CTLFLAG_PRIVATE   = 0x100
	CTLFLAG_PERMANENT = 0x200
	CTLFLAG_OWNDATA   = 0x400
	CTLFLAG_IMMEDIATE = 0x800
	CTLFLAG_HEX       = 0x1000
	CTLFLAG_ROOT      = 0x2000
	CTLFLAG_ANYNUMBER = 0x4000
	CTLFLAG_HIDDEN    = 0x8000
	CTLFLAG_ALIAS     = 0x10000
	CTLFLAG_MMAP      = 0x20000
	CTLFLAG_OWNDESC   = 0x40000
	CTLFLAG_UNSIGNED  = 0x80000
)

// Parts of Sysctlnode.Flags.
const (
	SYSCTL_VERS_MASK = 0xff000000
	SYSCTL_VERS_0    = 0x00000000
	SYSCTL_VERS_1    = 0x01000000
	SYSCTL_VERSION   = 0x01000000
	SYSCTL_USERFLAGS = 0x00009df0
	SYSCTL_TYPEMASK  = 0x0000000f
	SYSCTL_FLAGMASK  = 0x00fffff0
)

// Meta operations: the last component of a name, sysctl(3).
const (
	CTL_EOL       = -1
	CTL_QUERY     = -2
	CTL_CREATE    = -3
	CTL_CREATESYM = -4
	CTL_DESTROY   = -5
	CTL_MMAP      = -6
	CTL_DESCRIBE  = -7
)

// Sysctlnode is struct sysctlnode, CTL_QUERY. Un is a union: room for children and their
// number (SetChildren), a data pointer, or an immediate value.
type Sysctlnode struct {
	Flags  uint32
	Num    int32
	Name   [32]byte
	Ver    uint32
	Rsvd   uint32
	Un     [2]uint64
	Size   uint64
	Func   uint64
	Parent uint64
	Desc   uint64
}

// Sysctldesc is struct sysctldesc, CTL_DESCRIBE: the head of a record. Len bytes of text
// with its NUL start SysctldescStrOffset bytes in; the record is padded to 4 bytes.
type Sysctldesc struct {
	Num int32
	Ver uint32
	Len uint32
	Str [1]byte
	_   [3]byte
}

// SetChildren makes Un tell the number of children and the room for them.
func (n *Sysctlnode) SetChildren(room, count uint32) {
	n.Un = [2]uint64{uint64(room) | uint64(count)<<32, 0}
}

// SysctldescStrOffset is where the text starts in a description.
const SysctldescStrOffset = 12
