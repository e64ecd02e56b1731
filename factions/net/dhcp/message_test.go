package dhcp

import (
	"bytes"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

const mac = tcpip.LinkAddress("\x02\x00\x00\x00\x00\x01")

var server = tcpip.AddrFrom4([4]byte{10, 0, 0, 9})

// answered returns a server's message with options.
func answered(options ...byte) []byte {
	b := (&request{typ: msgAck, xid: 7, mac: mac}).bytes()[:fixed+4]
	b[0] = bootReply
	copy(b[16:], []byte{10, 0, 0, 5})
	return append(append(b, options...), optEnd)
}

// TestLease reads leases; what is not there, or senseless, has defaults.
func TestLease(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options []byte
		want    string
	}{
		{"nothing said", nil, " address=10.0.0.5/8"},
		{"all", []byte{
			optType, 1, msgAck, optMask, 4, 255, 255, 255, 0, optRouter, 8, 10, 0, 0, 1, 10, 0, 0, 2, optNames, 5, 10, 0, 0, 3, 1,
			optDomain, 4, 'a', '.', 'b', 0, optHost, 3, 'x', ' ', 'y', optLease, 4, 0, 0, 14, 16, optServer, 4, 10, 0, 0, 9, optMTU, 2, 5, 120,
			optBroadcast, 4, 10, 0, 0, 255,
		}, " address=10.0.0.5/24 server=10.0.0.9 broadcast=10.0.0.255 time=3600 left=3500 renew=1700 rebind=3050 mtu=1400 route=0.0.0.0/0,10.0.0.1 nameserver=10.0.0.3 domain=a.b host=x"},
		{"for ever", []byte{optLease, 4, 255, 255, 255, 255}, " address=10.0.0.5/8"},
		{"times", []byte{optLease, 4, 0, 0, 3, 232, optRenew, 4, 0, 0, 1, 44, optRebind, 4, 0, 0, 2, 88}, " address=10.0.0.5/8 time=1000 left=900 renew=200 rebind=500"},
		{"senseless times", []byte{optLease, 4, 0, 0, 3, 232, optRenew, 4, 0, 0, 9, 44, optRebind, 4, 0, 0, 7, 88}, " address=10.0.0.5/8 time=1000 left=900 renew=775 rebind=775"},
		{"no time", []byte{optLease, 4, 0, 0, 0, 0}, " address=10.0.0.5/8 time=1 left=0 renew=0 rebind=0"},
		{"a mask with holes", []byte{optMask, 4, 255, 0, 255, 0}, " address=10.0.0.5/8"},
		{"one host", []byte{optMask, 4, 255, 255, 255, 255}, " address=10.0.0.5/32"},
		{"routes", []byte{optRouter, 4, 10, 0, 0, 1, optRoutes, 7, 16, 10, 7, 10, 0, 0, 2, optRoutes, 7, 0, 10, 0, 0, 3, 24, 192},
			" address=10.0.0.5/8 route=10.7.0.0/16,10.0.0.2 route=0.0.0.0/0,10.0.0.3"},
	} {
		r, ok := parse(answered(tt.options...))
		if !ok || r.mac != mac || r.xid != 7 {
			t.Errorf("%s: %+v", tt.name, r)
			continue
		}
		if got := string(leaseOf(&r).append(nil, 100, 200)); got != tt.want {
			t.Errorf("%s:\n%s\n%s", tt.name, got, tt.want)
		}
	}
}

// TestRequest reads what is sent as one who answers would.
func TestRequest(t *testing.T) {
	r := request{typ: msgRequest, xid: 0x01020304, seconds: 9, mac: mac, address: server, server: server}
	b := r.bytes()
	if len(b) < least || b[10]&0x80 == 0 || !bytes.Equal(b[4:8], []byte{1, 2, 3, 4}) || b[9] != 9 {
		t.Errorf("%x", b)
	}
	b[0] = bootReply
	got, ok := parse(b)
	if !ok || got.typ != msgRequest || got.addr(optAddress) != server || got.addr(optServer) != server || len(got.value(optParameters)) == 0 {
		t.Errorf("%+v, %v", got, ok)
	}
	r.client = server
	if b := r.bytes(); b[10] != 0 || !bytes.Equal(b[12:16], server.AsSlice()) {
		t.Errorf("from an address: %x", b[:28])
	}
}

// TestFrame takes apart the frame of a message.
func TestFrame(t *testing.T) {
	f := appendFrame(mac, header.IPv4Any, []byte("hello"))
	ip := header.IPv4(f[14:])
	if !ip.IsValid(len(ip)) || !ip.IsChecksumValid() || ip.DestinationAddress() != header.IPv4Broadcast {
		t.Errorf("%x", f)
	}
	u := header.UDP(ip.Payload())
	if u.DestinationPort() != serverPort || payload(ip) != nil {
		t.Errorf("%x", u)
	}
	u.SetSourcePort(serverPort)
	u.SetDestinationPort(clientPort)
	if got := payload(ip); string(got) != "hello" {
		t.Errorf("%q", got)
	}
	for n := range ip {
		if payload(ip[:n]) != nil {
			t.Errorf("%d bytes carry something", n)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(answered(optMask, 4, 255, 255, 255, 0, optLease, 4, 0, 0, 1, 0, optRoutes, 7, 16, 10, 7, 10, 0, 0, 2))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, ok := parse(b); ok {
			l := leaseOf(&r)
			if p := l.addr.PrefixLen; p < 0 || p > 32 || !l.endless && (l.renew > l.rebind || l.rebind > l.time) {
				t.Errorf("%+v", l)
			}
			_ = l.append(nil, 0, 1<<40)
		}
		_ = payload(b)
	})
}
