// Settings that sysctl(8) changes and the stack obeys.
package inet

import (
	"sync"
	"sync/atomic"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// settings is the values, each 0 or 1 where nothing else is said.
type settings struct {
	// forwards4 and forwards6 are whether packets go from one interface to
	// another.
	forwards4, forwards6 atomic.Int32
	// acceptRA is whether router advertisements are listened to.
	acceptRA atomic.Int32
	// dadCount is how often a duplicate of a new IPv6 address is looked for.
	dadCount atomic.Int32
	// dadCount4 is that of IPv4 addresses.
	dadCount4 atomic.Int32
	// msl is how long a segment lives, in half-seconds, if mslEnable is not 0;
	// else that of lifeRemote is for all. A closed connection is remembered for
	// twice as long; wait is what the stack was last told.
	msl       [lifeLoopback + 1]atomic.Int32
	mslEnable atomic.Int32
	waitMu    sync.Mutex
	wait      time.Duration
	// keepInit is how long connecting may take, keepIdle and keepInterval the
	// times of keepalive, in half-seconds; keepCount is the number of probes.
	keepInit, keepIdle, keepInterval, keepCount atomic.Int32
	// tcp and udp are the buffers of new sockets.
	tcp, udp spaces
}

// spaces is the buffers that sockets of a protocol begin with, in bytes.
type spaces struct{ send, recv atomic.Int32 }

// halfSecond is the unit of TCP's times below net.inet.tcp.
const halfSecond = time.Second / 2

func (t *settings) init() {
	t.forwards4.Store(1)
	t.dadCount.Store(1)
	t.dadCount4.Store(3)
	t.mslEnable.Store(1)
	t.msl[lifeRemote].Store(mslRemote)
	t.msl[lifeLocal].Store(mslLocal)
	t.msl[lifeLoopback].Store(mslLoopback)
	t.keepInit.Store(150)
	t.keepIdle.Store(14400)
	t.keepInterval.Store(150)
	t.keepCount.Store(8)
	t.tcp.send.Store(tcpSpace)
	t.tcp.recv.Store(tcpSpace)
	t.udp.send.Store(datagramSend)
	t.udp.recv.Store(datagramRecv)
}

const (
	// minSpace is the least of spaces.
	minSpace = minBuffer
	// maxHalves bounds times in half-seconds.
	maxHalves = 2 * maxKeep / 2
)

// space gives a new endpoint the buffers that sysctl(8) has set. Those of TCP
// stay what the stack begins with, and grow, while nothing else is set.
func (e *endpoint) space() {
	so, t := e.ep.SocketOptions(), &e.in.set
	switch e.kind {
	case kindTCP:
		if v := t.tcp.send.Load(); v != tcpSpace {
			so.SetSendBufferSize(int64(v), true)
			e.extra.setSend.Store(true)
		}
		if v := t.tcp.recv.Load(); v != tcpSpace {
			so.SetReceiveBufferSize(int64(v), true)
			e.extra.setRecv.Store(true)
		}
	case kindUDP:
		so.SetSendBufferSize(int64(t.udp.send.Load()), true)
		so.SetReceiveBufferSize(int64(t.udp.recv.Load()), true)
	}
}

// maxDAD bounds dadCount.
const maxDAD = 100

// knob describes an integer from 0 to most, kept in v.
func (in *Inet) knob(num int32, name, desc string, most int32, v *atomic.Int32) sysctl.Spec {
	return in.bounded(num, name, desc, 0, most, v)
}

// addSpaces enters the buffers of a protocol's new sockets.
func (in *Inet) addSpaces(n *sysctl.Node, send, recv int32, v *spaces) {
	n.Add(in.bounded(send, "sendspace", "Send buffer to begin with", minSpace, net.MaxBuffer, &v.send))
	n.Add(in.bounded(recv, "recvspace", "Receive buffer to begin with", minSpace, net.MaxBuffer, &v.recv))
}

// bounded describes an integer from least to most, kept in v.
func (in *Inet) bounded(num int32, name, desc string, least, most int32, v *atomic.Int32) sysctl.Spec {
	return sysctl.Spec{
		Num: num, Name: name, Desc: desc, Type: abi.CTLTYPE_INT, Flags: abi.CTLFLAG_READWRITE, Size: 4,
		Get: func(*proc.LWP) ([]byte, error) { return net.Value(v.Load()), nil },
		Set: func(_ *proc.LWP, b []byte) error {
			n, err := net.Int(b)
			if err != nil || n < least || n > most {
				return abi.EINVAL
			}
			v.Store(n)
			in.mu.Lock()
			defer in.mu.Unlock()
			if in.stack != nil {
				in.apply(in.stack)
			}
			return nil
		},
	}
}

// apply makes the stack obey the settings. None of it can fail.
func (in *Inet) apply(s *stack.Stack) {
	_ = s.SetForwardingDefaultAndAllNICs(ipv4.ProtocolNumber, in.set.forwards4.Load() != 0)
	_ = s.SetForwardingDefaultAndAllNICs(ipv6.ProtocolNumber, in.set.forwards6.Load() != 0)
	in.ifs.mu.Lock()
	defer in.ifs.mu.Unlock()
	for _, i := range in.ifs.list {
		if i.eth != nil {
			in.configure6(s, i)
		}
	}
}

// configure6 gives an interface of the stack the settings of IPv6.
func (in *Inet) configure6(s *stack.Stack, i *iface) {
	ep, _ := s.GetNetworkEndpoint(i.nic, ipv6.ProtocolNumber)
	if d, ok := ep.(stack.DuplicateAddressDetector); ok {
		d.SetDADConfigurations(stack.DADConfigurations{
			DupAddrDetectTransmits: uint8(in.set.dadCount.Load()), RetransmitTimer: ndRetrans * time.Millisecond,
		})
	}
	if d, ok := ep.(ipv6.NDPEndpoint); ok {
		c := ipv6.DefaultNDPConfigurations()
		c.HandleRAs = ipv6.HandlingRAsDisabled
		if i.ndFlags&abi.ND6_IFF_ACCEPT_RTADV != 0 || in.set.acceptRA.Load() != 0 {
			c.HandleRAs = ipv6.HandlingRAsEnabledWhenForwardingDisabled
		}
		c.AutoGenTempGlobalAddresses = false
		d.SetNDPConfigurations(c)
	}
}
