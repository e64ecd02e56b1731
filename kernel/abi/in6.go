// IPv6: ports and options, ip6(4).

package abi

// Ranges of ports in host byte order.
const (
	IPV6PORT_RESERVED    = 1024
	IPV6PORT_ANONMIN     = 49152
	IPV6PORT_ANONMAX     = 65535
	IPV6PORT_RESERVEDMIN = 600
	IPV6PORT_RESERVEDMAX = 1023
)

// Options at level IPPROTO_IPV6, ip6(4).
const (
	IPV6_SOCKOPT_RESERVED1 = 3
	IPV6_UNICAST_HOPS      = 4
	IPV6_MULTICAST_IF      = 9
	IPV6_MULTICAST_HOPS    = 10
	IPV6_MULTICAST_LOOP    = 11
	IPV6_JOIN_GROUP        = 12
	IPV6_LEAVE_GROUP       = 13
	IPV6_PORTRANGE         = 14
	IPV6_PORTALGO          = 17
	ICMP6_FILTER           = 18
	IPV6_CHECKSUM          = 26
	IPV6_V6ONLY            = 27
	IPV6_IPSEC_POLICY      = 28
	IPV6_FAITH             = 29
	IPV6_RTHDRDSTOPTS      = 35
	IPV6_RECVPKTINFO       = 36
	IPV6_RECVHOPLIMIT      = 37
	IPV6_RECVRTHDR         = 38
	IPV6_RECVHOPOPTS       = 39
	IPV6_RECVDSTOPTS       = 40
	IPV6_USE_MIN_MTU       = 42
	IPV6_RECVPATHMTU       = 43
	IPV6_PATHMTU           = 44
	IPV6_PKTINFO           = 46
	IPV6_HOPLIMIT          = 47
	IPV6_NEXTHOP           = 48
	IPV6_HOPOPTS           = 49
	IPV6_DSTOPTS           = 50
	IPV6_RTHDR             = 51
	IPV6_RECVTCLASS        = 57
	IPV6_TCLASS            = 61
	IPV6_DONTFRAG          = 62
	IPV6_PREFER_TEMPADDR   = 63
)

// Values of options at level IPPROTO_IPV6, ip6(4).
const (
	IPV6_RTHDR_LOOSE            = 0
	IPV6_RTHDR_STRICT           = 1
	IPV6_RTHDR_TYPE_0           = 0
	IPV6_DEFAULT_MULTICAST_HOPS = 1
	IPV6_DEFAULT_MULTICAST_LOOP = 1
	IPV6_PORTRANGE_DEFAULT      = 0
	IPV6_PORTRANGE_HIGH         = 1
	IPV6_PORTRANGE_LOW          = 2
)

// Longest text of an IPv6 address with its NUL.
const INET6_ADDRSTRLEN = 46

// Values of the option IPV6_USE_MIN_MTU and its relatives.
const (
	IP6PO_MINMTU_MCASTONLY   = -1
	IP6PO_MINMTU_DISABLE     = 0
	IP6PO_MINMTU_ALL         = 1
	IP6PO_TEMPADDR_SYSTEM    = -1
	IP6PO_TEMPADDR_NOTPREFER = 0
	IP6PO_TEMPADDR_PREFER    = 1
	IP6PO_DONTFRAG           = 4
)

// Flags of an IPv6 address, SIOCGIFAFLAG_IN6.
const (
	IN6_IFF_ANYCAST    = 0x1
	IN6_IFF_TENTATIVE  = 0x2
	IN6_IFF_DUPLICATED = 0x4
	IN6_IFF_DETACHED   = 0x8
	IN6_IFF_DEPRECATED = 0x10
	IN6_IFF_NODAD      = 0x20
	IN6_IFF_AUTOCONF   = 0x40
	IN6_IFF_TEMPORARY  = 0x80
	IN6_IFF_NOTREADY   = 0x6
)

// Flags of an interface in neighbour discovery, NdIfinfo.Flags.
const (
	ND6_IFF_PERFORMNUD     = 0x1
	ND6_IFF_ACCEPT_RTADV   = 0x2
	ND6_IFF_PREFER_SOURCE  = 0x4
	ND6_IFF_IFDISABLED     = 0x8
	ND6_IFF_OVERRIDE_RTADV = 0x10
	ND6_IFF_AUTO_LINKLOCAL = 0x20
)

// States of a neighbour, In6Nbrinfo.State.
const (
	ND6_LLINFO_PURGE      = -3
	ND6_LLINFO_NOSTATE    = -2
	ND6_LLINFO_INCOMPLETE = 0
	ND6_LLINFO_REACHABLE  = 1
	ND6_LLINFO_STALE      = 2
	ND6_LLINFO_DELAY      = 3
	ND6_LLINFO_PROBE      = 4
)

// A lifetime in seconds that never ends.
const ND6_INFINITE_LIFETIME = 0xffffffff

// Reserved labels of mpls(4).
const (
	MPLS_LABEL_IPV4NULL = 0
	MPLS_LABEL_RTALERT  = 1
	MPLS_LABEL_IPV6NULL = 2
	MPLS_LABEL_IMPLNULL = 3
	MPLS_LABEL_RESMAX   = 15
)

// Ipv6Mreq is struct ipv6_mreq, IPV6_JOIN_GROUP of ip6(4).
type Ipv6Mreq struct {
	Multiaddr In6Addr
	Interface uint32
}

// In6Pktinfo is struct in6_pktinfo, IPV6_PKTINFO of ip6(4).
type In6Pktinfo struct {
	Addr    In6Addr
	Ifindex uint32
}
