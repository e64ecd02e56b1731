// What routing sockets are told of interfaces and addresses (route(4)).
package inet

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// announce tells that an interface came or went. Preconditions: n.mu is held.
func (n *interfaces) announce(i *iface, what uint16) {
	h := abi.IfAnnouncemsghdr{Version: abi.RTM_VERSION, Type: abi.RTM_IFANNOUNCE, Index: uint16(i.nic), What: what}
	copy(h.Name[:], i.name)
	n.socks.tell(message(nil, usermem.BytesOf(&h)))
}

// tellIface tells that flags or MTU of an interface changed. Preconditions:
// n.mu is held.
func (n *interfaces) tellIface(i *iface) {
	h := i.ifHead()
	h.Addrs = 0
	n.socks.tell(message(nil, usermem.BytesOf(&h)))
}

// ifHead returns the head of a message about an interface.
func (i *iface) ifHead() abi.IfMsghdr {
	return abi.IfMsghdr{Version: abi.RTM_VERSION, Type: abi.RTM_IFINFO, Addrs: abi.RTA_IFP,
		Flags: int32(i.allFlags()), Index: uint16(i.nic), Data: i.data()}
}

// tellAddr tells of an address that came or went. Preconditions: n.mu is held.
func (n *interfaces) tellAddr(i *iface, a own, typ uint8) {
	n.socks.tell(i.appendAddr(nil, a, typ, true))
}

// appendAddr appends the message about one address, which names the interface
// on demand.
func (i *iface) appendAddr(b []byte, a own, typ uint8, named bool) []byte {
	h := abi.IfaMsghdr{Version: abi.RTM_VERSION, Type: typ, Flags: int32(i.allFlags()),
		Addrs: abi.RTA_NETMASK | abi.RTA_IFA, Metric: i.metric, Index: uint16(i.nic)}
	addrs := [][]byte{a.netmask()}
	if named {
		h.Addrs |= abi.RTA_IFP
		addrs = append(addrs, i.sdl())
	}
	addrs = append(addrs, a.embedded(i.nic))
	if !a.v6() {
		h.Addrs |= abi.RTA_BRD // of a loopback: the address itself
		brd := a.ifaddr
		if i.eth != nil {
			brd.addr = a.brd
		}
		addrs = append(addrs, brd.sockaddr(i.nic))
	}
	return message(b, usermem.BytesOf(&h), addrs...)
}
