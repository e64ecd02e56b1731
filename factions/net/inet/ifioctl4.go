// ioctl(2) on the IPv4 addresses of interfaces.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Where the addresses of a struct in_aliasreq are.
const (
	aliasAddr = union
	aliasDst  = union + sizeSockaddrIn
	aliasMask = union + 2*sizeSockaddrIn
)

// addrAt returns the IPv4 address in the sockaddr at the start of b.
func addrAt(b []byte) tcpip.Address { return tcpip.AddrFrom4([4]byte(b[4:8])) }

// ioctl4 performs commands on IPv4 addresses. Preconditions: n.mu is held; d
// is as long as the command says.
func (n *interfaces) ioctl4(s *stack.Stack, i *iface, cmd uint32, d []byte) error {
	switch cmd {
	case abi.SIOCGIFADDR, abi.SIOCGIFNETMASK, abi.SIOCGIFBRDADDR, abi.SIOCGIFDSTADDR:
		return i.get4(cmd, d[union:])
	case abi.SIOCGIFALIAS:
		a, err := i.exact(false, addrAt(d[aliasAddr:]))
		if err != nil {
			return err
		}
		dst := a.brd
		if i.eth == nil {
			dst = a.addr
		}
		copy(d[aliasDst:aliasMask], ifaddr{addr: dst}.sockaddr(i.nic))
		copy(d[aliasMask:], a.netmask())
		return nil
	case abi.SIOCGIFAFLAG_IN:
		a, err := i.exact(false, addrAt(d[union:]))
		binary.LittleEndian.PutUint32(d[union:], i.flags4(a))
		return err
	case abi.SIOCAIFADDR, abi.SIOCSIFADDR, abi.SIOCDIFADDR, abi.SIOCSIFNETMASK, abi.SIOCSIFBRDADDR:
		return n.change4(s, i, cmd, d)
	}
	return abi.ENOTTY
}

// flags4 returns the IN_IFF_ flags of an address.
func (i *iface) flags4(a own) uint32 {
	switch {
	case i.eth != nil && !i.up():
		return abi.IN_IFF_DETACHED
	case a.dad != nil:
		return a.dad.flags
	}
	return 0
}

func (i *iface) get4(cmd uint32, v []byte) error {
	a, ok := i.first(false, addrAt(v))
	if !ok {
		return abi.EADDRNOTAVAIL
	}
	if cmd == abi.SIOCGIFDSTADDR || cmd == abi.SIOCGIFBRDADDR && i.eth == nil {
		return abi.EINVAL // for point-to-point and broadcast links only
	}
	clear(v)
	switch cmd {
	case abi.SIOCGIFADDR:
		copy(v, a.sockaddr(i.nic))
	case abi.SIOCGIFBRDADDR:
		copy(v, ifaddr{addr: a.brd}.sockaddr(i.nic))
	default:
		copy(v, a.netmask())
	}
	return nil
}

func (n *interfaces) change4(s *stack.Stack, i *iface, cmd uint32, d []byte) error {
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
		return n.removeAddr(s, i, addr)
	case abi.SIOCSIFNETMASK, abi.SIOCSIFBRDADDR:
		return n.amend4(s, i, cmd, addr)
	case abi.SIOCSIFADDR:
		if old, ok := i.first(false, addr); ok {
			_ = n.removeAddr(s, i, old.addr)
		}
		return n.addAddr(s, i, i.own4(ifaddr{addr, classPrefix(addr)}))
	}
	a := i.own4(ifaddr{addr, classPrefix(addr)})
	if d[aliasMask] != 0 {
		p, err := prefixLen(d[aliasMask+4 : aliasMask+8])
		if err != nil {
			return err
		}
		a = i.own4(ifaddr{addr, p})
	}
	if d[aliasDst] != 0 && i.eth != nil {
		a.brd = addrAt(d[aliasDst:])
	}
	return n.addAddr(s, i, a)
}

// amend4 changes the mask or the broadcast address of the first address.
func (n *interfaces) amend4(s *stack.Stack, i *iface, cmd uint32, v tcpip.Address) error {
	a, ok := i.first(false, tcpip.Address{})
	if !ok {
		return abi.EADDRNOTAVAIL
	}
	if cmd == abi.SIOCSIFBRDADDR {
		if i.eth == nil {
			return abi.EINVAL
		}
		a.brd = v
		return n.addAddr(s, i, a)
	}
	p, err := prefixLen(v.AsSlice())
	if err != nil {
		return err
	}
	return n.addAddr(s, i, i.own4(ifaddr{a.addr, p}))
}

// own4 returns an address with the broadcast address it has unless told
// otherwise.
func (i *iface) own4(a ifaddr) own {
	o := own{ifaddr: a, life: forever}
	if i.eth != nil {
		o.brd = a.broadcast()
	}
	return o
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
