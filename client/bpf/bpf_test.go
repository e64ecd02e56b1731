package bpf

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// captured makes a packet as the device returns it.
func captured(data string, hdrlen, caplen, datalen int) []byte {
	h := abi.BpfHdr{Tstamp: abi.BpfTimeval{Sec: 7, Usec: 8}, Caplen: uint32(caplen), Datalen: uint32(datalen), Hdrlen: uint16(hdrlen)}
	b := append([]byte(nil), usermem.BytesOf(&h)...)
	for len(b) < hdrlen {
		b = append(b, 0)
	}
	b = append(b[:hdrlen], data...)
	for len(b)%8 != 0 {
		b = append(b, 0)
	}
	return b
}

func TestSplit(t *testing.T) {
	two := append(captured("abc", 26, 3, 9), captured("defgh", 32, 5, 5)...)
	for _, tt := range []struct {
		name string
		b    []byte
		want []string
	}{
		{"none", nil, nil}, {"two", two, []string{"abc", "defgh"}}, {"cut short", two[:len(two)-8], []string{"abc"}},
		{"longer than it is", captured("abc", 26, 300, 300), nil}, {"a head that is too short", captured("abc", 25, 3, 3), nil},
		{"wraps", captured("abc", 26, 1<<31, 3), nil},
	} {
		got := split(tt.b)
		if len(got) != len(tt.want) {
			t.Errorf("%s: %v", tt.name, got)
			continue
		}
		for i, p := range got {
			if string(p.Data) != tt.want[i] || !p.Time.Equal(time.Unix(7, 8000)) {
				t.Errorf("%s: %+v", tt.name, p)
			}
		}
	}
	if got := split(two); got[0].Len != 9 {
		t.Errorf("length %d", got[0].Len)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add(captured("abc", 26, 3, 9))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, p := range split(b) {
			if len(p.Data) > len(b) {
				t.Error("more than there is")
			}
		}
	})
}
