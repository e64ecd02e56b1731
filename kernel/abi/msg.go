// Messages and what travels with them: sendmsg(2), recvmmsg(2), getsockopt(2).

package abi

// Msghdr is struct msghdr, sendmsg(2).
type Msghdr struct {
	Name       uint64
	Namelen    uint32
	_          [4]byte
	Iov        uint64
	Iovlen     int32
	_          [4]byte
	Control    uint64
	Controllen uint32
	Flags      int32
}

// Mmsghdr is struct mmsghdr, sendmmsg(2).
type Mmsghdr struct {
	Hdr Msghdr
	Len uint32
	_   [4]byte
}

// Cmsghdr is struct cmsghdr, the head of a control message; its data start
// CmsgDataOffset bytes in.
type Cmsghdr struct {
	Len   uint32
	Level int32
	Type  int32
}

// CmsgDataOffset is the distance from the head of a control message to its data.
const CmsgDataOffset = 16

// CmsgAlign rounds a length up to where the next control message can start.
func CmsgAlign(n int) int {
	return (n + 7) &^ 7
}

// CmsgLen is the value of Cmsghdr.Len for n bytes of data.
func CmsgLen(n int) int {
	return CmsgDataOffset + n
}

// CmsgSpace is the room a control message with n bytes of data takes.
func CmsgSpace(n int) int {
	return CmsgDataOffset + CmsgAlign(n)
}

// Linger is struct linger, SO_LINGER of getsockopt(2). Linger is in seconds.
type Linger struct {
	Onoff  int32
	Linger int32
}

// AcceptFilterArg is struct accept_filter_arg, SO_ACCEPTFILTER of accept_filter(9).
type AcceptFilterArg struct {
	Name [16]byte
	Arg  [240]byte
}

// Sockcred is struct sockcred, SCM_CREDS of unix(4); Groups has as many
// elements as Ngroups says.
type Sockcred struct {
	Pid     int32
	Uid     uint32
	Euid    uint32
	Gid     uint32
	Egid    uint32
	Ngroups int32
	Groups  [1]uint32
}

// Sockcred70 is struct sockcred of NetBSD 7 and before, LOCAL_OCREDS.
type Sockcred70 struct {
	Uid     uint32
	Euid    uint32
	Gid     uint32
	Egid    uint32
	Ngroups int32
	Groups  [1]uint32
}
