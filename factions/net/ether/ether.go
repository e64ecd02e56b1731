// Package ether is Ethernet: between the protocols' stack above and the driver
// of an interface below. It adds and takes off headers, filters, counts, lets
// others look on, and cuts large segments for drivers that can't take them.
package ether

import (
	"sync"
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

const (
	// HeaderSize is the length of an Ethernet header, in bytes.
	HeaderSize = header.EthernetMinimumSize
	// AddrSize is the length of an Ethernet address, in bytes.
	AddrSize = header.EthernetAddressSize
	// MTU is what an interface has unless its driver says otherwise.
	MTU = 1500
	// minMTU is the least that can be set.
	minMTU = 46
	// superSize bounds the segments that the stack hands down, headers included.
	superSize = 65535
)

// Frame is a packet that begins with an Ethernet header. One whose GSOOptions
// ask for a checksum is unfinished: its TCP checksum is that of the pseudo
// header, and it may be longer than the MTU, to be cut at GSOOptions.MSS.
type Frame = stack.PacketBuffer

// Driver moves the frames of one interface.
type Driver interface {
	// Up starts it. The interface stays down when that fails.
	Up() error
	// Down ends what Up began. When it returns no goroutine of the driver is
	// left and nothing more is received. It must not wait for other interfaces.
	Down()
	// Send sends frames, in order. It is called between Up and Down, by
	// several goroutines at a time, and does not block: what has no room is
	// dropped and counted. The frames are the caller's and never change
	// again: who needs one after the call takes a reference.
	Send(frames []*Frame)
	// Destroy frees what is left; it comes once, after Down.
	Destroy()
}

// Commander is a driver that performs ioctls of its own: ENOTTY for those it
// does not know. The data begins with the interface's name. It may be called
// in any state of the interface.
type Commander interface {
	Ioctl(l *proc.LWP, cmd uint32, arg *file.Arg) error
}

// Media is a driver that tells and takes a media word (IFM_).
type Media interface {
	// Media returns the current, the active word, the status, and what can
	// be chosen.
	Media() (current, active, status int32, list []int32)
	// SetMedia chooses one of the list.
	SetMedia(word int32) error
}

// Config describes an interface.
type Config struct {
	// Name is driver and unit, as "shmif0".
	Name string
	// Addr is its Ethernet address.
	Addr tcpip.LinkAddress
	// MaxMTU bounds its MTU, which begins as MTU; 0 is MTU.
	MaxMTU uint32
	// Offload says that the driver takes unfinished frames, and may deliver
	// them. Nothing that comes from it is damaged: checksums are not checked.
	Offload bool
	// Alone says that nobody else can have an address of the interface: no
	// duplicates are looked for.
	Alone bool
	// Driver moves the frames.
	Driver Driver
}

// Link is the Ethernet side of one interface. It is a link endpoint of the
// stack.
type Link struct {
	cfg  Config
	addr atomic.Pointer[tcpip.LinkAddress]
	mtu  atomic.Uint32
	// up is whether the driver is.
	up atomic.Bool
	// promisc is how many want to see every frame.
	promisc atomic.Int32
	above   atomic.Pointer[above]
	host    Host // set before anything is above
	bridge  atomic.Pointer[bridgeRef]

	// Taps see every frame in and out.
	Taps
	// Counters count them.
	Counters
	// Groups are those that programs ask for.
	Groups

	mu sync.Mutex // held while the driver starts or stops
}

// above is the stack, which takes packets in.
type above struct {
	stack.NetworkDispatcher
	host Host
}

// New returns the Ethernet side of an interface, down.
func New(cfg Config) *Link {
	if cfg.MaxMTU == 0 {
		cfg.MaxMTU = MTU
	}
	l := &Link{cfg: cfg}
	l.mtu.Store(MTU)
	l.addr.Store(&cfg.Addr)
	return l
}

// RandomAddr returns an address that begins with the bytes of prefix, the rest
// random. The first byte should have bit 1 set (local) and bit 0 clear.
func RandomAddr(h hypercall.Host, prefix ...byte) (tcpip.LinkAddress, error) {
	var b [AddrSize]byte
	n := copy(b[:], prefix)
	if err := h.Random(b[n:]); err != nil {
		return "", err
	}
	return tcpip.LinkAddress(b[:]), nil
}

// Name returns the interface's name.
func (l *Link) Name() string { return l.cfg.Name }

// Driver returns the interface's driver.
func (l *Link) Driver() Driver { return l.cfg.Driver }

// Up starts the driver, if it is down.
func (l *Link) Up() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.up.Load() {
		return nil
	}
	l.up.Store(true)
	if err := l.cfg.Driver.Up(); err != nil {
		l.up.Store(false)
		return err
	}
	return nil
}

// Down stops the driver, if it is up.
func (l *Link) Down() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.up.Swap(false) {
		l.cfg.Driver.Down()
	}
}

// Running reports whether the driver is up.
func (l *Link) Running() bool { return l.up.Load() }

// Promiscuous asks for every frame on the medium, or no longer.
func (l *Link) Promiscuous(on bool) {
	if on {
		l.promisc.Add(1)
	} else {
		l.promisc.Add(-1)
	}
}

// Flags returns the IFF_ flags that come from here.
func (l *Link) Flags() uint16 {
	f := uint16(abi.IFF_BROADCAST | abi.IFF_SIMPLEX | abi.IFF_MULTICAST)
	if l.promisc.Load() > 0 {
		f |= abi.IFF_PROMISC
	}
	return f
}

// Offload reports whether the driver takes unfinished frames.
func (l *Link) Offload() bool { return l.cfg.Offload }

// Alone reports whether nobody else can have its addresses.
func (l *Link) Alone() bool { return l.cfg.Alone }

// CheckMTU returns EINVAL for an MTU the interface can't have.
func (l *Link) CheckMTU(mtu uint32) error {
	if mtu < minMTU || mtu > l.cfg.MaxMTU {
		return abi.EINVAL
	}
	return nil
}
