package bpf_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/factions/net/link"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
	"github.com/rumpkit/rumpkit/tailored/vfsnet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// host is a kernel with an open bpf.
type host struct {
	t  *testing.T
	k  *vfsnet.Kernel
	c  *client.Client
	fd int
}

func boot(t *testing.T) *host {
	t.Helper()
	k, err := vfsnet.Boot(kernel.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	c, err := client.New(k, "test")
	if err != nil {
		t.Fatal(err)
	}
	fd, err := c.Open("/dev/bpf", abi.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	return &host{t: t, k: k, c: c, fd: fd}
}

func (h *host) want(what string, err, want error) {
	h.t.Helper()
	if err != want {
		h.t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func (h *host) number(cmd uint64, v uint32) (uint32, error) {
	err := h.c.Ioctl(h.fd, cmd, client.Struct(&v))
	return v, err
}

func (h *host) bind(name string) error {
	var r abi.Ifreq
	copy(r.Name[:], name)
	return h.c.Ioctl(h.fd, abi.BIOCSETIF, client.Struct(&r))
}

// say sends a datagram to a port of the kernel itself.
func (h *host) say(text string) {
	h.t.Helper()
	conn, err := h.c.Net().Dial("udp", "127.0.0.1:9")
	if err != nil {
		h.t.Fatal(err)
	}
	_, _ = conn.Write([]byte(text))
	_ = conn.Close()
}

// packets reads what was captured.
func (h *host) packets() (list [][]byte, err error) {
	size, err := h.number(abi.BIOCGBLEN, 0)
	if err != nil {
		h.t.Fatal(err)
	}
	b := make([]byte, size)
	n, err := h.c.Read(h.fd, b)
	for b = b[:max(n, 0)]; len(b) > 0; {
		var hdr abi.BpfHdr
		copy(usermem.BytesOf(&hdr), b)
		end := int(hdr.Hdrlen) + int(hdr.Caplen)
		list = append(list, b[hdr.Hdrlen:end])
		b = b[min((end+7)&^7, len(b)):]
	}
	return list, err
}

func TestCommands(t *testing.T) {
	h := boot(t)
	for _, c := range []struct {
		name string
		cmd  uint64
		in   uint32
		out  uint32
		err  error
	}{
		{"buffer", abi.BIOCGBLEN, 0, abi.BPF_DFLTBUFSIZE, nil},
		{"a smaller buffer", abi.BIOCSBLEN, 4096, 4096, nil},
		{"the least buffer", abi.BIOCSBLEN, 1, abi.BPF_MINBUFSIZE, nil},
		{"the largest buffer", abi.BIOCSBLEN, 1 << 31, abi.BPF_DFLTBUFSIZE, nil},
		{"nothing captured", abi.FIONREAD, 9, 0, nil},
		{"link type, before an interface", abi.BIOCGDLT, 0, 0, abi.EINVAL},
		{"set link type, before an interface", abi.BIOCSDLT, 1, 1, abi.EINVAL},
		{"sees sent", abi.BIOCGSEESENT, 0, 1, nil},
		{"headers complete", abi.BIOCGHDRCMPLT, 7, 0, nil},
		{"feedback", abi.BIOCGFEEDBACK, 7, 0, nil},
		{"version", abi.BIOCVERSION, 0, 1<<16 | 1, nil},
		{"unknown", 0x400442ff, 0, 0, abi.EINVAL},
	} {
		if v, err := h.number(c.cmd, c.in); err != c.err || err == nil && v != c.out {
			t.Errorf("%s: %d, %v; want %d, %v", c.name, v, err, c.out, c.err)
		}
	}
	h.want("promiscuous", h.c.Ioctl(h.fd, abi.BIOCPROMISC, client.Arg{}), abi.EINVAL)
	h.want("no interface", h.bind("none0"), abi.ENXIO)
	_, err := h.c.Write(h.fd, make([]byte, 60))
	h.want("write", err, abi.ENXIO)
	h.want("lo", h.bind("lo"), nil)
	_, err = h.number(abi.BIOCSBLEN, 4096)
	h.want("buffer, of an interface", err, abi.EINVAL)
	_, err = h.number(abi.BIOCSDLT, abi.DLT_NULL)
	h.want("its link type", err, nil)
	_, err = h.number(abi.BIOCSDLT, abi.DLT_EN10MB)
	h.want("another link type", err, abi.EINVAL)
	_, err = h.c.Write(h.fd, make([]byte, 60))
	h.want("write to a loopback", err, abi.EAFNOSUPPORT)
	_, err = h.c.Read(h.fd, make([]byte, 100))
	h.want("read of less than a buffer", err, abi.EINVAL)
	prog := abi.BpfProgram{Len: 1}
	h.want("a program from nowhere", h.c.Ioctl(h.fd, abi.BIOCSETF, client.Struct(&prog)), abi.EFAULT)
	prog.Len = abi.BPF_MAXINSNS + 1
	h.want("a program too long", h.c.Ioctl(h.fd, abi.BIOCSETF, client.Struct(&prog)), abi.EINVAL)
}

// TestLoopback captures a datagram, at once in immediate mode, else when the
// timeout has passed.
func TestLoopback(t *testing.T) {
	h := boot(t)
	h.want("bind", h.bind("lo0"), nil)
	tv := abi.Timeval{Usec: 1000}
	h.want("timeout", h.c.Ioctl(h.fd, abi.BIOCSRTIMEOUT, client.Struct(&tv)), nil)
	if list, err := h.packets(); len(list) != 0 || err != nil {
		t.Errorf("%d packets of silence, %v", len(list), err)
	}
	h.say("first")
	h.check("first")
	_, err := h.number(abi.BIOCIMMEDIATE, 1)
	h.want("immediate", err, nil)
	h.say("second")
	fds := []abi.Pollfd{{Fd: int32(h.fd), Events: abi.POLLIN}}
	if n, err := h.c.Poll(fds, 5000); n != 1 || err != nil {
		t.Errorf("poll: %d, %v", n, err)
	}
	if n, err := h.number(abi.FIONREAD, 0); n == 0 || err != nil {
		t.Errorf("FIONREAD: %d, %v", n, err)
	}
	h.check("second")
}

// check reads one datagram with that text; a refusal may come with it.
func (h *host) check(text string) {
	h.t.Helper()
	list, err := h.packets()
	if err != nil || len(list) == 0 {
		h.t.Fatalf("%d packets, %v", len(list), err)
	}
	p := list[0]
	if binary.LittleEndian.Uint32(p) != abi.AF_INET || !bytes.HasSuffix(p, []byte(text)) {
		h.t.Errorf("captured %x", p)
	}
}

// TestFull drops what has no room, and counts it.
func TestFull(t *testing.T) {
	h := boot(t)
	_, err := h.number(abi.BIOCSBLEN, 256)
	h.want("buffer", err, nil)
	h.want("bind", h.bind("lo0"), nil)
	_, _ = h.number(abi.BIOCIMMEDIATE, 1)
	for range 10 {
		h.say("a datagram of some length, so that few of them fit")
	}
	var st abi.BpfStat
	h.want("stats", h.c.Ioctl(h.fd, abi.BIOCGSTATS, client.Struct(&st)), nil)
	if st.Recv < 10 || st.Capt != st.Recv || st.Drop == 0 {
		t.Errorf("received %d, captured %d, dropped %d", st.Recv, st.Capt, st.Drop)
	}
	got := uint64(0)
	for n, _ := h.number(abi.FIONREAD, 0); n > 0; n, _ = h.number(abi.FIONREAD, 0) {
		list, err := h.packets()
		h.want("read", err, nil)
		got += uint64(len(list))
	}
	if got != st.Capt-st.Drop {
		t.Errorf("read %d of %d", got, st.Capt-st.Drop)
	}
}

// TestEthernet sends a frame from one kernel to another, which sees it through
// a filter for its type.
func TestEthernet(t *testing.T) {
	wire := link.New()
	a, b := boot(t), boot(t)
	for _, h := range []*host{a, b} {
		if err := wire.Plug(h.k.Inet(), "link0"); err != nil {
			t.Fatal(err)
		}
		h.want("bind", h.bind("link0"), nil)
	}
	_, err := a.c.Write(a.fd, make([]byte, 60))
	a.want("write while down", err, abi.ENETDOWN)
	for _, h := range []*host{a, b} {
		if err := h.k.Inet().Link("link0").Up(); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = b.number(abi.BIOCIMMEDIATE, 1)
	b.want("promiscuous", b.c.Ioctl(b.fd, abi.BIOCPROMISC, client.Arg{}), nil)
	b.filter(0x88b5)
	frame := make([]byte, 60)
	copy(frame, "\x02\x00\x00\x00\x00\x01")
	for _, typ := range []uint16{0x9999, 0x88b5} {
		binary.BigEndian.PutUint16(frame[12:], typ)
		if n, err := a.c.Write(a.fd, frame); n != len(frame) || err != nil {
			t.Fatal(n, err)
		}
	}
	list, err := b.packets()
	if err != nil || len(list) != 1 || binary.BigEndian.Uint16(list[0][12:]) != 0x88b5 {
		t.Fatalf("%x, %v", list, err)
	}
	if src := net.HardwareAddr(list[0][6:12]); bytes.Equal(src, make([]byte, 6)) {
		t.Error("the source was not filled in")
	}
	_, err = a.c.Write(a.fd, make([]byte, 1600))
	a.want("write of too much", err, abi.EMSGSIZE)
	b.want("close", b.c.Close(b.fd), nil)
	_, _ = a.c.Write(a.fd, frame)
}

// filter has only frames of a type captured.
func (h *host) filter(typ uint32) {
	h.t.Helper()
	var code bytes.Buffer
	for _, in := range []abi.BpfInsn{
		{Code: abi.BPF_LD | abi.BPF_H | abi.BPF_ABS, K: 12},
		{Code: abi.BPF_JMP | abi.BPF_JEQ, Jf: 1, K: typ},
		{Code: abi.BPF_RET, K: 65535},
		{Code: abi.BPF_RET},
	} {
		code.Write(usermem.BytesOf(&in))
	}
	prog := abi.BpfProgram{Len: 4}
	h.want("filter", h.c.Ioctl(h.fd, abi.BIOCSETF, client.Struct(&prog).With(8, code.Bytes())), nil)
}

// TestBlocked ends a read whose descriptor's kernel goes away.
func TestBlocked(t *testing.T) {
	h := boot(t)
	h.want("bind", h.bind("lo0"), nil)
	size, err := h.number(abi.BIOCGBLEN, 0)
	h.want("BIOCGBLEN", err, nil)
	done := make(chan error, 1)
	go func() {
		_, err := h.c.Read(h.fd, make([]byte, size))
		done <- err
	}()
	time.Sleep(2 * time.Millisecond)
	_ = h.k.Close()
	if err := <-done; err == nil || err == io.EOF {
		t.Errorf("read: %v", err)
	}
}
