// Socket addresses: byte 0 is the length, byte 1 the family. Ports and IPv4 addresses
// are in network byte order.

package abi

// Sockaddr is struct sockaddr, the head of every address.
type Sockaddr struct {
	Len    uint8
	Family uint8
	Data   [14]byte
}

// Size of a SockaddrStorage in bytes.
const SS_MAXSIZE = 128

// SockaddrStorage is struct sockaddr_storage: room for any address.
type SockaddrStorage struct {
	Len    uint8
	Family uint8
	Pad1   [6]byte
	Align  int64
	Pad2   [112]byte
}

// InAddr is struct in_addr: an IPv4 address in network byte order.
type InAddr struct {
	Addr [4]byte
}

// In6Addr is struct in6_addr: an IPv6 address.
type In6Addr struct {
	Addr [16]byte
}

// SockaddrIn is struct sockaddr_in, ip(4).
type SockaddrIn struct {
	Len    uint8
	Family uint8
	Port   [2]byte // network byte order
	Addr   InAddr
	Zero   [8]byte
}

// SockaddrIn6 is struct sockaddr_in6, ip6(4).
type SockaddrIn6 struct {
	Len      uint8
	Family   uint8
	Port     [2]byte // network byte order
	Flowinfo uint32
	Addr     In6Addr
	ScopeId  uint32
}

// SockaddrUn is struct sockaddr_un, unix(4). Len may cover just the used part of Path.
type SockaddrUn struct {
	Len    uint8
	Family uint8
	Path   [104]byte
}

// DlAddr is struct dl_addr, the end of a link-level address: Nlen bytes of interface
// name, then Alen bytes of address, in Data.
type DlAddr struct {
	Type uint8 // IFT_*
	Nlen uint8
	Alen uint8
	Slen uint8
	Data [12]byte
}

// SockaddrDl is struct sockaddr_dl, link_addr(3).
type SockaddrDl struct {
	Len    uint8
	Family uint8
	Index  uint16
	Addr   DlAddr
}

// SockaddrMpls is struct sockaddr_mpls, mpls(4). Addr is a big-endian label stack entry.
type SockaddrMpls struct {
	Len    uint8
	Family uint8
	Pad    [2]byte
	Addr   [4]byte
}

// SockaddrInarp is struct sockaddr_inarp, an ARP entry on the routing socket, arp(4).
type SockaddrInarp struct {
	Len     uint8
	Family  uint8
	Port    [2]byte // network byte order
	Addr    InAddr
	Srcaddr InAddr
	Tos     uint16
	Other   uint16
}

// Unpcbid is struct unpcbid, LOCAL_PEEREID of unix(4).
type Unpcbid struct {
	Pid  int32
	Euid uint32
	Egid uint32
}
