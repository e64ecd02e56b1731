// ioctl(2) on the IPv6 addresses of interfaces.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// alias6Mask is where the mask of a struct in6_aliasreq is.
const alias6Mask = union + 2*sizeSockaddrIn6

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
func (i *iface) ioctl6(s *stack.Stack, cmd uint32, d []byte) error {
	v := d[union:]
	switch cmd {
	case abi.SIOCGIFINFO_IN6:
		i.ndInfo(v)
		return nil
	case abi.SIOCGIFADDR_IN6, abi.SIOCGIFNETMASK_IN6, abi.SIOCGIFDSTADDR_IN6,
		abi.SIOCGIFAFLAG_IN6, abi.SIOCGIFALIFETIME_IN6:
		return i.get6(cmd, v)
	case abi.SIOCAIFADDR_IN6, abi.SIOCDIFADDR_IN6:
		return i.change6(s, cmd, d)
	}
	return abi.ENOTTY
}

func (i *iface) get6(cmd uint32, v []byte) error {
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
		binary.LittleEndian.PutUint32(v, 0)
	case abi.SIOCGIFALIFETIME_IN6:
		t := abi.In6Addrlifetime{Vltime: abi.ND6_INFINITE_LIFETIME, Pltime: abi.ND6_INFINITE_LIFETIME}
		copy(v, usermem.BytesOf(&t))
	}
	return nil
}

func (i *iface) change6(s *stack.Stack, cmd uint32, d []byte) error {
	v := d[union:]
	if v[1] != abi.AF_INET6 {
		return abi.EAFNOSUPPORT
	}
	addr := addr6At(v)
	if cmd == abi.SIOCDIFADDR_IN6 {
		return i.removeAddr(s, addr)
	}
	n, err := prefixLen(d[alias6Mask+8 : alias6Mask+24])
	if err != nil {
		return err
	}
	if n == 0 {
		n = 128
	}
	return i.addAddr(s, ifaddr{addr, n})
}

// Neighbour discovery's times, in milliseconds, as they are without a router.
const ndBaseReachable, ndRetrans = 30000, 1000

// ndInfo fills the struct nd_ifinfo of a struct in6_ndireq.
func (i *iface) ndInfo(v []byte) {
	nd := abi.NdIfinfo{
		Linkmtu: i.link.MTU(), Maxmtu: i.link.MTU(),
		Basereachable: ndBaseReachable, Reachable: ndBaseReachable, Retrans: ndRetrans,
		Flags: abi.ND6_IFF_PERFORMNUD | abi.ND6_IFF_AUTO_LINKLOCAL, Chlim: defaultTTL, Initialized: 1,
	}
	copy(v, usermem.BytesOf(&nd))
}
