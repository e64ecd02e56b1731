package inet_test

import (
	"encoding/binary"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
)

// echo returns an ICMP echo request.
func echo(typ byte, id, seq uint16) []byte {
	b := make([]byte, 64)
	b[0] = typ
	binary.BigEndian.PutUint16(b[4:], id)
	binary.BigEndian.PutUint16(b[6:], seq)
	var sum uint32
	for i := 0; i < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	sum = sum&0xffff + sum>>16
	binary.BigEndian.PutUint16(b[2:], ^uint16(sum+sum>>16))
	return b
}

func TestPing4(t *testing.T) {
	x := newBox(t)
	fd := x.socket(abi.AF_INET, abi.SOCK_RAW, abi.IPPROTO_ICMP)
	x.sendto(fd, string(echo(abi.ICMP_ECHO, 7, 1)), addr4(0))
	x.await(fd, abi.POLLIN)
	from := newSized(16)
	b := make([]byte, 200)
	n, err := x.SysRecvfrom(x.l, fd, out(b), 0, from.mem())
	x.ok(err)
	if n != 84 || b[20] != abi.ICMP_ECHOREPLY || b[25] != 7 || from.b[4] != 127 {
		t.Errorf("%d bytes: %x from %x", n, b[:n], from.bytes())
	}
	if l := binary.LittleEndian.Uint16(b[2:]); l != 64 {
		t.Errorf("ip_len %d, want that of the data in host order", l)
	}
	if got := x.poll(fd); got != abi.POLLOUT {
		t.Errorf("poll after the reply: %#x", got)
	}
}

// TestPingHeader sends the IP header too, as ping(8) does.
func TestPingHeader(t *testing.T) {
	x := newBox(t)
	fd := x.socket(abi.AF_INET, abi.SOCK_RAW, abi.IPPROTO_ICMP)
	x.want(x.setOpt(fd, abi.IPPROTO_IP, abi.IP_HDRINCL, 1), nil)
	p := append([]byte{0x45, 16: 127, 19: 1}, echo(abi.ICMP_ECHO, 7, 2)...)
	binary.LittleEndian.PutUint16(p[2:], uint16(len(p)))
	p[8], p[9] = 64, abi.IPPROTO_ICMP
	x.sendto(fd, string(p), addr4(0))
	b := make([]byte, 200)
	n, err := x.SysRecvfrom(x.l, fd, out(b), 0, nobody)
	x.ok(err)
	if n != 84 || b[20] != abi.ICMP_ECHOREPLY {
		t.Errorf("%d bytes: %x", n, b[:n])
	}
	for _, bad := range [][]byte{{}, p[:19], append([]byte{0x4f}, p[1:30]...)} {
		x.want(x.sendErr(fd, bad, addr4(0)), abi.EINVAL)
	}
}

func TestPing6(t *testing.T) {
	x := newBox(t)
	fd := x.socket(abi.AF_INET6, abi.SOCK_RAW, abi.IPPROTO_ICMPV6)
	const echoRequest, echoReply = 128, 129
	filter := make([]byte, 32)
	filter[echoReply/8] = 1 << (echoReply % 8)
	x.ok(x.SysSetsockopt(x.l, fd, abi.IPPROTO_ICMPV6, abi.ICMP6_FILTER, in(filter)))
	x.want(x.setOpt(fd, abi.IPPROTO_IPV6, abi.IPV6_RECVHOPLIMIT, 1), nil)
	x.want(x.setOpt(fd, abi.IPPROTO_IPV6, abi.IPV6_RECVPKTINFO, 1), nil)
	x.sendto(fd, string(echo(echoRequest, 7, 1)), addr6(0))
	m := newMsg([][]byte{make([]byte, 100)}, 28, 256)
	n, err := x.SysRecvmsg(x.l, fd, m.inout(), 0)
	x.ok(err)
	if n != 64 || m.iov[0][0] != echoReply || m.name[23] != 1 {
		t.Errorf("%d bytes: %x from %x", n, m.iov[0][:n], m.name)
	}
	want := []cmsg{
		{abi.IPPROTO_IPV6, abi.IPV6_PKTINFO, string([]byte{15: 1, 16: 1, 19: 0})},
		{abi.IPPROTO_IPV6, abi.IPV6_HOPLIMIT, string([]byte{64, 0, 0, 0})},
	}
	m.expect(t, want)
}

func TestRawNeedsRoot(t *testing.T) {
	x := newBox(t)
	x.p.SetCred(&cred.Cred{Ruid: 7, Euid: 7}, false)
	_, err := x.SysSocket30(x.l, abi.AF_INET, abi.SOCK_RAW, abi.IPPROTO_ICMP)
	x.want(err, abi.EPERM)
	fd := x.socket(abi.AF_INET, abi.SOCK_STREAM, 0)
	x.want(x.SysBind(x.l, fd, in(addr4(80))), abi.EACCES)
}
