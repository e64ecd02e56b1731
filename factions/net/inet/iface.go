// Network interfaces: lo0 and further loopbacks, and those of drivers: what
// they are called, their flags and addresses. The stack is told of them once
// there is one. It knows one loopback only, lo0, which has the addresses of all.
package inet

import (
	"sync"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// iface is a network interface. Its index, name and link never change.
type iface struct {
	nic    tcpip.NICID
	name   string
	link   link
	eth    *ether.Link // nil of a loopback
	flags  uint16      // IFF_ that are kept here
	metric int32
	addrs  []own
	// fixed are the neighbours that were entered.
	fixed []*fixed
	// ndFlags are ND6_IFF_; factory is whether the link-level address is the
	// one it began with.
	ndFlags uint32
	factory tcpip.LinkAddress
}

// link is what loopbacks and Ethernet have in common.
type link interface {
	MTU() uint32
	SetMTU(mtu uint32)
	FillData(d *abi.IfData)
	Reset()
	AddTap(ether.Tap)
	RemoveTap(ether.Tap)
}

// own is an address of an interface.
type own struct {
	ifaddr
	// brd is the broadcast address, of length 0 when there is none.
	brd tcpip.Address
	// state is what became of duplicate address detection, nil when there is
	// none.
	state *addrState
	// dad is of an IPv4 address that was not used at once.
	dad *detection
	// unlisted says that it was taken out of the table of neighbours.
	unlisted bool
	// life is of an IPv6 address.
	life lifetime
}

// ifaddr is an address and the length of its prefix in bits.
type ifaddr struct {
	addr   tcpip.Address
	prefix int
}

func (a ifaddr) v6() bool { return a.addr.Len() == 16 }

// interfaces is the interfaces of a kernel, in order of index.
type interfaces struct {
	in   *Inet
	mu   sync.Mutex
	list []*iface
	next tcpip.NICID
	// cloners make interfaces of a kind.
	cloners []Cloner
	// routes are those that were added by hand; socks the open routing sockets.
	routes []route
	// aging is when the next lifetime of an address ends.
	aging hypercall.Timer
	socks routeSocks
}

// loopFlags are those of lo(4).
const loopFlags = abi.IFF_LOOPBACK | abi.IFF_MULTICAST

// upFlags are set while an interface is up.
const upFlags = abi.IFF_UP | abi.IFF_RUNNING

// init makes lo0.
func (n *interfaces) init(in *Inet) {
	n.in = in
	n.next = loNIC
	lo := n.add(newLoop("lo0"))
	lo.flags |= upFlags
	for _, a := range []ifaddr{
		{tcpip.AddrFrom4([4]byte{127, 0, 0, 1}), 8},
		{header.IPv6Loopback, 128},
		{tcpip.AddrFrom16([16]byte{0: 0xfe, 1: 0x80, 15: 1}), 64},
	} {
		lo.addrs = append(lo.addrs, own{ifaddr: a, life: forever})
	}
}

func newLoop(name string) *iface {
	return &iface{name: name, link: newLoopLink(), flags: loopFlags}
}

// add enters an interface. Preconditions: n.mu is held or nobody else has n.
func (n *interfaces) add(i *iface) *iface {
	i.nic = n.next
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

// index returns the interface of that index, nil when there is none.
// Preconditions: n.mu is held.
func (n *interfaces) index(nic tcpip.NICID) *iface {
	for _, i := range n.list {
		if i.nic == nic {
			return i
		}
	}
	return nil
}

// home returns the stack's interface that has the addresses of i.
func (i *iface) home() tcpip.NICID {
	if i.eth == nil {
		return loNIC
	}
	return i.nic
}

// allFlags returns the IFF_ flags, those of the link included.
func (i *iface) allFlags() uint16 {
	if i.eth == nil {
		return i.flags
	}
	return i.flags | i.eth.Flags()
}

// up reports whether the interface is up.
func (i *iface) up() bool { return i.flags&abi.IFF_UP != 0 }

// sdl returns the link-level address, which names the interface.
func (i *iface) sdl() []byte {
	typ, addr := byte(abi.IFT_LOOP), tcpip.LinkAddress("")
	if i.eth != nil {
		typ, addr = abi.IFT_ETHER, i.eth.LinkAddress()
	}
	return appendSDL(i.nic, typ, i.name, addr)
}

// sdlSize is the length of a struct sockaddr_dl with short names.
const sdlSize = 20

// appendSDL returns a struct sockaddr_dl.
func appendSDL(nic tcpip.NICID, typ byte, name string, addr tcpip.LinkAddress) []byte {
	b := make([]byte, 8, 32)
	b[1], b[2], b[3] = abi.AF_LINK, byte(nic), byte(nic>>8)
	b[4], b[5], b[6] = typ, byte(len(name)), byte(len(addr))
	b = append(append(b, name...), addr...)
	for len(b) < sdlSize {
		b = append(b, 0)
	}
	b[0] = byte(len(b))
	return b
}
