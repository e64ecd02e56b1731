package sp_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
	"golang.org/x/sys/unix"
)

func TestHeader(t *testing.T) {
	h := sp.Header{Len: 0x1122334455667788, Reqno: 0x99aabbccddeeff00, Class: 0x1234, Type: 0x5678, U: 0x9abcdef0}
	b := h.Append(nil)
	want := "\x88\x77\x66\x55\x44\x33\x22\x11\x00\xff\xee\xdd\xcc\xbb\xaa\x99\x34\x12\x78\x56\xf0\xde\xbc\x9a"
	if string(b) != want {
		t.Errorf("%x", b)
	}
	if got := sp.ParseHeader(b); got != h {
		t.Errorf("%+v", got)
	}
}

func TestParseURL(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	tests := []struct {
		url    string
		server bool
		want   string
		err    error
	}{
		{"unix:///tmp/x", false, "unix:///tmp/x", nil},
		{"unix://rel/x", false, "unix://" + dir + "/rel/x", nil},
		{"unix://a://b", false, "unix://" + dir + "/a://b", nil},
		{"tcp://127.0.0.1:80", false, "tcp://127.0.0.1:80", nil},
		{"tcp://10.1.2.3:65535/junk", false, "tcp://10.1.2.3:65535", nil},
		{"tcp://*:80", true, "tcp://0.0.0.0:80", nil},
		{"tcp://0:80", true, "tcp://0.0.0.0:80", nil},
		{"tcp://*:80", false, "", abi.EINVAL},
		{"tcp://0:80", false, "", abi.EINVAL},
		{"tcp://256.1.1.1:80", true, "", abi.EINVAL},
		{"tcp://1.2.3:80", true, "", abi.EINVAL},
		{"tcp://1.2.3.4:-1", true, "", abi.EINVAL},
		{"tcp://1.2.3.4:99999999999999999999", true, "", abi.ERANGE},
		{"unix://a\x00b", false, "", abi.EINVAL},
		{"://", false, "", abi.EINVAL},
		{"UNIX:///x", false, "", abi.EINVAL},
	}
	for _, tt := range tests {
		a, err := sp.ParseURL(tt.url, tt.server)
		if err != tt.err || err == nil && a.String() != tt.want {
			t.Errorf("%s: %v, %v; want %s, %v", tt.url, a, err, tt.want, tt.err)
		}
	}
}

func TestHostErrno(t *testing.T) {
	tests := []struct {
		err  error
		want abi.Errno
	}{
		{unix.ENOENT, abi.ENOENT}, {unix.EAGAIN, abi.EAGAIN}, {unix.EADDRINUSE, abi.EADDRINUSE},
		{unix.ECONNREFUSED, abi.ECONNREFUSED}, {abi.EPROTO, abi.EPROTO}, {io.EOF, abi.EIO}, {unix.EXFULL, abi.EIO},
	}
	for _, tt := range tests {
		if got := sp.HostErrno(tt.err); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.err, got, tt.want)
		}
	}
}

// pair is two streams that are connected.
func pair(t *testing.T, stall time.Duration) (a, b *sp.Stream) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	var s [2]*sp.Stream
	for i, fd := range fds {
		if s[i], err = sp.NewStream(fd, stall); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s[i].Close)
	}
	return s[0], s[1]
}

func TestStreamSkipsWhatIsNotTaken(t *testing.T) {
	a, b := pair(t, 0)
	big := bytes.Repeat([]byte("x"), 100000)
	go func() {
		_ = a.Write([]byte("hello\n"))
		for i := range uint64(3) {
			_ = a.Write(sp.AppendFrame(nil, sp.Header{Reqno: i}, big))
		}
		a.CloseWrite()
	}()
	if line, err := b.Line(95); line != "hello\n" || err != nil {
		t.Fatalf("%q, %v", line, err)
	}
	for i := range uint64(3) {
		h, err := b.Next()
		if err != nil || h.Reqno != i || h.Payload() != uint64(len(big)) {
			t.Fatalf("%+v, %v", h, err)
		}
		got := make([]byte, 50000*i)
		if err := b.Payload(got); err != nil || strings.Trim(string(got), "x") != "" {
			t.Fatal(err)
		}
	}
	for range 2 {
		if _, err := b.Next(); err != io.EOF {
			t.Errorf("%v", err)
		}
	}
}

func TestLinesThatDoNotEnd(t *testing.T) {
	a, b := pair(t, 0)
	_ = a.Write(bytes.Repeat([]byte("x"), 200))
	if _, err := b.Line(95); err != sp.ErrFrame {
		t.Errorf("%v", err)
	}
}

func TestWritersStall(t *testing.T) {
	a, _ := pair(t, 20*time.Millisecond)
	stalled := 0
	a.OnStall(func() { stalled++ })
	err := a.Write(make([]byte, 4<<20))
	if !errors.Is(err, unix.ETIMEDOUT) && sp.HostErrno(err) != abi.ETIMEDOUT || stalled == 0 {
		t.Errorf("%v, stalled %d times", err, stalled)
	}
}

// What TryWrite could send only in part is not lost, nor sent twice.
func TestTryWrite(t *testing.T) {
	a, b := pair(t, 0)
	one := sp.AppendFrame(nil, sp.Header{}, make([]byte, 999))
	sent := 0
	for a.TryWrite(one) {
		sent++
	}
	go func() {
		_ = a.Write(one)
		a.CloseWrite()
	}()
	for range sent + 1 {
		if h, err := b.Next(); err != nil || h.Payload() != 999 {
			t.Fatalf("%+v, %v", h, err)
		}
	}
	if _, err := b.Next(); err != io.EOF {
		t.Error(err)
	}
}
