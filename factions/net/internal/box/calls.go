// Calls, with less to write.
package box

import (
	"net/netip"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// In and Out are memory of a process.
func In(b []byte) usermem.InBuf   { return usermem.InBuf{Mem: usermem.Local(b, nil)} }
func Out(b []byte) usermem.OutBuf { return usermem.OutBuf{Mem: usermem.Local(b, nil)} }

// Sized is a result buffer.
type Sized struct {
	b []byte
	n uint32
}

// NewSized returns a buffer of room bytes.
func NewSized(room int) *Sized { return &Sized{make([]byte, room), uint32(room)} }

// Mem returns it as an argument.
func (s *Sized) Mem() usermem.OutSized32 {
	return usermem.OutSized32{
		Buf:    usermem.Local(s.b, nil),
		Length: usermem.InOut[uint32]{Mem: usermem.Local(usermem.BytesOf(&s.n), nil)},
	}
}

// Bytes returns what was filled in.
func (s *Sized) Bytes() []byte { return s.b[:s.n] }

// Sockaddr returns the socket address of a; its zone is an interface's index.
func Sockaddr(a netip.AddrPort) []byte {
	port := a.Port()
	if a.Addr().Is4() {
		ip := a.Addr().As4()
		return []byte{16, abi.AF_INET, byte(port >> 8), byte(port), ip[0], ip[1], ip[2], ip[3], 15: 0}
	}
	b := make([]byte, 28)
	b[0], b[1], b[2], b[3] = 28, abi.AF_INET6, byte(port>>8), byte(port)
	ip := a.Addr().As16()
	copy(b[8:], ip[:])
	if z := a.Addr().Zone(); z != "" {
		b[24] = z[0] - '0'
	}
	return b
}

// Family returns the address family of a.
func Family(a netip.Addr) int32 {
	if a.Is4() {
		return abi.AF_INET
	}
	return abi.AF_INET6
}

// Socket makes a socket.
func (x *Box) Socket(af, typ, number int32) int32 {
	x.T.Helper()
	fd, err := x.SysSocket30(x.L, af, typ, number)
	x.OK(err)
	return fd
}

// Ioctl performs a command with the bytes of *v, which it changes.
func Ioctl[T any](x *Box, af int32, cmd uint32, v *T) error {
	x.T.Helper()
	fd := x.Socket(af, abi.SOCK_DGRAM, 0)
	defer x.Close(fd)
	f, err := file.Get(x.L, fd)
	x.OK(err)
	defer func() { _ = f.Drop(x.L) }()
	return f.Ops.Ioctl(x.L, f, cmd, &file.Arg{Data: usermem.BytesOf(v)})
}

// Ifreq returns the argument of most interface commands.
func Ifreq(name string, v ...byte) *abi.Ifreq {
	r := &abi.Ifreq{}
	copy(r.Name[:], name)
	copy(r.Ifru[:], v)
	return r
}

// Addr gives an interface an address, as "10.0.0.1/24".
func (x *Box) Addr(name, prefix string) {
	x.T.Helper()
	p := netip.MustParsePrefix(prefix)
	mask := make([]byte, p.Addr().BitLen()/8)
	for k := range p.Bits() {
		mask[k/8] |= 0x80 >> (k % 8)
	}
	if p.Addr().Is4() {
		var r abi.InAliasreq
		copy(r.Name[:], name)
		r.Addr = abi.SockaddrIn{Len: 16, Family: abi.AF_INET, Addr: abi.InAddr{Addr: p.Addr().As4()}}
		r.Mask = abi.SockaddrIn{Len: 16, Family: abi.AF_INET, Addr: abi.InAddr{Addr: [4]byte(mask)}}
		x.OK(Ioctl(x, abi.AF_INET, abi.SIOCAIFADDR, &r))
		return
	}
	var r abi.In6Aliasreq
	copy(r.Name[:], name)
	r.Addr = abi.SockaddrIn6{Len: 28, Family: abi.AF_INET6, Addr: abi.In6Addr{Addr: p.Addr().As16()}}
	r.Prefixmask = abi.SockaddrIn6{Len: 28, Family: abi.AF_INET6, Addr: abi.In6Addr{Addr: [16]byte(mask)}}
	r.Lifetime = abi.In6Addrlifetime{Vltime: abi.ND6_INFINITE_LIFETIME, Pltime: abi.ND6_INFINITE_LIFETIME}
	x.OK(Ioctl(x, abi.AF_INET6, abi.SIOCAIFADDR_IN6, &r))
}

// Route adds a route to a network, or the default route to "0.0.0.0/0".
func (x *Box) Route(prefix, gateway string) {
	x.T.Helper()
	p, g := netip.MustParsePrefix(prefix), netip.MustParseAddr(gateway)
	mask := Sockaddr(netip.AddrPortFrom(p.Addr(), 0))
	at := 4
	if p.Addr().Is6() {
		at = 8
	}
	clear(mask[at:])
	for k := range p.Bits() {
		mask[at+k/8] |= 0x80 >> (k % 8)
	}
	h := abi.RtMsghdr{Version: abi.RTM_VERSION, Type: abi.RTM_ADD, Flags: abi.RTF_GATEWAY | abi.RTF_STATIC,
		Addrs: abi.RTA_DST | abi.RTA_GATEWAY | abi.RTA_NETMASK}
	b := append([]byte(nil), usermem.BytesOf(&h)...)
	for _, sa := range [][]byte{Sockaddr(netip.AddrPortFrom(p.Addr(), 0)), Sockaddr(netip.AddrPortFrom(g, 0)), mask} {
		b = append(append(b, sa...), make([]byte, abi.RtaRoundup(len(sa))-len(sa))...)
	}
	b[0], b[1] = byte(len(b)), byte(len(b)>>8)
	fd := x.Socket(abi.PF_ROUTE, abi.SOCK_RAW, 0)
	defer x.Close(fd)
	_, err := x.SysSendto(x.L, fd, In(b), 0, usermem.InBuf{})
	x.OK(err)
}

// Sysctl sets an int by its numbers.
func (x *Box) Sysctl(v int32, name ...int32) {
	x.T.Helper()
	_, err := x.Base.Sysctl.Sysctl(x.L, name, usermem.Local(nil, nil), 0, In(usermem.BytesOf(&v)))
	x.OK(err)
}

// SysctlNamed sets an int by its name, as "net.inet.tcp.keepinit".
func (x *Box) SysctlNamed(name string, v int32) {
	x.T.Helper()
	n, path := x.Base.Sysctl.Root(), []int32(nil)
	for word := range strings.SplitSeq(name, ".") {
		if n = n.Child(word); n == nil {
			x.T.Fatalf("no %s", name)
		}
		path = append(path, n.Num())
	}
	x.Sysctl(v, path...)
}

// Close closes a descriptor.
func (x *Box) Close(fd int32) {
	x.T.Helper()
	x.OK(file.Of(x.L).Close(x.L, fd))
}

// Nobody is an address not asked for.
var Nobody usermem.OutSized32

// Listen returns a listening TCP socket.
func (x *Box) Listen(a netip.AddrPort) int32 {
	x.T.Helper()
	fd := x.Socket(Family(a.Addr()), abi.SOCK_STREAM, 0)
	x.OK(x.SysBind(x.L, fd, In(Sockaddr(a))))
	x.OK(x.SysListen(x.L, fd, 128))
	return fd
}

// Dial returns a TCP connection.
func (x *Box) Dial(a netip.AddrPort) int32 {
	x.T.Helper()
	fd := x.Socket(Family(a.Addr()), abi.SOCK_STREAM, 0)
	x.OK(x.SysConnect(x.L, fd, In(Sockaddr(a))))
	return fd
}

// SendAll sends all of b.
func (x *Box) SendAll(l *proc.LWP, fd int32, b []byte) error {
	for len(b) > 0 {
		n, err := x.SysSendto(l, fd, In(b), 0, usermem.InBuf{})
		if err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// Recv receives once.
func (x *Box) Recv(l *proc.LWP, fd int32, b []byte) (int, error) {
	return x.SysRecvfrom(l, fd, Out(b), 0, Nobody)
}
