package script

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

var (
	newcomer = tcpip.AddrFrom4([4]byte{10, 0, 0, 7})
	nobody   = header.IPv4Any
)

// newcomers returns a kernel that looks three times for duplicates of 10.0.0.7,
// which it has got a moment ago.
func newcomers(t *testing.T, probes int32) *Wire {
	w := New(t, 3)
	w.Sysctl(probes, abi.CTL_NET, abi.PF_INET, abi.IPPROTO_IP, abi.IPCTL_DAD_COUNT)
	w.Addr("wire0", "10.0.0.7/24")
	w.Settle()
	return w
}

// arps returns the questions that the kernel has asked all since the last call:
// from whom, about whom.
func (w *Wire) arps() (list [][2]tcpip.Address) {
	w.T.Helper()
	for _, f := range w.Frames() {
		a := header.ARP(f[header.EthernetMinimumSize:])
		if eth := header.Ethernet(f); eth.Type() != header.ARPProtocolNumber || eth.DestinationAddress() != header.EthernetBroadcastAddress {
			continue
		}
		if a.Op() != header.ARPRequest || tcpip.LinkAddress(a.HardwareAddressSender()) != KernelMAC {
			w.T.Errorf("op %d from %x", a.Op(), a.HardwareAddressSender())
		}
		list = append(list, [2]tcpip.Address{tcpip.AddrFromSlice(a.ProtocolAddressSender()), tcpip.AddrFromSlice(a.ProtocolAddressTarget())})
	}
	return list
}

// arp has the test send a packet to all.
func (w *Wire) arp(op header.ARPOp, mac tcpip.LinkAddress, from, to tcpip.Address) {
	b := Frame(header.ARPProtocolNumber, header.ARPSize)
	copy(b, header.EthernetBroadcastAddress)
	a := header.ARP(b[header.EthernetMinimumSize:])
	a.SetIPv4OverEthernet()
	a.SetOp(op)
	copy(a.HardwareAddressSender(), mac)
	copy(a.ProtocolAddressSender(), from.AsSlice())
	copy(a.ProtocolAddressTarget(), to.AsSlice())
	w.Deliver(b)
	w.Settle()
}

// flags4 returns the IN_IFF_ flags of an address of wire0.
func (w *Wire) flags4(a tcpip.Address) uint32 {
	w.T.Helper()
	r := box.Ifreq("wire0", append([]byte{16, abi.AF_INET, 0, 0}, a.AsSlice()...)...)
	w.OK(box.Ioctl(w.Box, abi.AF_INET, abi.SIOCGIFAFLAG_IN, r))
	return binary.LittleEndian.Uint32(r.Ifru[:])
}

// bind returns what it is like to bind to an address.
func (w *Wire) bind(a string) error {
	fd := w.Socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	defer w.Close(fd)
	return w.SysBind(w.L, fd, box.In(box.Sockaddr(netip.AddrPortFrom(netip.MustParseAddr(a), 0))))
}

// TestDuplicateNone: a second address is asked for three times, can be used
// after that, and is told twice.
func TestDuplicateNone(t *testing.T) {
	w := newcomers(t, 3)
	if f, err := w.flags4(newcomer), w.bind("10.0.0.7"); f != abi.IN_IFF_TENTATIVE || err != abi.EADDRNOTAVAIL {
		t.Fatalf("flags %#x, bind: %v", f, err)
	}
	w.arp(header.ARPRequest, TestMAC, Test, newcomer) // who has no address does not answer
	var asked [][2]tcpip.Address
	for range 5 {
		w.Pass(time.Second)
		asked = append(asked, w.arps()...)
	}
	if len(asked) != 3 {
		t.Fatalf("%d probes: %v", len(asked), asked)
	}
	for _, p := range asked {
		if p != [2]tcpip.Address{nobody, newcomer} {
			t.Errorf("probe %v", p)
		}
	}
	w.Pass(3 * time.Second)
	if f, err := w.flags4(newcomer), w.bind("10.0.0.7"); f != 0 || err != nil {
		t.Errorf("flags %#x, bind: %v", f, err)
	}
	w.Pass(3 * time.Second)
	told := w.arps()
	if len(told) != 2 || told[0] != [2]tcpip.Address{newcomer, newcomer} || told[1] != told[0] {
		t.Errorf("told %v", told)
	}
	w.Pass(time.Minute)
	if more := w.arps(); len(more) != 0 {
		t.Errorf("more: %v", more)
	}
}

