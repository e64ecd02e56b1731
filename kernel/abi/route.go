// The routing socket, route(4).

package abi

// Version of the messages.
const RTM_VERSION = 4

// Types of messages.
const (
	RTM_ADD        = 1
	RTM_DELETE     = 2
	RTM_CHANGE     = 3
	RTM_GET        = 4
	RTM_LOSING     = 5
	RTM_REDIRECT   = 6
	RTM_MISS       = 7
	RTM_LOCK       = 8
	RTM_OLDADD     = 9
	RTM_OLDDEL     = 10
	RTM_NEWADDR    = 12
	RTM_DELADDR    = 13
	RTM_OOIFINFO   = 14
	RTM_OIFINFO    = 15
	RTM_IFANNOUNCE = 16
	RTM_IEEE80211  = 17
	RTM_SETGATE    = 18
	RTM_LLINFO_UPD = 19
	RTM_IFINFO     = 20
	RTM_CHGADDR    = 21
)

// Flags of a route.
const (
	RTF_UP        = 0x1
	RTF_GATEWAY   = 0x2
	RTF_HOST      = 0x4
	RTF_REJECT    = 0x8
	RTF_DYNAMIC   = 0x10
	RTF_MODIFIED  = 0x20
	RTF_DONE      = 0x40
	RTF_MASK      = 0x80
	RTF_CONNECTED = 0x100
	RTF_LLDATA    = 0x400
	RTF_STATIC    = 0x800
	RTF_BLACKHOLE = 0x1000
	RTF_PROTO2    = 0x4000
	RTF_PROTO1    = 0x8000
	RTF_SRC       = 0x10000
	RTF_ANNOUNCE  = 0x20000
	RTF_LOCAL     = 0x40000
	RTF_BROADCAST = 0x80000
)

// Which addresses follow the head of a message.
const (
	RTA_DST     = 0x1
	RTA_GATEWAY = 0x2
	RTA_NETMASK = 0x4
	RTA_GENMASK = 0x8
	RTA_IFP     = 0x10
	RTA_IFA     = 0x20
	RTA_AUTHOR  = 0x40
	RTA_BRD     = 0x80
	RTA_TAG     = 0x100
)

// Position of an address: the bit number of its RTA_ flag.
const (
	RTAX_DST     = 0
	RTAX_GATEWAY = 1
	RTAX_NETMASK = 2
	RTAX_GENMASK = 3
	RTAX_IFP     = 4
	RTAX_IFA     = 5
	RTAX_AUTHOR  = 6
	RTAX_BRD     = 7
	RTAX_TAG     = 8
	RTAX_MAX     = 9
)

// Which metrics are set or locked.
const (
	RTV_MTU      = 0x1
	RTV_HOPCOUNT = 0x2
	RTV_EXPIRE   = 0x4
	RTV_RPIPE    = 0x8
	RTV_SPIPE    = 0x10
	RTV_SSTHRESH = 0x20
	RTV_RTT      = 0x40
	RTV_RTTVAR   = 0x80
)

// Operations of net.route, sysctl(7).
const (
	NET_RT_DUMP     = 1
	NET_RT_FLAGS    = 2
	NET_RT_OOIFLIST = 3
	NET_RT_OIFLIST  = 4
	NET_RT_IFLIST   = 5
	NET_RT_MAXID    = 6
)

// RtMetrics is struct rt_metrics.
type RtMetrics struct {
	Locks    uint64
	Mtu      uint64
	Hopcount uint64
	Recvpipe uint64
	Sendpipe uint64
	Ssthresh uint64
	Rtt      uint64
	Rttvar   uint64
	Expire   int64
	Pksent   int64
}

// RtMsghdr is struct rt_msghdr, the head of a message about a route.
type RtMsghdr struct {
	Msglen  uint16
	Version uint8
	Type    uint8
	Index   uint16
	_       [2]byte
	Flags   int32
	Addrs   int32
	Pid     int32
	Seq     int32
	Errno   int32
	Use     int32
	Inits   int32
	_       [4]byte
	Rmx     RtMetrics
}

// IfMsghdr is struct if_msghdr, the head of a message about an interface.
type IfMsghdr struct {
	Msglen  uint16
	Version uint8
	Type    uint8
	Addrs   int32
	Flags   int32
	Index   uint16
	_       [2]byte
	Data    IfData
}

// IfaMsghdr is struct ifa_msghdr, the head of a message about an address.
type IfaMsghdr struct {
	Msglen  uint16
	Version uint8
	Type    uint8
	Addrs   int32
	Flags   int32
	Metric  int32
	Index   uint16
	_       [6]byte
}

// IfAnnouncemsghdr is struct if_announcemsghdr: an interface came or went.
type IfAnnouncemsghdr struct {
	Msglen  uint16
	Version uint8
	Type    uint8
	Index   uint16
	Name    [16]byte
	What    uint16
}

// RtAddrinfo is struct rt_addrinfo, the kernel's view of a message's addresses.
type RtAddrinfo struct {
	Addrs int32
	_     [4]byte
	Info  [9]uint64
	Flags int32
	_     [4]byte
	Ifa   uint64
	Ifp   uint64
}

// RtaRoundup is the room a socket address of n bytes takes in a message: a multiple
// of 8, and 8 for an empty one.
func RtaRoundup(n int) int {
	if n <= 0 {
		return 8
	}
	return (n + 7) &^ 7
}
