// Network interfaces, ifconfig(8), netintro(4).

package abi

// Length of an interface name with its NUL.
const (
	IF_NAMESIZE = 16
	IFNAMSIZ    = 16
)

// Flags of an interface, SIOCGIFFLAGS.
const (
	IFF_UP          = 0x1
	IFF_BROADCAST   = 0x2
	IFF_DEBUG       = 0x4
	IFF_LOOPBACK    = 0x8
	IFF_POINTOPOINT = 0x10
	IFF_NOTRAILERS  = 0x20
	IFF_RUNNING     = 0x40
	IFF_NOARP       = 0x80
	IFF_PROMISC     = 0x100
	IFF_ALLMULTI    = 0x200
	IFF_OACTIVE     = 0x400
	IFF_SIMPLEX     = 0x800
	IFF_LINK0       = 0x1000
	IFF_LINK1       = 0x2000
	IFF_LINK2       = 0x4000
	IFF_MULTICAST   = 0x8000
	IFF_CANTCHANGE  = 0x8f52
)

// State of the link, IfData.LinkState.
const (
	LINK_STATE_UNKNOWN = 0
	LINK_STATE_DOWN    = 1
	LINK_STATE_UP      = 2
)

// Capabilities of an interface, SIOCGIFCAP.
const (
	IFCAP_TSOv4         = 0x80
	IFCAP_CSUM_IPv4_Rx  = 0x100
	IFCAP_CSUM_IPv4_Tx  = 0x200
	IFCAP_CSUM_TCPv4_Rx = 0x400
	IFCAP_CSUM_TCPv4_Tx = 0x800
	IFCAP_CSUM_UDPv4_Rx = 0x1000
	IFCAP_CSUM_UDPv4_Tx = 0x2000
	IFCAP_CSUM_TCPv6_Rx = 0x4000
	IFCAP_CSUM_TCPv6_Tx = 0x8000
	IFCAP_CSUM_UDPv6_Rx = 0x10000
	IFCAP_CSUM_UDPv6_Tx = 0x20000
	IFCAP_TSOv6         = 0x40000
	IFCAP_LRO           = 0x80000
	IFCAP_MASK          = 0xfff80
)

// Events of an IfAnnouncemsghdr, route(4).
const (
	IFAN_ARRIVAL   = 0
	IFAN_DEPARTURE = 1
)

// Flags of SIOCGLINKSTR and SIOCSLINKSTR.
const (
	IFLINKSTR_QUERYLEN = 1
	IFLINKSTR_UNSET    = 2
)

// Flags of an IfLaddrreq.
const (
	IFLR_PREFIX  = 0x8000
	IFLR_ACTIVE  = 0x4000
	IFLR_FACTORY = 0x2000
)

// Types of interfaces, IfData.Type.
const (
	IFT_OTHER         = 1
	IFT_ETHER         = 6
	IFT_PPP           = 23
	IFT_LOOP          = 24
	IFT_SLIP          = 28
	IFT_PROPVIRTUAL   = 53
	IFT_IEEE80211     = 71
	IFT_TUNNEL        = 131
	IFT_L2VLAN        = 135
	IFT_MPLSTUNNEL    = 150
	IFT_IEEE8023ADLAG = 161
	IFT_MPLS          = 166
	IFT_BRIDGE        = 209
	IFT_STF           = 215
	IFT_GIF           = 240
	IFT_FAITH         = 242
	IFT_PFLOG         = 245
	IFT_PFSYNC        = 246
	IFT_CARP          = 248
)

// IfData is struct if_data: an interface's properties and counters.
type IfData struct {
	Type       uint8
	Addrlen    uint8
	Hdrlen     uint8
	_          [1]byte
	LinkState  int32
	Mtu        uint64
	Metric     uint64
	Baudrate   uint64
	Ipackets   uint64
	Ierrors    uint64
	Opackets   uint64
	Oerrors    uint64
	Collisions uint64
	Ibytes     uint64
	Obytes     uint64
	Imcasts    uint64
	Omcasts    uint64
	Iqdrops    uint64
	Noproto    uint64
	Lastchange Timespec
}

// Ifreq is struct ifreq, the argument of most interface ioctls. Ifru is a union.
type Ifreq struct {
	Name [16]byte
	Ifru [128]byte
}

// Ifconf is struct ifconf, SIOCGIFCONF. Buf points to Len bytes of Ifreq.
type Ifconf struct {
	Len int32
	_   [4]byte
	Buf uint64
}

// Ifaliasreq is struct ifaliasreq, SIOCAIFADDR.
type Ifaliasreq struct {
	Name    [16]byte
	Addr    Sockaddr
	Dstaddr Sockaddr
	Mask    Sockaddr
}

// Ifdatareq is struct ifdatareq, SIOCGIFDATA.
type Ifdatareq struct {
	Name [16]byte
	Data IfData
}

// Ifmediareq is struct ifmediareq, SIOCGIFMEDIA of ifmedia(4).
type Ifmediareq struct {
	Name    [16]byte
	Current int32
	Mask    int32
	Status  int32
	Active  int32
	Count   int32
	_       [4]byte
	Ulist   uint64
}

// Ifdrv is struct ifdrv, SIOCSDRVSPEC.
type Ifdrv struct {
	Name [16]byte
	Cmd  uint64
	Len  uint64
	Data uint64
}

// Ifcapreq is struct ifcapreq, SIOCGIFCAP.
type Ifcapreq struct {
	Name         [16]byte
	Capabilities uint64
	Capenable    uint64
}

// IfClonereq is struct if_clonereq, SIOCIFGCLONERS.
type IfClonereq struct {
	Total  int32
	Count  int32
	Buffer uint64
}

// IfLaddrreq is struct if_laddrreq, SIOCGLIFADDR.
type IfLaddrreq struct {
	Name      [16]byte
	Flags     uint32
	Prefixlen uint32
	Addr      SockaddrStorage
	Dstaddr   SockaddrStorage
}

// IfAddrprefreq is struct if_addrprefreq, SIOCSIFADDRPREF.
type IfAddrprefreq struct {
	Name       [16]byte
	Preference int16
	_          [6]byte
	Addr       SockaddrStorage
}

// InAliasreq is struct in_aliasreq, SIOCAIFADDR for IPv4.
type InAliasreq struct {
	Name    [16]byte
	Addr    SockaddrIn
	Dstaddr SockaddrIn
	Mask    SockaddrIn
}

// Parts and common values of a media word, ifmedia(4).
const (
	IFM_ETHER  = 0x20
	IFM_10_T   = 0x3
	IFM_100_TX = 0x6
	IFM_1000_T = 0x10
	IFM_10G_T  = 0x1a
	IFM_AUTO   = 0x0
	IFM_MANUAL = 0x1
	IFM_NONE   = 0x2
	IFM_FDX    = 0x100000
	IFM_HDX    = 0x200000
	IFM_FLOW   = 0x400000
	IFM_LOOP   = 0x8000000
	IFM_NMASK  = 0xe0
	IFM_TMASK  = 0x1f
	IFM_IMASK  = 0xf0000000
	IFM_ISHIFT = 28
	IFM_OMASK  = 0xff00
	IFM_MMASK  = 0x70000
	IFM_MSHIFT = 16
	IFM_GMASK  = 0xff00000
	IFM_AVALID = 0x1
	IFM_ACTIVE = 0x2
)
