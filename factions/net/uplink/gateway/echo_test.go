package gateway

import (
	"bytes"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/waiter"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// fakeNet is a network where every host answers echo requests.
type fakeNet struct{ hypercall.Network }

func (fakeNet) Dial(kind hypercall.SocketKind, _ hypercall.SocketAddr) (hypercall.Socket, error) {
	if kind != hypercall.Echo {
		return nil, abi.EACCES
	}
	return &fakeEcho{in: make(chan []byte, 9), done: make(chan struct{})}, nil
}

// fakeEcho answers with an identifier of its own, as a host does.
type fakeEcho struct {
	hypercall.Socket
	in   chan []byte
	done chan struct{}
	b    []byte
}

func (e *fakeEcho) Write(b []byte) error {
	e.in <- bytes.Clone(b)
	return nil
}

func (e *fakeEcho) Ready() error {
	select {
	case e.b = <-e.in:
		return nil
	case <-e.done:
		return abi.EBADF
	}
}

func (e *fakeEcho) Read(b []byte) (int, error) {
	h := header.ICMPv4(e.b)
	h.SetType(header.ICMPv4EchoReply)
	h.SetIdent(4711)
	return copy(b, e.b), nil
}

func (e *fakeEcho) Close() error {
	close(e.done)
	return nil
}

// TestEcho pings the gateway and a host beyond it.
func TestEcho(t *testing.T) {
	g := start(t, "")
	g.g.cfg.Host = fakeNet{}
	for _, to := range []tcpip.Address{Router(), tcpip.AddrFrom4([4]byte{192, 0, 2, 1})} {
		var queue waiter.Queue
		ep, err := g.s.NewEndpoint(icmp.ProtocolNumber4, ipv4.ProtocolNumber, &queue)
		if err != nil {
			t.Fatal(err)
		}
		defer ep.Close()
		w, ready := waiter.NewChannelEntry(waiter.ReadableEvents)
		queue.EventRegister(&w)
		b := make([]byte, 16)
		b[0] = byte(header.ICMPv4Echo)
		copy(b[8:], "payload")
		if _, err := ep.Write(&payload{b}, tcpip.WriteOptions{To: &tcpip.FullAddress{Addr: to}}); err != nil {
			t.Fatal(err)
		}
		select {
		case <-ready:
		case <-time.After(5 * time.Second):
			t.Fatalf("no answer from %v", to)
		}
		var got bytes.Buffer
		if _, err := ep.Read(&got, tcpip.ReadOptions{}); err != nil || !bytes.HasPrefix(got.Bytes()[8:], []byte("payload")) {
			t.Errorf("%x, %v", got.Bytes(), err)
		}
	}
}

// TestAdvertisement reads an advertisement as a host does.
func TestAdvertisement(t *testing.T) {
	b := header.ICMPv6(advertisement(linkLocal6(), header.IPv6AllNodesMulticastAddress))
	sum := b.Checksum()
	b.SetChecksum(0)
	if want := header.ICMPv6Checksum(header.ICMPv6ChecksumParams{Header: b, Src: linkLocal6(), Dst: header.IPv6AllNodesMulticastAddress}); sum != want {
		t.Errorf("checksum %x, want %x", sum, want)
	}
	ra := header.NDPRouterAdvert(b.MessageBody())
	it, err := ra.Options().Iter(true)
	if err != nil || ra.RouterLifetime() != 30*time.Minute {
		t.Fatal(ra.RouterLifetime(), err)
	}
	o, _, err := it.Next()
	p, ok := o.(header.NDPPrefixInformation)
	if err != nil || !ok || p.PrefixLength() != 64 || !p.AutonomousAddressConfigurationFlag() {
		t.Errorf("option %v, %v", o, err)
	}
}