// TestDuplicateFound: somebody answers, says so unasked, or wants the address at
// the same time.
func TestDuplicateFound(t *testing.T) {
	for _, tt := range []struct {
		name     string
		op       header.ARPOp
		mac      tcpip.LinkAddress
		from, to tcpip.Address
		want     uint32
	}{
		{"answer", header.ARPReply, TestMAC, newcomer, Kernel, abi.IN_IFF_DUPLICATED},
		{"told", header.ARPRequest, TestMAC, newcomer, newcomer, abi.IN_IFF_DUPLICATED},
		{"asks another", header.ARPRequest, TestMAC, newcomer, Kernel, abi.IN_IFF_DUPLICATED},
		{"wants it too", header.ARPRequest, TestMAC, nobody, newcomer, abi.IN_IFF_DUPLICATED},
		{"is asked for", header.ARPRequest, TestMAC, Test, newcomer, abi.IN_IFF_TENTATIVE},
		{"our own", header.ARPRequest, KernelMAC, newcomer, newcomer, abi.IN_IFF_TENTATIVE},
		{"another", header.ARPReply, TestMAC, Test, Kernel, abi.IN_IFF_TENTATIVE},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newcomers(t, 3)
			w.arp(tt.op, tt.mac, tt.from, tt.to)
			if f := w.flags4(newcomer); f != tt.want {
				t.Fatalf("flags %#x, want %#x", f, tt.want)
			}
			if tt.want != abi.IN_IFF_DUPLICATED {
				return
			}
			w.arps()
			w.Pass(time.Minute)
			if list := w.arps(); len(list) != 0 || w.flags4(newcomer) != tt.want {
				t.Errorf("it goes on: %v, %#x", list, w.flags4(newcomer))
			}
			if log := string(w.Base.Msgbuf.Bytes()); !strings.Contains(log, "duplicate IPv4 address 10.0.0.7") {
				t.Errorf("nothing is said of it: %q", log)
			}
			w.Want(w.bind("10.0.0.7"), abi.EADDRNOTAVAIL)
		})
	}
}

// TestDuplicateAgain: when the interface has been down, it is looked again; an
// address that is taken away is looked for no longer.
func TestDuplicateAgain(t *testing.T) {
	w := newcomers(t, 1)
	w.arp(header.ARPReply, TestMAC, newcomer, Kernel)
	set := func(flags uint16) {
		w.OK(box.Ioctl(w.Box, abi.AF_INET, abi.SIOCSIFFLAGS, box.Ifreq("wire0", byte(flags), byte(flags>>8))))
	}
	set(0)
	if f := w.flags4(newcomer); f != abi.IN_IFF_DETACHED {
		t.Errorf("down: flags %#x", f)
	}
	set(abi.IFF_UP)
	if f := w.flags4(newcomer); f != abi.IN_IFF_TENTATIVE {
		t.Errorf("up again: flags %#x", f)
	}
	w.Pass(5 * time.Second)
	if f, err := w.flags4(newcomer), w.bind("10.0.0.7"); f != 0 || err != nil {
		t.Errorf("flags %#x, bind: %v", f, err)
	}
	set(0)
	set(abi.IFF_UP)
	w.Settle()
	w.Frames()
	w.OK(box.Ioctl(w.Box, abi.AF_INET, abi.SIOCDIFADDR, box.Ifreq("wire0", append([]byte{16, abi.AF_INET, 0, 0}, newcomer.AsSlice()...)...)))
	w.Pass(time.Minute)
	if list := w.arps(); len(list) != 0 {
		t.Errorf("it goes on: %v", list)
	}
}

// TestDuplicateOff: net.inet.ip.dad_count=0 has addresses used at once.
func TestDuplicateOff(t *testing.T) {
	w := newcomers(t, 0)
	if f, err := w.flags4(newcomer), w.bind("10.0.0.7"); f != 0 || err != nil {
		t.Errorf("flags %#x, bind: %v", f, err)
	}
	w.Pass(time.Minute)
	if told := w.arps(); len(told) != 1 || told[0] != [2]tcpip.Address{newcomer, newcomer} {
		t.Errorf("told %v", told)
	}
}
