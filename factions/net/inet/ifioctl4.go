// ioctl(2) on the IPv4 and link-level addresses of interfaces.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Where the addresses of a struct in_aliasreq are.
const (
	aliasAddr = union
	aliasDst  = union + sizeSockaddrIn
	aliasMask = union + 2*sizeSockaddrIn
)

// addrAt returns the IPv4 address in the sockaddr at the start of b.
func addrAt(b []byte) tcpip.Address { return tcpip.AddrFrom4([4]byte(b[4:8])) }

// ioctl4 performs commands on IPv4 addresses. Preconditions: the list is
// locked; d is as long as the command says.
func (i *iface) ioctl4(s *stack.Stack, cmd uint32, d []byte) error {
	switch cmd {
	case abi.SIOCGIFADDR, abi.SIOCGIFNETMASK:
		return i.get4(cmd, d[union:])
	case abi.SIOCGIFDSTADDR, abi.SIOCGIFBRDADDR:
		return abi.EINVAL // for point-to-point and broadcast links only
	case abi.SIOCGIFALIAS:
		a, err := i.exact(false, addrAt(d[aliasAddr:]))
		if err != nil {
			return err
		}
		copy(d[aliasDst:aliasMask], a.sockaddr(i.nic))
		copy(d[aliasMask:], a.netmask())
		return nil
	case abi.SIOCGIFAFLAG_IN:
		_, err := i.exact(false, addrAt(d[union:]))
		binary.LittleEndian.PutUint32(d[union:], 0)
		return err
	case abi.SIOCAIFADDR, abi.SIOCSIFADDR, abi.SIOCDIFADDR:
		return i.change4(s, cmd, d)
	}
	return abi.ENOTTY
}

func (i *iface) get4(cmd uint32, v []byte) error {
	a, ok := i.first(false, addrAt(v))
	if !ok {
		return abi.EADDRNOTAVAIL
	}
	clear(v)
	if cmd == abi.SIOCGIFADDR {
		copy(v, a.sockaddr(i.nic))
	} else {
		copy(v, a.netmask())
	}
	return nil
}

func (i *iface) change4(s *stack.Stack, cmd uint32, d []byte) error {
	if d[union+1] != abi.AF_INET {
		return abi.EAFNOSUPPORT
	}
	addr := addrAt(d[union:])
	switch cmd {
	case abi.SIOCDIFADDR:
		if addr.Unspecified() {
			a, _ := i.first(false, addr)
			addr = a.addr
		}
		return i.removeAddr(s, addr)
	case abi.SIOCSIFADDR:
		if old, ok := i.first(false, addr); ok {
			_ = i.removeAddr(s, old.addr)
		}
		return i.addAddr(s, ifaddr{addr, classPrefix(addr)})
	}
	a := ifaddr{addr, classPrefix(addr)}
	if d[aliasMask] != 0 {
		n, err := prefixLen(d[aliasMask+4 : aliasMask+8])
		if err != nil {
			return err
		}
		a.prefix = n
	}
	return i.addAddr(s, a)
}

// classPrefix returns the prefix length that an address had before masks.
func classPrefix(a tcpip.Address) int {
	switch b := a.As4()[0]; {
	case b < 128:
		return 8
	case b < 192:
		return 16
	}
	return 24
}

// ioctlLink performs commands on link-level addresses: there is one, empty.
func (i *iface) ioctlLink(cmd uint32, d []byte) error {
	if cmd != abi.SIOCGLIFADDR {
		return abi.ENOTTY
	}
	var r abi.IfLaddrreq
	copy(usermem.BytesOf(&r), d)
	r.Flags, r.Prefixlen = abi.IFLR_ACTIVE|abi.IFLR_FACTORY, 0
	sdl := linkAddr(i.nic, i.name)
	clear(usermem.BytesOf(&r.Addr))
	copy(usermem.BytesOf(&r.Addr), usermem.BytesOf(&sdl))
	copy(d, usermem.BytesOf(&r))
	return nil
}
