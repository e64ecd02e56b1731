package client

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestSockaddr(t *testing.T) {
	for _, test := range []struct {
		addr string
		want []byte
	}{
		{"127.0.0.1:80", []byte{16, 2, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}},
		{"[::1]:258", append(append([]byte{28, 24, 1, 2, 0, 0, 0, 0}, make([]byte, 15)...), 1, 0, 0, 0, 0)},
		{"[fe80::%3]:0", append(append([]byte{28, 24, 0, 0, 0, 0, 0, 0, 0xfe, 0x80}, make([]byte, 14)...), 3, 0, 0, 0)},
	} {
		ap := netip.MustParseAddrPort(test.addr)
		sa := AppendSockaddr(nil, ap)
		if !bytes.Equal(sa, test.want) {
			t.Errorf("%s is % x, want % x", test.addr, sa, test.want)
		}
		if back, err := AddrPort(sa); back != ap || err != nil {
			t.Errorf("%s comes back as %v, %v", test.addr, back, err)
		}
		for n := range sa {
			if _, err := AddrPort(sa[:n]); n < 8 && err == nil {
				t.Errorf("%s: %d bytes are an address", test.addr, n)
			}
		}
	}
	if _, err := AddrPort([]byte{16, 1, 0, 0}); err != abi.EAFNOSUPPORT {
		t.Errorf("a local address: %v", err)
	}
}

func TestSockaddrUn(t *testing.T) {
	sa, err := AppendSockaddrUn(nil, "/tmp/s")
	if !bytes.Equal(sa, []byte("\x09\x01/tmp/s\x00")) || err != nil {
		t.Errorf("% x, %v", sa, err)
	}
	if path, err := SockaddrPath(sa); path != "/tmp/s" || err != nil {
		t.Errorf("%q, %v", path, err)
	}
	for sa, want := range map[string]string{"": "", "\x02\x01": "", "\x04\x01ab": "ab"} {
		if path, err := SockaddrPath([]byte(sa)); path != want || err != nil {
			t.Errorf("%q: %q, %v", sa, path, err)
		}
	}
	if _, err := AppendSockaddrUn(nil, strings.Repeat("x", 104)); err != abi.ENAMETOOLONG {
		t.Errorf("a long path: %v", err)
	}
	if _, err := AppendSockaddrUn(nil, strings.Repeat("x", 103)); err != nil {
		t.Errorf("the longest path: %v", err)
	}
	if _, err := SockaddrPath([]byte{16, 2}); err != abi.EAFNOSUPPORT {
		t.Errorf("another address: %v", err)
	}
}

// dirent is a record of getdents(2).
func dirent(ino uint64, typ uint8, name string) []byte {
	b := make([]byte, abi.DirentReclen(len(name)))
	b[0], b[8], b[10], b[12] = byte(ino), byte(len(b)), byte(len(name)), typ
	copy(b[abi.DirentNameOffset:], name)
	return b
}

func TestNextDirent(t *testing.T) {
	buf := append(dirent(7, abi.DT_REG, "a"), dirent(8, abi.DT_DIR, "longer name")...)
	var got []Dirent
	for len(buf) > 0 {
		d, rest, err := NextDirent(buf)
		if err != nil {
			t.Fatal(err)
		}
		got, buf = append(got, d), rest
	}
	want := []Dirent{{7, abi.DT_REG, "a"}, {8, abi.DT_DIR, "longer name"}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%v, want %v", got, want)
	}
}

// Whatever a kernel says, an entry is an error or takes bytes off.
func FuzzNextDirent(f *testing.F) {
	f.Add(dirent(1, abi.DT_REG, "name"))
	f.Add(make([]byte, 32))
	f.Fuzz(func(t *testing.T, buf []byte) {
		for len(buf) > 0 {
			_, rest, err := NextDirent(buf)
			if err != nil {
				return
			}
			if len(rest) >= len(buf) {
				t.Fatal("no progress")
			}
			buf = rest
		}
	})
}
