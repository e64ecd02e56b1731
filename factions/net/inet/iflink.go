// ioctl(2) on the link-level addresses of interfaces: there is one, empty of a
// loopback, which can be replaced on Ethernet.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// ioctlLink performs commands on link-level addresses. Preconditions: n.mu is
// held; d is as long as the command says.
func (n *interfaces) ioctlLink(s *stack.Stack, i *iface, cmd uint32, d []byte) error {
	switch cmd {
	case abi.SIOCGIFADDR:
		copy(d[union:], i.sdl())
		return nil
	case abi.SIOCGLIFADDR, abi.SIOCALIFADDR, abi.SIOCDLIFADDR:
	default:
		return abi.ENOTTY
	}
	var r abi.IfLaddrreq
	copy(usermem.BytesOf(&r), d)
	sa := usermem.BytesOf(&r.Addr)
	switch cmd {
	case abi.SIOCALIFADDR:
		a, err := linkAddress(sa)
		if err != nil || i.eth == nil {
			return abi.EINVAL
		}
		if r.Flags&abi.IFLR_ACTIVE != 0 {
			return n.setLinkAddr(s, i, a)
		}
		return nil
	case abi.SIOCDLIFADDR:
		if a, err := linkAddress(sa); err != nil || i.eth == nil || a == i.eth.LinkAddress() {
			return abi.EINVAL
		}
		return nil
	}
	r.Flags, r.Prefixlen = abi.IFLR_ACTIVE, 0
	if i.eth == nil || i.eth.LinkAddress() == i.factory {
		r.Flags |= abi.IFLR_FACTORY
	}
	if i.eth != nil {
		r.Prefixlen = ether.AddrSize * 8
	}
	clear(sa)
	copy(sa, i.sdl())
	copy(d, usermem.BytesOf(&r))
	return nil
}

// setLinkAddr replaces the address of an Ethernet interface.
func (n *interfaces) setLinkAddr(s *stack.Stack, i *iface, a tcpip.LinkAddress) error {
	if a[0]&1 != 0 {
		return abi.EINVAL // a group
	}
	if err := errno(s.SetNICAddress(i.nic, a)); err != nil {
		return err
	}
	n.tellIface(i)
	return nil
}

// linkAddress returns the Ethernet address in a struct sockaddr_dl: EINVAL
// when there is none.
func linkAddress(sa []byte) (tcpip.LinkAddress, error) {
	if len(sa) < 8 || sa[1] != abi.AF_LINK || sa[6] != ether.AddrSize {
		return "", abi.EINVAL
	}
	at := 8 + int(sa[5])
	if at+ether.AddrSize > min(int(sa[0]), len(sa)) {
		return "", abi.EINVAL
	}
	return tcpip.LinkAddress(sa[at : at+ether.AddrSize]), nil
}
