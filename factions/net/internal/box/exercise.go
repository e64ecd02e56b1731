// What two kernels that reach each other must be able to do.
package box

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Exercise sends TCP, UDP and ICMP from a to b, which has the address to, in
// packets and in fragments.
func Exercise(t *testing.T, a, b *Box, to netip.Addr) {
	t.Helper()
	t.Run("tcp", func(t *testing.T) { Transfer(t, a, b, netip.AddrPortFrom(to, 7), 1_000_000) })
	t.Run("urgent", func(t *testing.T) { Urgent(t, a, b, netip.AddrPortFrom(to, 77)) })
	for _, size := range []int{0, 1, 1400, 4000, 9000} {
		t.Run(fmt.Sprint("udp", size), func(t *testing.T) { UDP(t, a, b, netip.AddrPortFrom(to, 9), size) })
		t.Run(fmt.Sprint("ping", size), func(t *testing.T) { Ping(t, a, to, size) })
	}
}

// UDP sends a datagram of size bytes from a to b and back.
func UDP(t testing.TB, a, b *Box, to netip.AddrPort, size int) {
	t.Helper()
	bfd, afd := b.Socket(Family(to.Addr()), abi.SOCK_DGRAM, 0), a.Socket(Family(to.Addr()), abi.SOCK_DGRAM, 0)
	defer b.Close(bfd)
	defer a.Close(afd)
	b.OK(b.SysBind(b.L, bfd, In(Sockaddr(to))))
	b.Timeout(bfd, 5*time.Second)
	a.Timeout(afd, 5*time.Second)
	msg := bytes.Repeat([]byte("abcdefg"), size/7+1)[:size]
	_, err := a.SysSendto(a.L, afd, In(msg), 0, In(Sockaddr(to)))
	a.OK(err)
	buf, from := make([]byte, 10000), NewSized(32)
	n, err := b.SysRecvfrom(b.L, bfd, Out(buf), 0, from.Mem())
	b.OK(err)
	_, err = b.SysSendto(b.L, bfd, In(buf[:n]), 0, In(from.Bytes()))
	b.OK(err)
	n, err = a.Recv(a.L, afd, buf)
	a.OK(err)
	if !bytes.Equal(buf[:n], msg) {
		t.Errorf("%d bytes came back", n)
	}
}

// Ping sends an echo request with size bytes of data and awaits the answer.
func Ping(t testing.TB, x *Box, to netip.Addr, size int) {
	t.Helper()
	proto, request, reply, skip := int32(abi.IPPROTO_ICMP), byte(8), byte(0), 20
	if to.Is6() {
		proto, request, reply, skip = abi.IPPROTO_ICMPV6, 128, 129, 0
	}
	fd := x.Socket(Family(to), abi.SOCK_RAW, proto)
	defer x.Close(fd)
	x.Timeout(fd, 5*time.Second)
	msg := make([]byte, 8+size)
	msg[0], msg[5] = request, byte(size)
	for k := range size {
		msg[8+k] = byte(k)
	}
	var sum uint32
	for k := 0; k+1 < len(msg)+1; k += 2 {
		w := uint32(msg[k]) << 8
		if k+1 < len(msg) {
			w |= uint32(msg[k+1])
		}
		sum += w
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	if !to.Is6() { // ICMPv6 is checksummed below
		binary.BigEndian.PutUint16(msg[2:], ^uint16(sum))
	}
	_, err := x.SysSendto(x.L, fd, In(msg), 0, In(Sockaddr(netip.AddrPortFrom(to, 0))))
	x.OK(err)
	buf := make([]byte, 10000)
	for {
		n, err := x.Recv(x.L, fd, buf)
		x.OK(err)
		if got := buf[min(skip, n):n]; len(got) > 8 && got[0] == reply || len(got) == 8 && got[0] == reply {
			if !bytes.Equal(got[4:], msg[4:]) {
				t.Errorf("%d bytes came back", len(got))
			}
			return
		}
	}
}

// Timeout bounds how long a receive waits.
func (x *Box) Timeout(fd int32, d time.Duration) {
	x.T.Helper()
	v := make([]byte, 16)
	binary.LittleEndian.PutUint64(v, uint64(d/time.Second))
	binary.LittleEndian.PutUint64(v[8:], uint64(d%time.Second/time.Microsecond))
	x.OK(x.SysSetsockopt(x.L, fd, abi.SOL_SOCKET, abi.SO_RCVTIMEO, In(v)))
}
