package gateway

import (
	"encoding/binary"
	"testing"
)

// ask returns a message of a client.
func ask(kind byte, options ...byte) []byte {
	b := make([]byte, dhcpFixed)
	b[0], b[1], b[2] = 1, 1, 6
	binary.BigEndian.PutUint32(b[4:], 0xfeedface)
	copy(b[28:], "\x02abcde")
	binary.BigEndian.PutUint32(b[236:], dhcpMagic)
	return append(append(b, optKind, 1, kind), options...)
}

func TestDHCP(t *testing.T) {
	for _, c := range []struct {
		name string
		ask  []byte
		kind byte // of the answer, 0 for none
	}{
		{"discover", ask(dhcpDiscover, optEnd), dhcpOffer},
		{"request", ask(dhcpRequest, optRequested, 4, 10, 0, 2, 15, optEnd), dhcpAck},
		{"request of another address", ask(dhcpRequest, optRequested, 4, 10, 0, 2, 16, optEnd), dhcpNak},
		{"inform, after padding", ask(0)[:dhcpFixed+0], 0},
		{"release", ask(7, optEnd), 0},
		{"short", ask(dhcpDiscover)[:100], 0},
		{"options that end early", ask(dhcpDiscover, optRequested, 200), dhcpOffer},
		{"an answer", append([]byte{2}, ask(dhcpDiscover, optEnd)[1:]...), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := dhcpReply(c.ask)
			if c.kind == 0 {
				if b != nil {
					t.Errorf("answered %x", b)
				}
				return
			}
			if got := ask1(b, optKind); got != c.kind {
				t.Fatalf("kind %d", got)
			}
			if binary.BigEndian.Uint32(b[4:]) != 0xfeedface || string(b[28:34]) != "\x02abcde" || b[0] != 2 {
				t.Errorf("not the asker's: %x", b[:44])
			}
			if c.kind != dhcpNak && (string(b[16:20]) != "\x0a\x00\x02\x0f" || string(option(b, optRouter)) != "\x0a\x00\x02\x02") {
				t.Errorf("address %v, router %v", b[16:20], option(b, optRouter))
			}
		})
	}
}

func FuzzDHCP(f *testing.F) {
	f.Add(ask(dhcpDiscover, optEnd))
	f.Add(ask(dhcpRequest, optRequested, 4, 10, 0, 2, 15, optEnd))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r := dhcpReply(b); r != nil && len(r) < dhcpFixed {
			t.Errorf("an answer of %d bytes", len(r))
		}
	})
}

func TestRules(t *testing.T) {
	for _, c := range []struct {
		text, bad string
		want      int // forwards
	}{
		{"", "", 0},
		{"host, inet6", "", 0},
		{"tcp:8080:80,udp:10.1.2.3:5353:53", "", 2},
		{"tcp:8080", "tcp:8080", 0},
		{"host,sctp:1:2", "sctp:1:2", 0},
		{"tcp:99999:80", "tcp:99999:80", 0},
		{"tcp:80:0", "tcp:80:0", 0},
		{"tcp:1.2.3:80:80", "tcp:1.2.3:80:80", 0},
	} {
		r, bad, ok := ParseRules(c.text)
		if bad != c.bad || ok != (c.bad == "") || len(r.Forwards) != c.want {
			t.Errorf("%q: %v, %q, %v", c.text, r, bad, ok)
		}
	}
}

func TestNameServer(t *testing.T) {
	for conf, want := range map[string]string{
		"# none\n":                                "127.0.0.1:53",
		"search x\nnameserver 192.0.2.1\n":        "192.0.2.1:53",
		"nameserver fe80::1\nnameserver 10.1.1.1": "10.1.1.1:53",
	} {
		if a, ok := firstServer(conf); !ok || hostPort(a) != want {
			t.Errorf("%q: %s, %v", conf, hostPort(a), ok)
		}
	}
	if _, ok := firstServer("nameserver fe80::1\n"); ok {
		t.Error("an address it can't use was used")
	}
}
