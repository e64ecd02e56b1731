package net

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestControlList(t *testing.T) {
	list := AppendControl(nil, 1, 2, []byte("abc"))
	list = AppendControl(list, 3, 4, []byte("12345678"))
	if len(list) != 24+24 {
		t.Fatalf("%d bytes", len(list))
	}
	level, typ, data, rest, err := NextControl(list)
	if level != 1 || typ != 2 || string(data) != "abc" || err != nil {
		t.Errorf("first: %d, %d, %q, %v", level, typ, data, err)
	}
	level, typ, data, rest, err = NextControl(rest)
	if level != 3 || typ != 4 || string(data) != "12345678" || len(rest) != 0 || err != nil {
		t.Errorf("second: %d, %d, %q, %v", level, typ, data, err)
	}
}

// FuzzNextControl walks lists that nobody checked.
func FuzzNextControl(f *testing.F) {
	f.Add(AppendControl(nil, 1, 2, []byte("abc")))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 15: 0})
	f.Fuzz(func(t *testing.T, list []byte) {
		for len(list) > 0 {
			_, _, data, rest, err := NextControl(list)
			if err != nil {
				return
			}
			if len(data)+abi.CmsgDataOffset > len(list) || len(rest) >= len(list) {
				t.Fatalf("%d bytes of data and %d more of %d", len(data), len(rest), len(list))
			}
			list = rest
		}
	})
}

func TestTimeouts(t *testing.T) {
	for _, c := range []struct {
		in   abi.Timeval
		want time.Duration
		err  error
	}{
		{abi.Timeval{}, 0, nil},
		{abi.Timeval{Usec: 1}, 10 * time.Millisecond, nil},
		{abi.Timeval{Sec: 1, Usec: 509999}, 1500 * time.Millisecond, nil},
		{abi.Timeval{Sec: 327}, 327 * time.Second, nil},
		{abi.Timeval{Sec: 328}, 0, abi.EDOM},
		{abi.Timeval{Sec: 1 << 62}, 0, abi.EDOM},
		{abi.Timeval{Sec: -1}, 0, abi.EDOM},
		{abi.Timeval{Usec: 1000000}, 0, abi.EDOM},
		{abi.Timeval{Usec: -1}, 0, abi.EDOM},
	} {
		n, err := parseTimeout(c.in)
		if err != c.err || time.Duration(n)*tick != c.want {
			t.Errorf("%+v: %v, %v", c.in, time.Duration(n)*tick, err)
		}
		if back := formatTimeout(n); err == nil && back.Sec != int64(c.want/time.Second) {
			t.Errorf("%+v came back as %+v", c.in, back)
		}
	}
}

func TestVector(t *testing.T) {
	var f sysent.Frame
	iov := []abi.Iovec{
		{Base: f.Pin([]byte("abc")), Len: 3}, {Base: 0, Len: 0}, {Base: f.Pin([]byte("defgh")), Len: 4},
	}
	load := func(n int32) (vector, error) {
		return loadVector(usermem.Local(nil, &f), f.Pin(usermem.BytesOfSlice(iov)), n)
	}
	v, err := load(3)
	if v.size != 7 || err != nil {
		t.Fatalf("%d bytes, %v", v.size, err)
	}
	for _, c := range []struct {
		off, n int
		want   string
	}{{0, 7, "abcdefg"}, {0, 2, "ab"}, {2, 3, "cde"}, {3, 4, "defg"}, {7, 0, ""}} {
		if b, err := v.gather(c.off, c.n); string(b) != c.want || err != nil {
			t.Errorf("gather %d from %d: %q, %v", c.n, c.off, b, err)
		}
	}
	if err := v.scatter([]byte("12345")); err != nil {
		t.Error(err)
	}
	if b, _ := v.gather(0, 7); string(b) != "12345fg" {
		t.Errorf("scattered %q", b)
	}
	for _, bad := range []struct {
		e    abi.Iovec
		n    int32
		want error
	}{
		{abi.Iovec{Base: 1234, Len: 5}, 3, abi.EFAULT},
		{abi.Iovec{Len: 1 << 40}, 3, abi.EINVAL},
		{abi.Iovec{Len: 1 << 63}, 3, abi.EINVAL},
		{abi.Iovec{}, -1, abi.EMSGSIZE},
		{abi.Iovec{}, 1025, abi.EMSGSIZE},
		{abi.Iovec{}, 9, abi.EFAULT},
	} {
		iov[1] = bad.e
		if _, err := load(bad.n); err != bad.want {
			t.Errorf("%+v, %d: %v, want %v", bad.e, bad.n, err, bad.want)
		}
	}
}

func TestFind(t *testing.T) {
	f := &Family{Protocols: []Protocol{
		{Type: abi.SOCK_STREAM, Number: 6}, {Type: abi.SOCK_RAW}, {Type: abi.SOCK_RAW, Number: 1},
	}}
	for _, c := range []struct {
		typ, number int32
		want        int
		err         error
	}{
		{abi.SOCK_STREAM, 0, 0, nil}, {abi.SOCK_STREAM, 6, 0, nil},
		{abi.SOCK_STREAM, 7, 0, abi.EPROTONOSUPPORT}, {abi.SOCK_DGRAM, 0, 0, abi.EPROTOTYPE},
		{abi.SOCK_RAW, 1, 2, nil}, {abi.SOCK_RAW, 99, 1, nil}, {0, 0, 0, abi.EPROTONOSUPPORT},
	} {
		p, err := f.find(c.typ, c.number)
		if err != c.err || err == nil && p != &f.Protocols[c.want] {
			t.Errorf("%d, %d: %+v, %v", c.typ, c.number, p, err)
		}
	}
}
