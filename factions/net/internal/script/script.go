// Package script is for tests: a kernel whose only neighbour is the test. It
// says line by line what the neighbour sends and what must come back, and when,
// in simulated time.
package script

import (
	"runtime"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// The addresses of the kernel and of the test.
var (
	KernelMAC = tcpip.LinkAddress("\x02\x00\x00\x00\x00\x01")
	TestMAC   = tcpip.LinkAddress("\x02\x00\x00\x00\x00\x02")
	Kernel    = tcpip.AddrFrom4([4]byte{10, 0, 0, 1})
	Test      = tcpip.AddrFrom4([4]byte{10, 0, 0, 2})
	Kernel6   = tcpip.AddrFrom16([16]byte{0: 0xfd, 15: 1})
	Test6     = tcpip.AddrFrom16([16]byte{0: 0xfd, 15: 2})
)

// Wire is the driver of an interface whose medium is the test.
type Wire struct {
	*box.Box
	// Host is the kernel's: its clock moves with Pass.
	Host *hypercall.Sim

	link   *ether.Link
	mu     sync.Mutex
	frames [][]byte
	drop   bool
}

// New boots a kernel that is 10.0.0.1 and fd00::1 on wire0. It is halted when
// the test ends.
func New(t testing.TB, seed uint64) *Wire {
	t.Helper()
	w := &Wire{Host: hypercall.NewSim(seed)}
	w.Box = box.On(t, w.Host)
	w.link = ether.New(ether.Config{Name: "wire0", Addr: KernelMAC, Driver: w})
	w.OK(w.Inet.AddLink(w.link))
	w.Sysctl(0, abi.CTL_NET, abi.PF_INET6, abi.IPPROTO_IPV6, abi.IPV6CTL_DAD_COUNT)
	w.Sysctl(0, abi.CTL_NET, abi.PF_INET, abi.IPPROTO_IP, abi.IPCTL_DAD_COUNT)
	w.Addr("wire0", "10.0.0.1/24")
	w.Addr("wire0", "fd00::1/64")
	w.Settle()
	w.Frames()
	return w
}

// Up implements ether.Driver.
func (w *Wire) Up() error { return nil }

// Down implements ether.Driver.
func (w *Wire) Down() {}

// Destroy implements ether.Driver.
func (w *Wire) Destroy() {}

// Send implements ether.Driver: it keeps what the kernel sends, and answers
// who asks for the test's address.
func (w *Wire) Send(frames []*ether.Frame) {
	for _, f := range frames {
		b := f.ToView().AsSlice()
		if w.answer(b) {
			continue
		}
		w.mu.Lock()
		if !w.drop {
			w.frames = append(w.frames, append([]byte(nil), b...))
		}
		w.mu.Unlock()
	}
}

// Drop has frames of the kernel forgotten at once from now on.
func (w *Wire) Drop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.drop = true
}

// Frames returns what the kernel has sent since the last call.
func (w *Wire) Frames() [][]byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := w.frames
	w.frames = nil
	return list
}

// Deliver gives the kernel a frame.
func (w *Wire) Deliver(frame []byte) { w.link.Deliver(ether.NewFrame(frame)) }

// answer answers an ARP request for the test's address. IPv6 neighbours are
// what Neighbour has made.
func (w *Wire) answer(frame []byte) bool {
	if len(frame) < header.EthernetMinimumSize+header.ARPSize || header.Ethernet(frame).Type() != header.ARPProtocolNumber {
		return false
	}
	ask := header.ARP(frame[header.EthernetMinimumSize:])
	if ask.Op() != header.ARPRequest || tcpip.AddrFromSlice(ask.ProtocolAddressTarget()) != Test {
		return false
	}
	b := Frame(header.ARPProtocolNumber, header.ARPSize)
	arp := header.ARP(b[header.EthernetMinimumSize:])
	arp.SetIPv4OverEthernet()
	arp.SetOp(header.ARPReply)
	copy(arp.HardwareAddressSender(), TestMAC)
	copy(arp.ProtocolAddressSender(), Test.AsSlice())
	copy(arp.HardwareAddressTarget(), KernelMAC)
	copy(arp.ProtocolAddressTarget(), Kernel.AsSlice())
	go w.Deliver(b) // the kernel may hold locks
	return true
}

// Frame returns a frame to the kernel with room for size bytes.
func Frame(proto tcpip.NetworkProtocolNumber, size int) []byte {
	b := make([]byte, header.EthernetMinimumSize+size)
	header.Ethernet(b).Encode(&header.EthernetFields{SrcAddr: TestMAC, DstAddr: KernelMAC, Type: proto})
	return b
}

// Pass lets time pass.
func (w *Wire) Pass(d time.Duration) {
	w.Settle()
	w.Host.Advance(d)
	w.Settle()
}

// calm is how often in a row nothing must run before nothing does.
const calm = 3

// Settle waits until every goroutine of the program waits.
func (w *Wire) Settle() {
	samples := []metrics.Sample{
		{Name: "/sched/goroutines/runnable:goroutines"},
		{Name: "/sched/goroutines/running:goroutines"},
	}
	for still := 0; still < calm; {
		metrics.Read(samples)
		if samples[0].Value.Uint64() == 0 && samples[1].Value.Uint64() <= 1 {
			still++
		} else {
			still = 0
			time.Sleep(10 * time.Microsecond)
		}
		runtime.Gosched()
	}
}
