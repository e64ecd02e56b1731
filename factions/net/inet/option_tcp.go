// Options of tcp(4).
package inet

import (
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func (e *endpoint) setTCP(name int32, val []byte) error {
	switch name {
	case abi.TCP_CONGCTL:
		return e.setCongestion(val)
	case abi.TCP_NODELAY, abi.TCP_MAXSEG, abi.TCP_KEEPIDLE, abi.TCP_KEEPINTVL, abi.TCP_KEEPCNT, abi.TCP_KEEPINIT:
	default:
		return abi.ENOPROTOOPT
	}
	v, err := net.Int(val)
	if err != nil {
		return err
	}
	switch name {
	case abi.TCP_NODELAY:
		e.ep.SocketOptions().SetDelayOption(v == 0)
		return nil
	case abi.TCP_MAXSEG:
		if v <= 0 || v > int32(e.segment()) {
			return abi.EINVAL
		}
		e.extra.amend(func(r *rare) { r.maxSeg = v })
		return e.setInt(tcpip.MaxSegOption, max(int(v), header.TCPMinimumMSS))
	}
	return e.setKeep(name, uint32(v))
}

// congestionNames pairs NetBSD's names of congestion control with the stack's.
var congestionNames = [...]struct{ ours, theirs string }{
	{"newreno", "reno"}, {"cubic", "cubic"}, {"reno", "reno"},
}

// setCongestion chooses a congestion control by name: EINVAL for an unknown one.
func (e *endpoint) setCongestion(val []byte) error {
	name := string(val)
	for i := range val {
		if val[i] == 0 {
			name = name[:i]
			break
		}
	}
	for _, n := range congestionNames {
		if n.ours == name {
			return errno(e.ep.SetSockOpt(ptr(tcpip.CongestionControlOption(n.theirs))))
		}
	}
	return abi.EINVAL
}

// noDelay is how TCP_NODELAY is shown, which is not 1.
const noDelay = 4

func (e *endpoint) getTCP(name int32) ([]byte, error) {
	switch name {
	case abi.TCP_NODELAY:
		if e.ep.SocketOptions().GetDelayOption() {
			return net.Value(0), nil
		}
		return net.Value(noDelay), nil
	case abi.TCP_MAXSEG:
		return net.Value(int32(e.segment())), nil
	case abi.TCP_KEEPIDLE, abi.TCP_KEEPINTVL, abi.TCP_KEEPCNT:
		return e.getKeep(name)
	case abi.TCP_CONGCTL:
		return e.congestion()
	case abi.TCP_INFO:
		return e.tcpInfo()
	}
	return nil, abi.ENOPROTOOPT
}

func seconds[D ~int64](d *D, err tcpip.Error) ([]byte, error) {
	return net.Value(int32(time.Duration(*d) / time.Second)), errno(err)
}

// congestionRoom is the size of the value of TCP_CONGCTL.
const congestionRoom = 10

func (e *endpoint) congestion() ([]byte, error) {
	var cc tcpip.CongestionControlOption
	if err := e.ep.GetSockOpt(&cc); err != nil {
		return nil, errno(err)
	}
	b := make([]byte, congestionRoom)
	for _, n := range congestionNames {
		if n.theirs == string(cc) {
			copy(b[:congestionRoom-1], n.ours)
			break
		}
	}
	return b, nil
}

// defaultSegment is the segment size before a connection tells a better one
// (net.inet.tcp.mssdflt).
const defaultSegment = 536

// segment returns the segment size in bytes: of a connection what fits into the
// packets of its way, else what the program has set. One smaller than the
// stack's least is shown all the same.
func (e *endpoint) segment() int {
	if !e.connected() {
		if v := e.extra.get().maxSeg; v != 0 {
			return int(v)
		}
		return defaultSegment
	}
	local, _ := e.ep.GetLocalAddress()
	to, _ := e.ep.GetRemoteAddress()
	r, err := e.stack.FindRoute(to.NIC, local.Addr, to.Addr, number(to.Addr.Len() == header.IPv6AddressSize), false)
	if err != nil {
		return defaultSegment
	}
	defer r.Release()
	return int(r.MTU()) - header.TCPMinimumSize
}

// tcpStates are the stack's states as NetBSD numbers them.
var tcpStates = [...]uint8{
	tcp.StateListen:      abi.TCPS_LISTEN,
	tcp.StateSynSent:     abi.TCPS_SYN_SENT,
	tcp.StateSynRecv:     abi.TCPS_SYN_RECEIVED,
	tcp.StateEstablished: abi.TCPS_ESTABLISHED,
	tcp.StateCloseWait:   abi.TCPS_CLOSE_WAIT,
	tcp.StateFinWait1:    abi.TCPS_FIN_WAIT_1,
	tcp.StateClosing:     abi.TCPS_CLOSING,
	tcp.StateLastAck:     abi.TCPS_LAST_ACK,
	tcp.StateFinWait2:    abi.TCPS_FIN_WAIT_2,
	tcp.StateTimeWait:    abi.TCPS_TIME_WAIT,
}

func tcpState(s tcp.EndpointState) uint8 {
	if int(s) < len(tcpStates) {
		return tcpStates[s]
	}
	return abi.TCPS_CLOSED
}

func (e *endpoint) tcpInfo() ([]byte, error) {
	var in tcpip.TCPInfoOption
	if err := e.ep.GetSockOpt(&in); err != nil {
		return nil, errno(err)
	}
	recv, _ := e.Buffers()
	mss := uint32(e.segment())
	out := abi.TcpInfo{
		State:       tcpState(e.state()),
		Rto:         micros(in.RTO),
		Rtt:         micros(in.RTT),
		Rttvar:      micros(in.RTTVar),
		SndMss:      mss,
		RcvMss:      mss,
		SndSsthresh: in.SndSsthresh,
		SndCwnd:     in.SndCwnd * mss,
		RcvSpace:    uint32(recv),
	}
	return append([]byte(nil), usermem.BytesOf(&out)...), nil
}

func micros(d time.Duration) uint32 { return uint32(d / time.Microsecond) }
