// Changes to the addresses of interfaces.

package netctl

import (
	"net/netip"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// AddAddr gives an interface one more address. The broadcast address of IPv4,
// or the other end of a link between two, is the kernel's choice when
// a.Broadcast is invalid.
func (n Net) AddAddr(name string, a Addr) error {
	if a.Prefix.Addr().Is4() {
		return n.known(name, n.add4(name, a))
	}
	return n.known(name, n.add6(name, a))
}

func (n Net) add4(name string, a Addr) (err error) {
	var req abi.InAliasreq
	if req.Name, err = ifName(name); err != nil {
		return err
	}
	copy(usermem.BytesOf(&req.Addr), ipSockaddr(a.Prefix.Addr()))
	copy(usermem.BytesOf(&req.Mask), maskSockaddr(a.Prefix))
	if a.Broadcast.IsValid() {
		copy(usermem.BytesOf(&req.Dstaddr), ipSockaddr(a.Broadcast))
	}
	return n.ioctl(abi.AF_INET, abi.SIOCAIFADDR, client.Struct(&req))
}

func (n Net) add6(name string, a Addr) (err error) {
	req := abi.In6Aliasreq{Lifetime: abi.In6Addrlifetime{
		Vltime: abi.ND6_INFINITE_LIFETIME, Pltime: abi.ND6_INFINITE_LIFETIME,
	}}
	if req.Name, err = ifName(name); err != nil {
		return err
	}
	copy(usermem.BytesOf(&req.Addr), ipSockaddr(a.Prefix.Addr()))
	copy(usermem.BytesOf(&req.Prefixmask), maskSockaddr(a.Prefix))
	if a.Broadcast.IsValid() {
		copy(usermem.BytesOf(&req.Dstaddr), ipSockaddr(a.Broadcast))
	}
	return n.ioctl(abi.AF_INET6, abi.SIOCAIFADDR_IN6, client.Struct(&req))
}

// DeleteAddr takes an address from an interface. EADDRNOTAVAIL for one that it
// does not have.
func (n Net) DeleteAddr(name string, a netip.Addr) error {
	if a.Is4() {
		_, err := n.ifreq4(name, abi.SIOCDIFADDR, a)
		return n.known(name, err)
	}
	req, err := request6(name, a.WithZone(""))
	if err == nil {
		err = n.ioctl(abi.AF_INET6, abi.SIOCDIFADDR_IN6, client.Struct(req))
	}
	return n.known(name, err)
}

// ifreq4 performs a command on an IPv4 address of an interface.
func (n Net) ifreq4(name string, cmd uint64, a netip.Addr) (v []byte, err error) {
	var req abi.Ifreq
	if req.Name, err = ifName(name); err != nil {
		return nil, err
	}
	copy(req.Ifru[:], ipSockaddr(a))
	err = n.ioctl(abi.AF_INET, cmd, client.Struct(&req))
	return req.Ifru[:], err
}

// SetAddr gives an interface an address in place of the first of its family.
// For IPv6 it adds the address, as ifconfig(8) does.
func (n Net) SetAddr(name string, a Addr) error {
	if !a.Prefix.Addr().Is4() {
		return n.AddAddr(name, a)
	}
	i, err := n.Interface(name)
	if err != nil {
		return err
	}
	for _, old := range i.Addrs {
		if old.Prefix.Addr().Is4() {
			if err := n.DeleteAddr(name, old.Prefix.Addr()); err != nil {
				return err
			}
			break
		}
	}
	return n.AddAddr(name, a)
}
