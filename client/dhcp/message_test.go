package dhcp

import (
	"bytes"
	"net/netip"
	"reflect"
	"testing"
	"time"
)

func sample() *Message {
	return &Message{
		Reply: true, XID: 0x01020304, Broadcast: true, Client: netip.IPv4Unspecified(), Your: netip.MustParseAddr("10.0.0.5"),
		MAC: []byte{2, 0, 0, 0, 0, 1}, Options: map[byte][]byte{OptType: {Offer}, OptText: bytes.Repeat([]byte("x"), 300)},
	}
}

func TestMessage(t *testing.T) {
	m := sample()
	b := m.Append([]byte("head"))[4:]
	got, err := Parse(b)
	if err != nil || !reflect.DeepEqual(got, m) {
		t.Errorf("%+v, %v", got, err)
	}
	if got.Type() != Offer {
		t.Errorf("type %d", got.Type())
	}
	for n := range fixedSize + 5 {
		if _, err := Parse(b[:n]); err == nil && n < fixedSize+4 {
			t.Errorf("%d bytes are a message", n)
		}
	}
}

func TestLease(t *testing.T) {
	m := sample()
	for _, tt := range []struct {
		name string
		opts map[byte][]byte
		want Lease
	}{
		{"nothing said", nil, Lease{Address: netip.MustParsePrefix("10.0.0.5/8")}},
		{"all", map[byte][]byte{
			OptMask: {255, 255, 255, 0}, OptRouter: {10, 0, 0, 1, 10, 0, 0, 2}, OptDNS: {10, 0, 0, 3, 10, 0, 0, 4}, OptDomain: []byte("a.b\x00"),
			OptLease: {0, 0, 14, 16}, OptServer: {10, 0, 0, 9}, OptMTU: {5, 120}, OptBroadcast: {10, 0, 0, 255},
		}, Lease{
			Address: netip.MustParsePrefix("10.0.0.5/24"), Broadcast: netip.MustParseAddr("10.0.0.255"), Server: netip.MustParseAddr("10.0.0.9"),
			Time: time.Hour, DNS: []netip.Addr{netip.MustParseAddr("10.0.0.3"), netip.MustParseAddr("10.0.0.4")}, Domain: "a.b", MTU: 1400,
			Routes: []Route{{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParseAddr("10.0.0.1")}},
		}},
		{"routes in place of a router", map[byte][]byte{
			OptMask: {255, 255, 255, 0}, OptRouter: {10, 0, 0, 1}, OptLease: {255, 255, 255, 255},
			OptStaticRoutes: {16, 10, 7, 10, 0, 0, 2, 0, 10, 0, 0, 3, 24, 192},
		}, Lease{
			Address: netip.MustParsePrefix("10.0.0.5/24"), Routes: []Route{
				{netip.MustParsePrefix("10.7.0.0/16"), netip.MustParseAddr("10.0.0.2")},
				{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParseAddr("10.0.0.3")},
			},
		}},
		{"a mask with holes", map[byte][]byte{OptMask: {255, 0, 255, 0}}, Lease{Address: netip.MustParsePrefix("10.0.0.5/8")}},
	} {
		m.Options = tt.opts
		if got := m.lease(); !reflect.DeepEqual(*got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, *got, tt.want)
		}
	}
}

func TestPayload(t *testing.T) {
	frame := appendUDP(make([]byte, 14), netip.MustParseAddr("10.0.0.1"), ServerPort, netip.MustParseAddr("10.0.0.2"), ClientPort, []byte("hello"))
	if got := payload(append(frame, 0, 0, 0)); string(got) != "hello" {
		t.Errorf("%q", got)
	}
	if checksum(frame[14:34]) != 0 {
		t.Error("the checksum of the head is wrong")
	}
	for n := range frame {
		if payload(frame[:n]) != nil {
			t.Errorf("%d bytes carry something", n)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample().Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := Parse(b); err == nil {
			_ = m.lease()
			if again, err := Parse(m.Append(nil)); err != nil || again.XID != m.XID {
				t.Errorf("does not come back: %v", err)
			}
		}
		_ = payload(b)
	})
}
