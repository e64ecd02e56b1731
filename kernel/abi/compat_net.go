// Network layouts of NetBSD 5 and before.

package abi

// Oifreq is struct ifreq before NetBSD 5. Ifru is a union.
type Oifreq struct {
	Name [16]byte
	Ifru [16]byte
}

// Oifconf is struct ifconf before NetBSD 5.
type Oifconf struct {
	Len int32
	_   [4]byte
	Buf uint64
}

// OifData is struct if_data before NetBSD 6.
type OifData struct {
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
	Lastchange Timeval50
}

// Oifdatareq is struct ifdatareq before NetBSD 6.
type Oifdatareq struct {
	Name [16]byte
	Data OifData
}

// RtMetrics50 is struct rt_metrics before NetBSD 6.
type RtMetrics50 struct {
	Locks    uint64
	Mtu      uint64
	Hopcount uint64
	Expire   uint64
	Recvpipe uint64
	Sendpipe uint64
	Ssthresh uint64
	Rtt      uint64
	Rttvar   uint64
	Pksent   uint64
}

// RtMsghdr50 is struct rt_msghdr before NetBSD 6.
type RtMsghdr50 struct {
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
	Inits   uint64
	Rmx     RtMetrics50
}

// IfData50 is struct if_data in routing messages before NetBSD 6.
type IfData50 struct {
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
	Lastchange Timeval50
}

// IfMsghdr50 is struct if_msghdr before NetBSD 6.
type IfMsghdr50 struct {
	Msglen  uint16
	Version uint8
	Type    uint8
	Addrs   int32
	Flags   int32
	Index   uint16
	_       [2]byte
	Data    IfData50
}

// IfaMsghdr50 is struct ifa_msghdr before NetBSD 6.
type IfaMsghdr50 struct {
	Msglen  uint16
	Version uint8
	Type    uint8
	Addrs   int32
	Flags   int32
	Index   uint16
	_       [2]byte
	Metric  int32
}

// IfAnnouncemsghdr50 is struct if_announcemsghdr before NetBSD 6.
type IfAnnouncemsghdr50 struct {
	Msglen  uint16
	Version uint8
	Type    uint8
	Index   uint16
	Name    [16]byte
	What    uint16
}
