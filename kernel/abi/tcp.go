// TCP and UDP: tcp(4), udp(4).

package abi

// Options at level IPPROTO_TCP, tcp(4).
const (
	TCP_NODELAY   = 1
	TCP_MAXSEG    = 2
	TCP_KEEPIDLE  = 3
	TCP_KEEPINTVL = 5
	TCP_KEEPCNT   = 6
	TCP_KEEPINIT  = 7
	TCP_INFO      = 9
	TCP_MD5SIG    = 16
	TCP_CONGCTL   = 32
)

// Bits of TcpInfo.Options.
const (
	TCPI_OPT_TIMESTAMPS = 1
	TCPI_OPT_SACK       = 2
	TCPI_OPT_WSCALE     = 4
	TCPI_OPT_ECN        = 8
	TCPI_OPT_TOE        = 16
)

// Flags in a TCP header.
const (
	TH_FIN  = 0x1
	TH_SYN  = 0x2
	TH_RST  = 0x4
	TH_PUSH = 0x8
	TH_ACK  = 0x10
	TH_URG  = 0x20
	TH_ECE  = 0x40
	TH_CWR  = 0x80
)

// Options at level IPPROTO_UDP, udp(4).
const (
	UDP_ENCAP                     = 100
	UDP_ENCAP_ESPINUDP_NON_IKE    = 1
	UDP_ENCAP_ESPINUDP            = 2
	UDP_ENCAP_ESPINUDP_PORT       = 500
	UDP_ENCAP_ESPINUDP_MAXFRAGLEN = 552
)

// States of a TCP connection, TcpInfo.State.
const (
	TCPS_CLOSED = iota
	TCPS_LISTEN
	TCPS_SYN_SENT
	TCPS_SYN_RECEIVED
	TCPS_ESTABLISHED
	TCPS_CLOSE_WAIT
	TCPS_FIN_WAIT_1
	TCPS_CLOSING
	TCPS_LAST_ACK
	TCPS_FIN_WAIT_2
	TCPS_TIME_WAIT
)

// TcpInfo is struct tcp_info, TCP_INFO of tcp(4). Wscale holds the send scale in its low half and
// the receive scale in its high half.
type TcpInfo struct {
	State         uint8
	CaState       uint8
	Retransmits   uint8
	Probes        uint8
	Backoff       uint8
	Options       uint8
	Wscale        uint8
	_             [1]byte
	Rto           uint32
	Ato           uint32
	SndMss        uint32
	RcvMss        uint32
	Unacked       uint32
	Sacked        uint32
	Lost          uint32
	Retrans       uint32
	Fackets       uint32
	LastDataSent  uint32
	LastAckSent   uint32
	LastDataRecv  uint32
	LastAckRecv   uint32
	Pmtu          uint32
	RcvSsthresh   uint32
	Rtt           uint32
	Rttvar        uint32
	SndSsthresh   uint32
	SndCwnd       uint32
	Advmss        uint32
	Reordering    uint32
	RcvRtt        uint32
	RcvSpace      uint32
	SndWnd        uint32
	SndBwnd       uint32
	SndNxt        uint32
	RcvNxt        uint32
	ToeTid        uint32
	SndRexmitpack uint32
	RcvOoopack    uint32
	SndZerowin    uint32
	Pad           [26]uint32
}
