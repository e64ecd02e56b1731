package script

import (
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// TestAnnounce: who gets an IPv4 address tells the network.
func TestAnnounce(t *testing.T) {
	w := New(t, 1)
	mine := tcpip.AddrFrom4([4]byte{10, 0, 0, 7})
	w.Addr("wire0", "10.0.0.7/24")
	w.Settle()
	told := 0
	for _, f := range w.Frames() {
		eth := header.Ethernet(f)
		if eth.Type() != header.ARPProtocolNumber {
			continue
		}
		a := header.ARP(f[header.EthernetMinimumSize:])
		if a.Op() == header.ARPRequest && eth.DestinationAddress() == header.EthernetBroadcastAddress &&
			tcpip.LinkAddress(a.HardwareAddressSender()) == KernelMAC &&
			tcpip.AddrFromSlice(a.ProtocolAddressSender()) == mine && tcpip.AddrFromSlice(a.ProtocolAddressTarget()) == mine {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

// address returns the flags and the lifetimes of an IPv6 address of wire0.
func (w *Wire) address(last byte) (flags uint32, life abi.In6Addrlifetime, err error) {
	r := abi.In6Ifreq{}
	ask := func(cmd uint32) error {
		copy(r.Name[:], "wire0")
		a := abi.SockaddrIn6{Len: 28, Family: abi.AF_INET6, Addr: abi.In6Addr{Addr: [16]byte{0: 0xfd, 15: last}}}
		clear(r.Ifru[:])
		copy(r.Ifru[:], usermem.BytesOf(&a))
		return box.Ioctl(w.Box, abi.AF_INET6, cmd, &r)
	}
	if err := ask(abi.SIOCGIFAFLAG_IN6); err != nil {
		return 0, life, err
	}
	flags = uint32(r.Ifru[0]) | uint32(r.Ifru[1])<<8
	err = ask(abi.SIOCGIFALIFETIME_IN6)
	copy(usermem.BytesOf(&life), r.Ifru[:])
	return flags, life, err
}

// TestAddressLifetimes gives an IPv6 address ten seconds, of which it is
// preferred for four, and then more.
func TestAddressLifetimes(t *testing.T) {
	w := New(t, 1)
	give := func(valid, preferred uint32) {
		r := abi.In6Aliasreq{Lifetime: abi.In6Addrlifetime{Vltime: valid, Pltime: preferred}}
		copy(r.Name[:], "wire0")
		r.Addr = abi.SockaddrIn6{Len: 28, Family: abi.AF_INET6, Addr: abi.In6Addr{Addr: [16]byte{0: 0xfd, 15: 9}}}
		r.Prefixmask = abi.SockaddrIn6{Len: 28, Family: abi.AF_INET6, Addr: abi.In6Addr{Addr: [16]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}}
		w.OK(box.Ioctl(w.Box, abi.AF_INET6, abi.SIOCAIFADDR_IN6, &r))
	}
	expect := func(after time.Duration, flags uint32, want error) {
		t.Helper()
		w.Pass(after)
		got, _, err := w.address(9)
		if got != flags || err != want {
			t.Fatalf("flags %#x, %v; want %#x, %v", got, err, flags, want)
		}
	}
	give(10, 4)
	_, life, err := w.address(9)
	w.OK(err)
	if life.Vltime != 10 || life.Pltime != 4 || life.Expire-life.Preferred != 6 {
		t.Errorf("%+v", life)
	}
	expect(3*time.Second, 0, nil)
	expect(2*time.Second, abi.IN6_IFF_DEPRECATED, nil)
	give(10, 4)
	expect(0, 0, nil)
	expect(5*time.Second, abi.IN6_IFF_DEPRECATED, nil)
	expect(6*time.Second, 0, abi.EADDRNOTAVAIL)
	give(abi.ND6_INFINITE_LIFETIME, abi.ND6_INFINITE_LIFETIME)
	expect(time.Hour, 0, nil)
}
