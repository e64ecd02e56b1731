// Sockets and counters of protocols (netstat(1)).

package netctl

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SocketInfo is a socket of the kernel.
type SocketInfo struct {
	// Proto is tcp, udp, icmp, raw and so on, with a 6 behind it for IPv6;
	// stream, dgram or seqpacket for local ones.
	Proto string
	abi.KinfoPcb
	Local, Remote netip.AddrPort
	// Path is the name of a local socket.
	Path string
}

// pcblists are the variables that list sockets. tcp and tcp6 are one table in
// some kernels; the family of each entry tells.
var pcblists = []struct {
	name   string
	proto  string
	family int
}{
	{"net.inet.tcp.pcblist", "tcp", abi.AF_INET}, {"net.inet6.tcp6.pcblist", "tcp6", abi.AF_INET6},
	{"net.inet.udp.pcblist", "udp", abi.AF_INET}, {"net.inet6.udp6.pcblist", "udp6", abi.AF_INET6},
	{"net.inet.raw.pcblist", "raw", abi.AF_INET}, {"net.inet6.raw6.pcblist", "raw6", abi.AF_INET6},
	{"net.local.stream.pcblist", "stream", abi.AF_LOCAL}, {"net.local.dgram.pcblist", "dgram", abi.AF_LOCAL},
	{"net.local.seqpacket.pcblist", "seqpacket", abi.AF_LOCAL},
}

// Sockets returns the sockets of a family, 0 for all. Lists that the kernel
// does not keep are empty.
func (n Net) Sockets(family int) ([]SocketInfo, error) {
	var all []SocketInfo
	each := len(usermem.BytesOf(&abi.KinfoPcb{}))
	for _, l := range pcblists {
		if family != 0 && family != l.family {
			continue
		}
		mib, err := n.mib(l.name)
		if err != nil {
			continue
		}
		b, err := n.sysctl(append(mib, abi.PCB_ALL, 0, int32(each), maxPcbs)...)
		if err == abi.ENOENT || err == abi.EOPNOTSUPP {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.name, err)
		}
		for ; len(b) >= each; b = b[each:] {
			s := SocketInfo{Proto: l.proto}
			copy(usermem.BytesOf(&s.KinfoPcb), b)
			s.names()
			all = append(all, s)
		}
	}
	return all, nil
}

// maxPcbs is how many sockets are asked for.
const maxPcbs = 1 << 20

// names makes addresses of the socket addresses.
func (s *SocketInfo) names() {
	switch s.Family {
	case abi.AF_INET, abi.AF_INET6:
		s.Local, s.Remote = addrPort(s.S[:]), addrPort(s.D[:])
	case abi.AF_LOCAL:
		n := min(int(s.S[0]), len(s.S))
		s.Path, _ = client.SockaddrPath(s.S[:n])
	}
}

func addrPort(b []byte) netip.AddrPort {
	sa := Sockaddr(b)
	return netip.AddrPortFrom(sa.Addr(), binary.BigEndian.Uint16(sa.at(2, 2)))
}

// Counters returns the counters of a variable such as net.inet.ip.stats.
func (n Net) Counters(name string) ([]uint64, error) {
	mib, err := n.mib(name)
	if err != nil {
		return nil, err
	}
	b, err := n.sysctl(mib...)
	if err != nil {
		return nil, err
	}
	list := make([]uint64, len(b)/8)
	for i := range list {
		list[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return list, nil
}

// mib finds the numbers of a variable by its name: ENOENT when there is none.
func (n Net) mib(name string) ([]int32, error) {
	var mib []int32
	for rest := name; rest != ""; {
		part := rest
		rest = ""
		for i := range part {
			if part[i] == '.' {
				part, rest = part[:i], part[i+1:]
				break
			}
		}
		num, err := n.child(mib, part)
		if err != nil {
			return nil, err
		}
		mib = append(mib, num)
	}
	return mib, nil
}

// child finds the number of a node below another.
func (n Net) child(mib []int32, name string) (int32, error) {
	req := abi.Sysctlnode{Flags: abi.SYSCTL_VERSION}
	mib = append(mib[:len(mib):len(mib)], abi.CTL_QUERY)
	buf := make([]byte, 64<<10)
	size := uint64(len(buf))
	if err := n.c.Sysctl(mib, buf, &size, usermem.BytesOf(&req)); err != nil {
		return 0, err
	}
	var node abi.Sysctlnode
	each := len(usermem.BytesOf(&node))
	for b := buf[:min(size, uint64(len(buf)))]; len(b) >= each; b = b[each:] {
		copy(usermem.BytesOf(&node), b)
		if cString(node.Name[:]) == name {
			return node.Num, nil
		}
	}
	return 0, abi.ENOENT
}
