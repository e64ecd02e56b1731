package inet_test

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// msg is a msghdr with what it points to.
type msg struct {
	f       sysent.Frame
	hdr     abi.Msghdr
	iov     [][]byte
	name    []byte
	control []byte
}

func newMsg(iov [][]byte, name, control int) *msg {
	m := &msg{iov: iov, name: make([]byte, name), control: make([]byte, control)}
	m.fill(&m.f, &m.hdr)
	return m
}

func (m *msg) fill(f *sysent.Frame, h *abi.Msghdr) {
	vec := make([]abi.Iovec, len(m.iov))
	for i, b := range m.iov {
		vec[i] = abi.Iovec{Base: f.Pin(b), Len: uint64(len(b))}
	}
	h.Iov, h.Iovlen = f.Pin(usermem.BytesOfSlice(vec)), int32(len(vec))
	if len(m.name) > 0 {
		h.Name, h.Namelen = f.Pin(m.name), uint32(len(m.name))
	}
	if len(m.control) > 0 {
		h.Control, h.Controllen = f.Pin(m.control), uint32(len(m.control))
	}
}

func (m *msg) mem() usermem.Mem                 { return usermem.Local(usermem.BytesOf(&m.hdr), &m.f) }
func (m *msg) in() usermem.In[abi.Msghdr]       { return usermem.In[abi.Msghdr]{Mem: m.mem()} }
func (m *msg) inout() usermem.InOut[abi.Msghdr] { return usermem.InOut[abi.Msghdr]{Mem: m.mem()} }

// cmsg is a control message.
type cmsg struct {
	level, typ int32
	data       string
}

// expect compares the control messages that came.
func (m *msg) expect(t *testing.T, want []cmsg) {
	t.Helper()
	rest := m.control[:m.hdr.Controllen]
	for _, w := range want {
		level, typ, data, next, err := net.NextControl(rest)
		if err != nil || (cmsg{level, typ, string(data)}) != w {
			t.Errorf("control message %d, %d: %x, %v; want %+v", level, typ, data, err, w)
			return
		}
		rest = next
	}
	if len(rest) > 0 {
		t.Errorf("more control messages: %x", rest)
	}
}

func TestVectors(t *testing.T) {
	x := newBox(t)
	a, b := x.pair(abi.AF_INET)
	n, err := x.SysSendmsg(x.l, a, newMsg([][]byte{[]byte("he"), nil, []byte("llo")}, 0, 0).in(), 0)
	if n != 5 || err != nil {
		t.Fatalf("sent %d, %v", n, err)
	}
	m := newMsg([][]byte{make([]byte, 1), make([]byte, 3), make([]byte, 5)}, 16, 0)
	n, err = x.SysRecvmsg(x.l, b, m.inout(), abi.MSG_PEEK)
	if n != 5 || err != nil || string(m.iov[0])+string(m.iov[1])+string(m.iov[2][:1]) != "hello" {
		t.Errorf("received %d, %v: %q", n, err, m.iov)
	}
	if m.hdr.Namelen != 0 {
		t.Errorf("a stream has a name of %d bytes", m.hdr.Namelen)
	}
	many := newMsg(make([][]byte, 1025), 0, 0)
	_, err = x.SysRecvmsg(x.l, b, many.inout(), 0)
	x.want(err, abi.EMSGSIZE)
	m.hdr.Iov += 12345
	_, err = x.SysRecvmsg(x.l, b, m.inout(), 0)
	x.want(err, abi.EFAULT)
}

func TestControl(t *testing.T) {
	x := newBox(t)
	a, _ := x.udp(abi.AF_INET)
	b, port := x.udp(abi.AF_INET)
	for _, name := range []int32{abi.IP_RECVDSTADDR, abi.IP_RECVTTL, abi.IP_RECVPKTINFO, abi.IP_RECVIF} {
		x.want(x.setOpt(b, abi.IPPROTO_IP, name, 1), nil)
	}
	x.sendto(a, "x", addr4(port))
	m := newMsg([][]byte{make([]byte, 10)}, 16, 256)
	_, err := x.SysRecvmsg(x.l, b, m.inout(), abi.MSG_PEEK)
	x.ok(err)
	local := string([]byte{127, 0, 0, 1})
	m.expect(t, []cmsg{
		{abi.IPPROTO_IP, abi.IP_RECVDSTADDR, local},
		{abi.IPPROTO_IP, abi.IP_RECVPKTINFO, local + string([]byte{1, 0, 0, 0})},
		{abi.IPPROTO_IP, abi.IP_RECVIF, string([]byte{8, abi.AF_LINK, 1, 0, 0, 0, 0, 0})},
		{abi.IPPROTO_IP, abi.IP_RECVTTL, string([]byte{64})},
	})
	m = newMsg([][]byte{make([]byte, 10)}, 0, 24)
	_, err = x.SysRecvmsg(x.l, b, m.inout(), 0)
	x.ok(err)
	if m.hdr.Flags&abi.MSG_CTRUNC == 0 || m.hdr.Controllen != 24 {
		t.Errorf("cut: flags %#x, %d bytes", m.hdr.Flags, m.hdr.Controllen)
	}
	x.want(x.setOpt(b, abi.SOL_SOCKET, abi.SO_TIMESTAMP, 1), nil)
	bad := newMsg([][]byte{[]byte("x")}, 16, 12)
	copy(bad.name, addr4(port))
	_, err = x.SysSendmsg(x.l, a, bad.in(), 0)
	x.want(err, abi.EINVAL)
}

func TestManyMessages(t *testing.T) {
	x := newBox(t)
	a, _ := x.udp(abi.AF_INET)
	b, port := x.udp(abi.AF_INET)
	var f sysent.Frame
	hdrs := make([]abi.Mmsghdr, 3)
	for i, s := range []string{"a", "bb", "ccc"} {
		(&msg{iov: [][]byte{[]byte(s)}, name: addr4(port)}).fill(&f, &hdrs[i].Hdr)
	}
	vec := func(h []abi.Mmsghdr) usermem.InOutSlice[abi.Mmsghdr] {
		return usermem.InOutSlice[abi.Mmsghdr]{Mem: usermem.Local(usermem.BytesOfSlice(h), &f), N: uint64(len(h))}
	}
	n, err := x.SysSendmmsg(x.l, a, vec(hdrs), 0)
	if n != 3 || err != nil || hdrs[2].Len != 3 {
		t.Fatalf("sent %d, %v", n, err)
	}
	got := make([]abi.Mmsghdr, 5)
	bufs := make([]*msg, 5)
	for i := range got {
		bufs[i] = &msg{iov: [][]byte{make([]byte, 10)}}
		bufs[i].fill(&f, &got[i].Hdr)
	}
	n, err = x.SysRecvmmsg(x.l, b, vec(got), abi.MSG_WAITFORONE, usermem.In[abi.Timespec]{})
	if n != 3 || err != nil || string(bufs[1].iov[0][:got[1].Len]) != "bb" {
		t.Errorf("received %d, %v", n, err)
	}
	ts := abi.Timespec{Nsec: -1}
	at := usermem.In[abi.Timespec]{Mem: usermem.Local(usermem.BytesOf(&ts), nil)}
	x.want(x.setTime(b, abi.SO_RCVTIMEO, 20*time.Millisecond), nil)
	for _, limit := range []usermem.In[abi.Timespec]{{}, at} { // any time will do, and says nothing of the first message
		_, err = x.SysRecvmmsg(x.l, b, vec(got), 0, limit)
		x.want(err, abi.EAGAIN)
	}
}
