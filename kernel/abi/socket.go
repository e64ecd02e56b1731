// Sockets: types, families, options and flags, socket(2), getsockopt(2), send(2).

package abi

// Socket types, socket(2).
const (
	SOCK_STREAM     = 1
	SOCK_DGRAM      = 2
	SOCK_RAW        = 3
	SOCK_RDM        = 4
	SOCK_SEQPACKET  = 5
	SOCK_CONN_DGRAM = 6
	SOCK_DCCP       = 6
)

// Flags added to a socket type, socket(2).
const (
	SOCK_CLOEXEC    = 0x10000000
	SOCK_NONBLOCK   = 0x20000000
	SOCK_NOSIGPIPE  = 0x40000000
	SOCK_FLAGS_MASK = 0xf0000000
)

// Address families. The numbers missing here are pseudo families with just a PF_ name.
const (
	AF_UNSPEC    = 0
	AF_LOCAL     = 1
	AF_UNIX      = 1
	AF_INET      = 2
	AF_IMPLINK   = 3
	AF_PUP       = 4
	AF_CHAOS     = 5
	AF_NS        = 6
	AF_ISO       = 7
	AF_OSI       = 7
	AF_ECMA      = 8
	AF_DATAKIT   = 9
	AF_CCITT     = 10
	AF_SNA       = 11
	AF_DECnet    = 12
	AF_DLI       = 13
	AF_LAT       = 14
	AF_HYLINK    = 15
	AF_APPLETALK = 16
	AF_OROUTE    = 17
	AF_LINK      = 18
	AF_COIP      = 20
	AF_CNT       = 21
	AF_IPX       = 23
	AF_INET6     = 24
	AF_ISDN      = 26
	AF_E164      = 26
	AF_NATM      = 27
	AF_ARP       = 28
	AF_BLUETOOTH = 31
	AF_IEEE80211 = 32
	AF_MPLS      = 33
	AF_ROUTE     = 34
	AF_MAX       = 35
)

// Protocol families.
const (
	PF_UNSPEC    = 0
	PF_LOCAL     = 1
	PF_UNIX      = 1
	PF_INET      = 2
	PF_IMPLINK   = 3
	PF_PUP       = 4
	PF_CHAOS     = 5
	PF_NS        = 6
	PF_ISO       = 7
	PF_OSI       = 7
	PF_ECMA      = 8
	PF_DATAKIT   = 9
	PF_CCITT     = 10
	PF_SNA       = 11
	PF_DECnet    = 12
	PF_DLI       = 13
	PF_LAT       = 14
	PF_HYLINK    = 15
	PF_APPLETALK = 16
	PF_OROUTE    = 17
	PF_LINK      = 18
	PF_XTP       = 19
	PF_COIP      = 20
	PF_CNT       = 21
	PF_INET6     = 24
	PF_IPX       = 23
	PF_RTIP      = 22
	PF_PIP       = 25
	PF_ISDN      = 26
	PF_E164      = 26
	PF_NATM      = 27
	PF_ARP       = 28
	PF_KEY       = 29
	PF_BLUETOOTH = 31
	PF_MPLS      = 33
	PF_ROUTE     = 34
	PF_MAX       = 35
)

// The level of options of the socket layer itself, getsockopt(2).
const SOL_SOCKET = 0xffff

// Options of the socket layer, getsockopt(2).
const (
	SO_DEBUG        = 0x1
	SO_ACCEPTCONN   = 0x2
	SO_REUSEADDR    = 0x4
	SO_KEEPALIVE    = 0x8
	SO_DONTROUTE    = 0x10
	SO_BROADCAST    = 0x20
	SO_USELOOPBACK  = 0x40
	SO_LINGER       = 0x80
	SO_OOBINLINE    = 0x100
	SO_REUSEPORT    = 0x200
	SO_NOSIGPIPE    = 0x800
	SO_ACCEPTFILTER = 0x1000
	SO_TIMESTAMP    = 0x2000
	SO_SNDBUF       = 0x1001
	SO_RCVBUF       = 0x1002
	SO_SNDLOWAT     = 0x1003
	SO_RCVLOWAT     = 0x1004
	SO_ERROR        = 0x1007
	SO_TYPE         = 0x1008
	SO_OVERFLOWED   = 0x1009
	SO_NOHEADER     = 0x100a
	SO_SNDTIMEO     = 0x100b
	SO_RCVTIMEO     = 0x100c
)

// Flags of send(2) and recv(2).
const (
	MSG_OOB          = 0x1
	MSG_PEEK         = 0x2
	MSG_DONTROUTE    = 0x4
	MSG_EOR          = 0x8
	MSG_TRUNC        = 0x10
	MSG_CTRUNC       = 0x20
	MSG_WAITALL      = 0x40
	MSG_DONTWAIT     = 0x80
	MSG_BCAST        = 0x100
	MSG_MCAST        = 0x200
	MSG_NOSIGNAL     = 0x400
	MSG_CMSG_CLOEXEC = 0x800
	MSG_NBIO         = 0x1000
	MSG_WAITFORONE   = 0x2000
	MSG_NOTIFICATION = 0x4000
	MSG_USERFLAGS    = 0xffffff
)

// Types of control messages at level SOL_SOCKET, recvmsg(2).
const (
	SCM_RIGHTS    = 1
	SCM_TIMESTAMP = 8
	SCM_CREDS     = 16
)

// Which half shutdown(2) closes.
const (
	SHUT_RD   = 0
	SHUT_WR   = 1
	SHUT_RDWR = 2
)

// Longest queue of listen(2).
const SOMAXCONN = 128

// Options of local sockets at level 0, unix(4).
const (
	LOCAL_OCREDS   = 1
	LOCAL_CONNWAIT = 2
	LOCAL_PEEREID  = 3
	LOCAL_CREDS    = 4
)

// Largest socket buffer in bytes unless kern.sbmax says otherwise.
const SB_MAX = 262144
