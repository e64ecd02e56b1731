// Interface requests of IPv6, ip6(4), ndp(8).

package abi

// In6Ifreq is struct in6_ifreq. Ifru is a union.
type In6Ifreq struct {
	Name [16]byte
	Ifru [272]byte
}

// In6Addrlifetime is struct in6_addrlifetime: when an address expires, in seconds
// since the epoch, and its lifetimes in seconds.
type In6Addrlifetime struct {
	Expire    int64
	Preferred int64
	Vltime    uint32
	Pltime    uint32
}

// In6Aliasreq is struct in6_aliasreq, SIOCAIFADDR_IN6.
type In6Aliasreq struct {
	Name       [16]byte
	Addr       SockaddrIn6
	Dstaddr    SockaddrIn6
	Prefixmask SockaddrIn6
	Flags      int32
	Lifetime   In6Addrlifetime
}

// In6Ifstat is struct in6_ifstat, SIOCGIFSTAT_IN6.
type In6Ifstat struct {
	InReceive      uint64
	InHdrerr       uint64
	InToobig       uint64
	InNoroute      uint64
	InAddrerr      uint64
	InProtounknown uint64
	InTruncated    uint64
	InDiscard      uint64
	InDeliver      uint64
	OutForward     uint64
	OutRequest     uint64
	OutDiscard     uint64
	OutFragok      uint64
	OutFragfail    uint64
	OutFragcreat   uint64
	ReassReqd      uint64
	ReassOk        uint64
	ReassFail      uint64
	InMcast        uint64
	OutMcast       uint64
}

// Icmp6Ifstat is struct icmp6_ifstat, SIOCGIFSTAT_ICMP6.
type Icmp6Ifstat struct {
	InMsg              uint64
	InError            uint64
	InDstunreach       uint64
	InAdminprohib      uint64
	InTimeexceed       uint64
	InParamprob        uint64
	InPkttoobig        uint64
	InEcho             uint64
	InEchoreply        uint64
	InRoutersolicit    uint64
	InRouteradvert     uint64
	InNeighborsolicit  uint64
	InNeighboradvert   uint64
	InRedirect         uint64
	InMldquery         uint64
	InMldreport        uint64
	InMlddone          uint64
	OutMsg             uint64
	OutError           uint64
	OutDstunreach      uint64
	OutAdminprohib     uint64
	OutTimeexceed      uint64
	OutParamprob       uint64
	OutPkttoobig       uint64
	OutEcho            uint64
	OutEchoreply       uint64
	OutRoutersolicit   uint64
	OutRouteradvert    uint64
	OutNeighborsolicit uint64
	OutNeighboradvert  uint64
	OutRedirect        uint64
	OutMldquery        uint64
	OutMldreport       uint64
	OutMlddone         uint64
}

// NdIfinfo is struct nd_ifinfo: neighbour discovery on an interface.
type NdIfinfo struct {
	Linkmtu       uint32
	Maxmtu        uint32
	Basereachable uint32
	Reachable     uint32
	Retrans       uint32
	Flags         uint32
	Recalctm      int32
	Chlim         uint8
	Initialized   uint8
	Randomseed0   [8]byte
	Randomseed1   [8]byte
	Randomid      [8]byte
	_             [2]byte
}

// In6Ndireq is struct in6_ndireq, SIOCGIFINFO_IN6.
type In6Ndireq struct {
	Ifname [16]byte
	Ndi    NdIfinfo
}

// In6Nbrinfo is struct in6_nbrinfo, SIOCGNBRINFO_IN6.
type In6Nbrinfo struct {
	Ifname   [16]byte
	Addr     In6Addr
	Asked    int64
	Isrouter int32
	State    int32
	Expire   int32
	_        [4]byte
}

// In6Defrouter is struct in6_defrouter, net.inet6.icmp6.nd6_drlist of sysctl(7).
type In6Defrouter struct {
	Rtaddr     SockaddrIn6
	Flags      uint8
	_          [1]byte
	Rtlifetime uint16
	Expire     uint64
	IfIndex    uint16
	_          [6]byte
}

// In6Prefix is struct in6_prefix, net.inet6.icmp6.nd6_prlist of sysctl(7).
type In6Prefix struct {
	Prefix    SockaddrIn6
	Raflags   [4]byte
	Prefixlen uint8
	Origin    uint8
	_         [2]byte
	Vltime    uint32
	Pltime    uint32
	_         [4]byte
	Expire    int64
	Flags     uint32
	Refcnt    int32
	IfIndex   uint16
	Advrtrs   uint16
	_         [4]byte
}

// In6Drlist is struct in6_drlist, SIOCGDRLST_IN6: ten entries of 40 bytes.
type In6Drlist struct {
	Ifname    [16]byte
	Defrouter [400]byte
}

// In6Prlist is struct in6_prlist: ten entries of 208 bytes.
type In6Prlist struct {
	Ifname [16]byte
	Prefix [2080]byte
}

// In6Oprlist is struct in6_oprlist: ten entries of 216 bytes.
type In6Oprlist struct {
	Ifname [16]byte
	Prefix [2160]byte
}
