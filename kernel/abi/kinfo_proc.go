// The record of kern.proc, which holds the kernel's own structures.

package abi

// KinfoProc is struct kinfo_proc of NetBSD 7.99.34 on amd64: what of struct
// proc and struct eproc tells of a process to others, at its place.
type KinfoProc struct {
	_       [208]byte
	Stat    int8
	_       [3]byte
	Pid     int32
	_       [64]byte
	Nlwps   int32
	_       [300]byte
	Nice    uint8
	Comm    [17]byte
	_       [94]byte
	Ruid    uint32
	Svuid   uint32
	Rgid    uint32
	Svgid   uint32
	_       [8]byte
	Ref     uint32
	Uid     uint32
	Gid     uint32
	Ngroups uint32
	Groups  [16]uint32
	_       [368]byte
	Ppid    int32
	Pgid    int32
	Jobc    int16
	_       [2]byte
	Tdev    uint32
	Tpgid   int32
	_       [4]byte
	Tsess   uint64
	Wmesg   [8]byte
	Xsize   int32
	Xrssize int16
	Xccount int16
	Xswrss  int16
	_       [6]byte
	Eflag   int64
	Login   [16]byte
	Sid     int32
	_       [28]byte
}
