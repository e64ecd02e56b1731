// Settings that sysctl(8) changes and the stack obeys.
package inet

import (
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
}

func (t *settings) init() {
	t.forwards4.Store(1)
	t.dadCount.Store(1)
}

// maxDAD bounds dadCount.
const maxDAD = 100

// knob describes an integer from 0 to most, kept in v.
func (in *Inet) knob(num int32, name, desc string, most int32, v *atomic.Int32) sysctl.Spec {
	return sysctl.Spec{
		Num: num, Name: name, Desc: desc, Type: abi.CTLTYPE_INT, Flags: abi.CTLFLAG_READWRITE, Size: 4,
		Get: func(*proc.LWP) ([]byte, error) { return net.Value(v.Load()), nil },
		Set: func(_ *proc.LWP, b []byte) error {
			n, err := net.Int(b)
			if err != nil || n < 0 || n > most {
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
	keepHeaders(s, in.set.forwards4.Load() != 0)
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
