// The raw socket of ping, for both families.
package main

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// pingSocket sends echo requests and receives what belongs to them.
type pingSocket struct {
	c    *client.Client
	fd   int
	v6   bool
	to   []byte
	id   uint16
	room []byte
}

// pingReply is what came: an echo, or what went wrong with a request.
type pingReply struct {
	from netip.Addr
	size int
	seq  uint16
	ttl  int // -1 when it is not known
	what string
}

// sizes of heads, in bytes
const icmpHead, ip4Head, ip6Head = 8, 20, 40

func newPingSocket(c *client.Client, to netip.Addr) (s pingSocket, err error) {
	s = pingSocket{c: c, v6: to.Is6(), id: uint16(c.Getpid()), room: make([]byte, 1<<16)}
	s.to = client.AppendSockaddr(nil, netip.AddrPortFrom(to, 0))
	family, proto := abi.AF_INET, abi.IPPROTO_ICMP
	if s.v6 {
		family, proto = abi.AF_INET6, abi.IPPROTO_ICMPV6
	}
	s.fd, err = c.Socket(family, abi.SOCK_RAW|abi.SOCK_CLOEXEC|abi.SOCK_NONBLOCK, proto)
	if err == nil && s.v6 {
		// Without it, the hop limit of echoes is just not shown.
		_ = c.Setsockopt(s.fd, abi.IPPROTO_IPV6, abi.IPV6_RECVHOPLIMIT, []byte{1, 0, 0, 0})
	}
	return s, err
}

func (s *pingSocket) close() { _ = s.c.Close(s.fd) }

// send sends a request with so many bytes of data.
func (s *pingSocket) send(seq uint16, size int) error {
	p := make([]byte, icmpHead+size)
	p[0] = abi.ICMP_ECHO
	if s.v6 {
		p[0] = abi.ICMP6_ECHO_REQUEST
	}
	binary.BigEndian.PutUint16(p[4:], s.id)
	binary.BigEndian.PutUint16(p[6:], seq)
	for i := range p[icmpHead:] {
		p[icmpHead+i] = byte(i)
	}
	if !s.v6 { // the kernel does it for ICMPv6
		binary.BigEndian.PutUint16(p[2:], checksum(p))
	}
	_, err := s.c.Sendto(s.fd, p, 0, s.to)
	return err
}

// checksum is the Internet checksum.
func checksum(b []byte) uint16 {
	sum := uint32(0)
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	for sum>>16 != 0 {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// receive waits for a packet; nil when none came in time, or none for us.
func (s *pingSocket) receive(within time.Duration) (*pingReply, error) {
	fds := []abi.Pollfd{{Fd: int32(s.fd), Events: abi.POLLIN}}
	ms := int((within + time.Millisecond - 1) / time.Millisecond)
	if n, err := s.c.Poll(fds, ms); n == 0 || err == abi.EINTR {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	m := client.Msghdr{Name: make([]byte, abi.SS_MAXSIZE), Iov: [][]byte{s.room}, Control: make([]byte, 64)}
	n, err := s.c.Recvmsg(s.fd, &m, 0)
	if err == abi.EAGAIN || err == abi.EINTR {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	from, err := client.AddrPort(m.Name)
	if err != nil {
		return nil, nil // of no address: not for us
	}
	if s.v6 {
		return parseEcho6(s.room[:n], from.Addr(), s.id, hopLimit(m.Control)), nil
	}
	return parseEcho4(s.room[:n], from.Addr(), s.id), nil
}

// parseEcho4 reads a packet with its IPv4 head; nil when it is not for id.
func parseEcho4(b []byte, from netip.Addr, id uint16) *pingReply {
	head, ttl := innerICMP4(b)
	if head == nil {
		return nil
	}
	r := &pingReply{from: from, size: len(head), ttl: ttl}
	switch head[0] {
	case abi.ICMP_ECHOREPLY:
		r.seq = binary.BigEndian.Uint16(head[6:])
		if binary.BigEndian.Uint16(head[4:]) != id {
			return nil
		}
		return r
	case abi.ICMP_UNREACH, abi.ICMP_TIMXCEED:
		inner, _ := innerICMP4(head[icmpHead:])
		if inner == nil || inner[0] != abi.ICMP_ECHO || binary.BigEndian.Uint16(inner[4:]) != id {
			return nil
		}
		r.what = icmpTrouble(head[0] == abi.ICMP_TIMXCEED, int(head[1]))
		return r
	}
	return nil
}

// innerICMP4 returns what is behind an IPv4 head, and its time to live; nil
// when it is no ICMP.
func innerICMP4(b []byte) ([]byte, int) {
	if len(b) < ip4Head || b[0]>>4 != 4 || b[9] != abi.IPPROTO_ICMP {
		return nil, 0
	}
	n := int(b[0]&15) * 4
	if n < ip4Head || len(b) < n+icmpHead {
		return nil, 0
	}
	return b[n:], int(b[8])
}

// parseEcho6 reads a packet without its IPv6 head.
func parseEcho6(b []byte, from netip.Addr, id uint16, ttl int) *pingReply {
	if len(b) < icmpHead {
		return nil
	}
	r := &pingReply{from: from, size: len(b), ttl: ttl}
	switch b[0] {
	case abi.ICMP6_ECHO_REPLY:
		r.seq = binary.BigEndian.Uint16(b[6:])
		if binary.BigEndian.Uint16(b[4:]) != id {
			return nil
		}
		return r
	case abi.ICMP6_DST_UNREACH, abi.ICMP6_TIME_EXCEEDED:
		inner := b[icmpHead:]
		if len(inner) < ip6Head+icmpHead || inner[6] != abi.IPPROTO_ICMPV6 {
			return nil
		}
		if inner = inner[ip6Head:]; inner[0] != abi.ICMP6_ECHO_REQUEST || binary.BigEndian.Uint16(inner[4:]) != id {
			return nil
		}
		r.what = icmpTrouble(b[0] == abi.ICMP6_TIME_EXCEEDED, int(b[1]))
		return r
	}
	return nil
}

func icmpTrouble(exceeded bool, code int) string {
	if exceeded {
		return "time to live exceeded"
	}
	return fmt.Sprintf("destination unreachable (code %d)", code)
}

// hopLimit finds IPV6_HOPLIMIT in control messages, -1 when it is not there.
func hopLimit(control []byte) int {
	const head = 16 // a struct cmsghdr and what fills it up
	for len(control) >= head {
		n := int(binary.LittleEndian.Uint32(control))
		if n < head || n > len(control) {
			return -1
		}
		level, typ := binary.LittleEndian.Uint32(control[4:]), binary.LittleEndian.Uint32(control[8:])
		if level == abi.IPPROTO_IPV6 && typ == abi.IPV6_HOPLIMIT && n >= head+4 {
			return int(binary.LittleEndian.Uint32(control[head:]))
		}
		control = control[min((n+7)&^7, len(control)):]
	}
	return -1
}
