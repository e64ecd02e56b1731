// SIOCADDMULTI and SIOCDELMULTI: groups of the medium.
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// All groups of a family.
var (
	allGroups4 = ether.Range{Low: "\x01\x00\x5e\x00\x00\x00", High: "\x01\x00\x5e\x7f\xff\xff"}
	allGroups6 = ether.Range{Low: "\x33\x33\x00\x00\x00\x00", High: "\x33\x33\xff\xff\xff\xff"}
)

// multi asks for the group in a socket address, or no longer: EAFNOSUPPORT for
// another family than those of IP, and on Ethernet AF_UNSPEC, whose data is the
// link address. A loopback has no groups of its own.
func (i *iface) multi(cmd uint32, sa []byte) error {
	r, err := groupOf(sa)
	if i.eth == nil && sa[1] == abi.AF_UNSPEC {
		err = abi.EAFNOSUPPORT
	}
	switch {
	case err != nil:
		return err
	case i.eth == nil:
		return nil
	case cmd == abi.SIOCADDMULTI:
		return i.eth.AddGroup(r)
	}
	return i.eth.DropGroup(r)
}

// groupOf returns the link addresses of a group: of all groups for an
// unspecified address.
func groupOf(sa []byte) (ether.Range, error) {
	var a tcpip.LinkAddress
	switch sa[1] {
	case abi.AF_UNSPEC:
		a = tcpip.LinkAddress(sa[2 : 2+ether.AddrSize])
	case abi.AF_INET:
		ip := addrAt(sa)
		if ip.Unspecified() {
			return allGroups4, nil
		}
		a = header.EthernetAddressFromMulticastIPv4Address(ip)
	case abi.AF_INET6:
		ip := addr6At(sa)
		if ip.Unspecified() {
			return allGroups6, nil
		}
		a = header.EthernetAddressFromMulticastIPv6Address(ip)
	default:
		return ether.Range{}, abi.EAFNOSUPPORT
	}
	return ether.Range{Low: a, High: a}, nil
}
