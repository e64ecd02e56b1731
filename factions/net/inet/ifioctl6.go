// ioctl(2) on the IPv6 addresses of interfaces.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Where the fields of a struct in6_aliasreq are.
const (
	alias6Mask  = union + 2*sizeSockaddrIn6
	alias6Flags = union + 3*sizeSockaddrIn6
	alias6Life  = alias6Flags + 4
)

// addr6At returns the IPv6 address in the sockaddr at the start of b. The
// interface's index in a link-local one is left out.
func addr6At(b []byte) tcpip.Address {
	a := [16]byte(b[8:24])
	if isLinkLocal6(tcpip.AddrFrom16(a)) {
		a[2], a[3] = 0, 0
	}
	return tcpip.AddrFrom16(a)
}

// ioctl6 performs commands on IPv6 addresses. Preconditions: the list is
// locked; d is as long as the command says.
func (in *Inet) ioctl6(s *stack.Stack, i *iface, cmd uint32, d []byte) error {
	v := d[union:]
	switch cmd {
	case abi.SIOCGIFINFO_IN6:
		i.ndInfo(v)
		return nil
	case abi.SIOCSIFINFO_FLAGS:
		var nd abi.NdIfinfo
		copy(usermem.BytesOf(&nd), v)
		i.ndFlags = nd.Flags
		if i.eth != nil {
			in.configure6(s, i)
		}
		return nil
	case abi.SIOCGNBRINFO_IN6:
		return in.nbrInfo(s, i, d)
	case abi.SIOCGIFADDR_IN6, abi.SIOCGIFNETMASK_IN6, abi.SIOCGIFDSTADDR_IN6,
		abi.SIOCGIFAFLAG_IN6, abi.SIOCGIFALIFETIME_IN6:
		return in.get6(i, cmd, v)
	case abi.SIOCAIFADDR_IN6, abi.SIOCDIFADDR_IN6:
		return in.change6(s, i, cmd, d)
	}
	return abi.ENOTTY
}

func (in *Inet) get6(i *iface, cmd uint32, v []byte) error {
	a, err := i.exact(true, addr6At(v))
	if err != nil {
		return err
	}
	switch cmd {
	case abi.SIOCGIFADDR_IN6:
		copy(v, a.embedded(i.nic))
	case abi.SIOCGIFNETMASK_IN6:
		copy(v, a.netmask())
	case abi.SIOCGIFDSTADDR_IN6:
		return abi.EINVAL // for point-to-point links only
	case abi.SIOCGIFAFLAG_IN6:
		binary.LittleEndian.PutUint32(v, a.flags6())
	case abi.SIOCGIFALIFETIME_IN6:
		t := in.lifetimes(&a, in.host.Now()/1e9-in.uptime())
		copy(v, usermem.BytesOf(&t))
	}
	return nil
}

// uptime returns the monotonic clock in seconds.
func (in *Inet) uptime() int64 { return in.host.Mono() / 1e9 }

// abi returns the lifetimes as a program sees them. boot is when the monotonic
// clock was 0, in seconds since 1970.
func (t *lifetime) abi(boot int64) abi.In6Addrlifetime {
	a := abi.In6Addrlifetime{Vltime: t.valid, Pltime: t.preferred}
	if t.valid != abi.ND6_INFINITE_LIFETIME {
		a.Expire = boot + t.since + int64(t.valid)
	}
	if t.preferred != abi.ND6_INFINITE_LIFETIME {
		a.Preferred = boot + t.since + int64(t.preferred)
	}
	return a
}

func (in *Inet) change6(s *stack.Stack, i *iface, cmd uint32, d []byte) error {
	v := d[union:]
	if v[1] != abi.AF_INET6 {
		return abi.EAFNOSUPPORT
	}
	addr := addr6At(v)
	if cmd == abi.SIOCDIFADDR_IN6 {
		return in.ifs.removeAddr(s, i, addr)
	}
	p, err := prefixLen(d[alias6Mask+8 : alias6Mask+24])
	if err != nil {
		return err
	}
	if p == 0 {
		p = 128
	}
	a := own{ifaddr: ifaddr{addr, p}, life: forever}
	var t abi.In6Addrlifetime
	copy(usermem.BytesOf(&t), d[alias6Life:])
	if t.Vltime != 0 && t.Pltime > t.Vltime {
		return abi.EINVAL
	}
	if t.Vltime != 0 {
		a.life = lifetime{valid: t.Vltime, preferred: t.Pltime, since: in.uptime()}
	}
	a.life.flags = binary.LittleEndian.Uint32(d[alias6Flags:]) & abi.IN6_IFF_ANYCAST
	if err := in.ifs.addAddr(s, i, a); err != nil {
		return err
	}
	i.deprecate(s, addr, false)
	in.age(s)
	return nil
}

// Neighbour discovery's times, in milliseconds, as they are without a router.
const ndBaseReachable, ndRetrans = 30000, 1000

// ndInfo fills the struct nd_ifinfo of a struct in6_ndireq.
func (i *iface) ndInfo(v []byte) {
	nd := abi.NdIfinfo{
		Linkmtu: i.link.MTU(), Maxmtu: i.link.MTU(),
		Basereachable: ndBaseReachable, Reachable: ndBaseReachable, Retrans: ndRetrans,
		Flags: i.ndFlags, Chlim: defaultTTL, Initialized: 1,
	}
	copy(v, usermem.BytesOf(&nd))
}
