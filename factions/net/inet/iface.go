// Network interfaces: lo0 and further loopbacks, what they are called, their
// flags and addresses. The stack is told of them once there is one. It knows
// one loopback only, lo0, which has the addresses of all.
package inet

import (
	"strconv"
	"strings"
	"sync"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// iface is a network interface. Its name and link never change.
type iface struct {
	nic    tcpip.NICID
	name   string
	link   *loopLink
	flags  uint16 // IFF_
	metric int32
	addrs  []ifaddr
}

// ifaddr is one address of an interface.
type ifaddr struct {
	addr   tcpip.Address
	prefix int
}

func (a ifaddr) v6() bool { return a.addr.Len() == 16 }

// interfaces is the interfaces of a kernel, in order of index.
type interfaces struct {
	mu   sync.Mutex
	list []*iface
	next tcpip.NICID
	// routes are those that were added by hand; socks the open routing sockets.
	routes []route
	socks  []*routeEndpoint
}

// loopFlags are those of lo(4).
const loopFlags = abi.IFF_LOOPBACK | abi.IFF_MULTICAST

// upFlags are set while an interface is up.
const upFlags = abi.IFF_UP | abi.IFF_RUNNING

// init makes lo0.
func (n *interfaces) init() {
	n.next = loNIC
	lo := n.add("lo0")
	lo.flags |= upFlags
	lo.addrs = []ifaddr{
		{tcpip.AddrFrom4([4]byte{127, 0, 0, 1}), 8},
		{tcpip.AddrFrom16([16]byte{15: 1}), 128},
		{tcpip.AddrFrom16([16]byte{0: 0xfe, 1: 0x80, 15: 1}), 64},
	}
}

// add enters a loopback. Preconditions: n.mu is held or nobody else has n.
func (n *interfaces) add(name string) *iface {
	i := &iface{nic: n.next, name: name, link: newLoopLink(), flags: loopFlags}
	n.next++
	n.list = append(n.list, i)
	return i
}

// find returns the interface of that name, nil when there is none.
// Preconditions: n.mu is held.
func (n *interfaces) find(name string) *iface {
	for _, i := range n.list {
		if i.name == name {
			return i
		}
	}
	return nil
}

// maxLoops bounds how many loopbacks there can be.
const maxLoops = 256

// create makes loopback loN: EINVAL for other names, EEXIST when it is there.
func (in *Inet) create(name string) error {
	unit, err := strconv.ParseUint(strings.TrimPrefix(name, "lo"), 10, 15)
	if err != nil || "lo"+strconv.FormatUint(unit, 10) != name {
		return abi.EINVAL
	}
	n := &in.ifs
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.find(name) != nil {
		return abi.EEXIST
	}
	if len(n.list) >= maxLoops {
		return abi.ENOMEM
	}
	n.add(name)
	return nil
}

// destroy takes an interface away: EPERM for lo0, ENXIO for an unknown one.
func (in *Inet) destroy(name string) error {
	s, err := in.Stack()
	if err != nil {
		return err
	}
	n := &in.ifs
	n.mu.Lock()
	defer n.mu.Unlock()
	for k, i := range n.list {
		if i.name != name {
			continue
		}
		if i.nic == loNIC {
			return abi.EPERM
		}
		n.list = append(n.list[:k], n.list[k+1:]...)
		return i.setUp(s, false)
	}
	return abi.ENXIO
}
