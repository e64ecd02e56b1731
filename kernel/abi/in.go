// IPv4: protocols, ports, addresses and options, ip(4).

package abi

// Protocols, socket(2).
const (
	IPPROTO_IP        = 0
	IPPROTO_HOPOPTS   = 0
	IPPROTO_ICMP      = 1
	IPPROTO_IGMP      = 2
	IPPROTO_GGP       = 3
	IPPROTO_IPV4      = 4
	IPPROTO_IPIP      = 4
	IPPROTO_TCP       = 6
	IPPROTO_EGP       = 8
	IPPROTO_PUP       = 12
	IPPROTO_UDP       = 17
	IPPROTO_IDP       = 22
	IPPROTO_TP        = 29
	IPPROTO_DCCP      = 33
	IPPROTO_IPV6      = 41
	IPPROTO_ROUTING   = 43
	IPPROTO_FRAGMENT  = 44
	IPPROTO_RSVP      = 46
	IPPROTO_GRE       = 47
	IPPROTO_ESP       = 50
	IPPROTO_AH        = 51
	IPPROTO_MOBILE    = 55
	IPPROTO_IPV6_ICMP = 58
	IPPROTO_ICMPV6    = 58
	IPPROTO_NONE      = 59
	IPPROTO_DSTOPTS   = 60
	IPPROTO_EON       = 80
	IPPROTO_ETHERIP   = 97
	IPPROTO_ENCAP     = 98
	IPPROTO_PIM       = 103
	IPPROTO_IPCOMP    = 108
	IPPROTO_VRRP      = 112
	IPPROTO_CARP      = 112
	IPPROTO_SCTP      = 132
	IPPROTO_PFSYNC    = 240
	IPPROTO_RAW       = 255
	IPPROTO_MAX       = 256
	IPPROTO_DONE      = 257
	CTL_IPPROTO_IPSEC = 258
)

// Ranges of ports in host byte order.
const (
	IPPORT_RESERVED    = 1024
	IPPORT_ANONMIN     = 49152
	IPPORT_ANONMAX     = 65535
	IPPORT_RESERVEDMIN = 600
	IPPORT_RESERVEDMAX = 1023
)

// Options at level IPPROTO_IP, ip(4).
const (
	IP_OPTIONS         = 1
	IP_HDRINCL         = 2
	IP_TOS             = 3
	IP_TTL             = 4
	IP_RECVOPTS        = 5
	IP_RECVRETOPTS     = 6
	IP_RECVDSTADDR     = 7
	IP_RETOPTS         = 8
	IP_MULTICAST_IF    = 9
	IP_MULTICAST_TTL   = 10
	IP_MULTICAST_LOOP  = 11
	IP_ADD_MEMBERSHIP  = 12
	IP_DROP_MEMBERSHIP = 13
	IP_PORTALGO        = 18
	IP_PORTRANGE       = 19
	IP_RECVIF          = 20
	IP_ERRORMTU        = 21
	IP_IPSEC_POLICY    = 22
	IP_RECVTTL         = 23
	IP_MINTTL          = 24
	IP_PKTINFO         = 25
	IP_RECVPKTINFO     = 26
)

// Values of options at level IPPROTO_IP, ip(4).
const (
	IP_DEFAULT_MULTICAST_TTL  = 1
	IP_DEFAULT_MULTICAST_LOOP = 1
	IP_MAX_MEMBERSHIPS        = 20
	IP_PORTRANGE_DEFAULT      = 0
	IP_PORTRANGE_HIGH         = 1
	IP_PORTRANGE_LOW          = 2
)

// IPv4 addresses in host byte order.
const (
	INADDR_ANY             = 0x00000000
	INADDR_LOOPBACK        = 0x7f000001
	INADDR_BROADCAST       = 0xffffffff
	INADDR_NONE            = 0xffffffff
	INADDR_UNSPEC_GROUP    = 0xe0000000
	INADDR_ALLHOSTS_GROUP  = 0xe0000001
	INADDR_ALLRTRS_GROUP   = 0xe0000002
	INADDR_CARP_GROUP      = 0xe0000012
	INADDR_MAX_LOCAL_GROUP = 0xe00000ff
)

// Classes of IPv4 addresses in host byte order.
const (
	IN_CLASSA_NET    = 0xff000000
	IN_CLASSA_NSHIFT = 24
	IN_CLASSA_HOST   = 0x00ffffff
	IN_CLASSA_MAX    = 0x00000080
	IN_CLASSB_NET    = 0xffff0000
	IN_CLASSB_NSHIFT = 16
	IN_CLASSB_HOST   = 0x0000ffff
	IN_CLASSB_MAX    = 0x00010000
	IN_CLASSC_NET    = 0xffffff00
	IN_CLASSC_NSHIFT = 8
	IN_CLASSC_HOST   = 0x000000ff
	IN_CLASSD_NET    = 0xf0000000
	IN_CLASSD_NSHIFT = 28
	IN_CLASSD_HOST   = 0x0fffffff
	IN_LOOPBACKNET   = 0x0000007f
)

// Longest text of an IPv4 address with its NUL.
const INET_ADDRSTRLEN = 16

// Flags of an IPv4 address, SIOCGIFAFLAG_IN.
const (
	IN_IFF_TENTATIVE    = 0x1
	IN_IFF_DUPLICATED   = 0x2
	IN_IFF_DETACHED     = 0x4
	IN_IFF_TRYTENTATIVE = 0x8
	IN_IFF_NOTREADY     = 0xb
)

// Flags of a SockaddrInarp.
const SIN_PROXY = 1

// IpMreq is struct ip_mreq, IP_ADD_MEMBERSHIP of ip(4).
type IpMreq struct {
	Multiaddr InAddr
	Interface InAddr
}

// InPktinfo is struct in_pktinfo, IP_PKTINFO of ip(4).
type InPktinfo struct {
	Addr    InAddr
	Ifindex uint32
}
