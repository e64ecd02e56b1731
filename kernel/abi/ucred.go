// Who a client is: structures of credentials and of the system's name.

package abi

// Uucred is struct uucred, credentials as file systems exchange them, mount(2).
type Uucred struct {
	Unused  uint16
	_       [2]byte
	Uid     uint32
	Gid     uint32
	Ngroups int16
	_       [2]byte
	Groups  [NGROUPS]uint32
}

// Fsid is fsid_t, the identity of a mounted file system, statvfs(2).
type Fsid struct {
	Val [2]int32
}

// Utsname is struct utsname, uname(3).
type Utsname struct {
	Sysname  [256]byte
	Nodename [256]byte
	Release  [256]byte
	Version  [256]byte
	Machine  [256]byte
}

// Size of each member of a Utsname.
const SYS_NMLN = 256
