// What the stack is told: NetBSD's values where a program can see them, and
// bounds on memory.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	minBuffer = 4096
	// tcpBuffer is what a TCP socket begins with. It is more than NetBSD's
	// 32 KB: the window must hold many 64 KB segments of lo0. Memory is taken
	// only by what waits in it.
	tcpBuffer = net.MaxBuffer
	// leastTCP is that of a kernel whose memory is limited, and memShare the
	// part of the limit that a socket's buffer may have.
	leastTCP, memShare = 32 << 10, 256
	// tcpSpace is what a program sees of a TCP socket's buffers until it or
	// sysctl(8) sets them: NetBSD's begin there and grow too.
	tcpSpace = 32768
	// datagramSend and datagramRecv are those of raw sockets, and what those of
	// UDP begin with (net.inet.udp.sendspace and recvspace).
	datagramSend = 9216
	datagramRecv = 41600
	// controlTTL is the TTL of what the stack itself answers, as ICMP echo.
	controlTTL = 255
)

// tune sets options of the stack. None of them can fail.
func (in *Inet) tune(s *stack.Stack) {
	_ = s.SetPortRange(abi.IPPORT_ANONMIN, abi.IPPORT_ANONMAX)
	_ = s.SetOption(tcpip.SendBufferSizeOption{Min: minBuffer, Default: datagramSend, Max: net.MaxBuffer})
	_ = s.SetOption(tcpip.ReceiveBufferSizeOption{Min: minBuffer, Default: datagramRecv, Max: net.MaxBuffer})
	_ = s.SetNetworkProtocolOption(ipv4.ProtocolNumber, ptr(tcpip.DefaultTTLOption(controlTTL)))
	size := in.tcpBuffer()
	for _, o := range []tcpip.SettableTransportProtocolOption{
		&tcpip.TCPSendBufferSizeRangeOption{Min: minBuffer, Default: size, Max: net.MaxBuffer},
		&tcpip.TCPReceiveBufferSizeRangeOption{Min: minBuffer, Default: size, Max: net.MaxBuffer},
		ptr(tcpip.TCPSACKEnabled(true)),
		ptr(tcpip.TCPModerateReceiveBufferOption(false)),
		ptr(tcpip.TCPDelayEnabled(true)),
		ptr(tcpip.TCPTimeWaitReuseOption(tcpip.TCPTimeWaitReuseGlobal)),
		// Losses are found as by NetBSD's TCP (RFC 6675), not by the stack's
		// RACK and tail loss probes: when frames are reordered or doubled it
		// counts too few as outstanding, sets no timer after a probe, and the
		// connection stands still for ever.
		ptr(tcpip.TCPRecovery(0)),
	} {
		_ = s.SetTransportProtocolOption(tcp.ProtocolNumber, o)
	}
}

// tcpBuffer returns the size of a TCP socket's buffers, in bytes.
func (in *Inet) tcpBuffer() int {
	limit := in.net.Base.Mem.Limit()
	if limit == 0 {
		return tcpBuffer
	}
	return int(min(max(limit/memShare, leastTCP), tcpBuffer))
}

func ptr[T any](v T) *T { return &v }
