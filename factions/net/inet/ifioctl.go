// ioctl(2) on interfaces: what is the same for all families (netintro(4)).
package inet

import (
	"bytes"
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Ioctl implements net.Endpoint.
func (e *endpoint) Ioctl(l *proc.LWP, cmd uint32, arg *file.Arg) error {
	af := abi.AF_INET
	if e.v6 {
		af = abi.AF_INET6
	}
	return e.in.ioctl(l, af, cmd, arg)
}

// ifGroup is the group of interface commands.
const ifGroup = 'i'

// union is where the value of a struct ifreq and its like begins.
const union = abi.IFNAMSIZ

// ioctl performs a command on interfaces for a socket of family af: ENXIO for
// an unknown interface, ENOTTY for an unknown command, EPERM when a change is
// asked for by another than root.
func (in *Inet) ioctl(l *proc.LWP, af int, cmd uint32, arg *file.Arg) error {
	if abi.IocGroup(cmd) != ifGroup {
		return abi.ENOTTY
	}
	if len(arg.Data) < abi.IocLen(cmd) || len(arg.Data) < 16 {
		return abi.ENOTTY
	}
	switch cmd {
	case abi.SIOCGIFCONF:
		return in.ifconf(arg)
	case abi.SIOCIFGCLONERS:
		return in.clonerNames(arg)
	}
	name, _, _ := bytes.Cut(arg.Data[:abi.IFNAMSIZ], []byte{0})
	if changes(cmd) && !l.Cred().IsRoot() {
		return abi.EPERM
	}
	switch cmd {
	case abi.SIOCIFCREATE:
		return in.Create(string(name))
	case abi.SIOCIFDESTROY:
		if in.pinned(string(name)) {
			return abi.EBUSY
		}
		return in.Destroy(string(name))
	}
	i, err := in.ifioctl(string(name), af, cmd, arg.Data)
	if err != abi.ENOTTY || i == nil || i.eth == nil {
		return err
	}
	return driverIoctl(l, i.eth, cmd, arg)
}

// changes reports whether a command is for root only.
func changes(cmd uint32) bool {
	return cmd&abi.IOC_DIRMASK == abi.IOC_IN || cmd == abi.SIOCSIFMEDIA || cmd == abi.SIOCSIFINFO_FLAGS
}

// ifioctl performs the commands known here.
func (in *Inet) ifioctl(name string, af int, cmd uint32, d []byte) (*iface, error) {
	s, err := in.Stack()
	if err != nil {
		return nil, err
	}
	n := &in.ifs
	n.mu.Lock()
	defer n.mu.Unlock()
	i := n.find(name)
	if i == nil {
		return nil, abi.ENXIO
	}
	if err := n.ioctl(s, i, cmd, d); err != abi.ENOTTY {
		return i, err
	}
	switch af {
	case abi.AF_INET6:
		return i, in.ioctl6(s, i, cmd, d)
	case abi.AF_LINK:
		return i, n.ioctlLink(s, i, cmd, d)
	}
	return i, n.ioctl4(s, i, cmd, d)
}

// driverIoctl performs a command that the driver may know.
func driverIoctl(l *proc.LWP, e *ether.Link, cmd uint32, arg *file.Arg) error {
	if cmd == abi.SIOCGIFMEDIA || cmd == abi.SIOCSIFMEDIA {
		if m, ok := e.Driver().(ether.Media); ok {
			return media(m, cmd, arg)
		}
	}
	if c, ok := e.Driver().(ether.Commander); ok {
		return c.Ioctl(l, cmd, arg)
	}
	return abi.ENOTTY
}

// media performs the commands of ifmedia(4).
func media(m ether.Media, cmd uint32, arg *file.Arg) error {
	if cmd == abi.SIOCSIFMEDIA {
		return m.SetMedia(int32(binary.LittleEndian.Uint32(arg.Data[union:])))
	}
	var r abi.Ifmediareq
	copy(usermem.BytesOf(&r), arg.Data)
	var list []int32
	room := r.Count
	r.Current, r.Active, r.Status, list = m.Media()
	r.Mask, r.Count = 0, int32(len(list))
	if r.Ulist != 0 && room > 0 {
		var all []byte
		for _, w := range list[:min(len(list), int(room))] {
			all = binary.LittleEndian.AppendUint32(all, uint32(w))
		}
		if err := arg.User.Follow(r.Ulist, len(all)).CopyOut(all); err != nil {
			return err
		}
	}
	copy(arg.Data, usermem.BytesOf(&r))
	return nil
}

// ioctl performs commands that no family has a part in. Preconditions: n.mu is
// held; d is as long as the command says.
func (n *interfaces) ioctl(s *stack.Stack, i *iface, cmd uint32, d []byte) error {
	v := d[union:]
	switch cmd {
	case abi.SIOCGIFFLAGS:
		binary.LittleEndian.PutUint16(v, i.allFlags())
	case abi.SIOCSIFFLAGS:
		return n.setFlags(s, i, binary.LittleEndian.Uint16(v))
	case abi.SIOCGIFMETRIC:
		binary.LittleEndian.PutUint32(v, uint32(i.metric))
	case abi.SIOCSIFMETRIC:
		i.metric = int32(binary.LittleEndian.Uint32(v))
	case abi.SIOCGIFMTU:
		binary.LittleEndian.PutUint32(v, i.link.MTU())
	case abi.SIOCSIFMTU:
		return n.setMTU(s, i, int32(binary.LittleEndian.Uint32(v)))
	case abi.SIOCGIFINDEX:
		binary.LittleEndian.PutUint32(v, uint32(i.nic))
	case abi.SIOCGIFCAP:
		clear(v[:16])
	case abi.SIOCGIFDATA, abi.SIOCZIFDATA:
		data := i.data()
		copy(v, usermem.BytesOf(&data))
		if cmd == abi.SIOCZIFDATA {
			i.link.Reset()
		}
	case abi.SIOCGIFADDRPREF:
		return nil // every preference is 0
	case abi.SIOCGIFDLT:
		return i.dlt(v)
	case abi.SIOCADDMULTI, abi.SIOCDELMULTI:
		return i.multi(cmd, v)
	default:
		return abi.ENOTTY
	}
	return nil
}

// userFlags are those that SIOCSIFFLAGS sets and nothing acts upon.
const userFlags = abi.IFF_DEBUG | abi.IFF_LINK0 | abi.IFF_LINK1 | abi.IFF_LINK2

// setFlags sets the flags that may be set.
func (n *interfaces) setFlags(s *stack.Stack, i *iface, f uint16) error {
	old := i.flags
	i.flags = i.flags&^userFlags | f&userFlags
	err := n.setUp(s, i, f&abi.IFF_UP != 0)
	if i.flags&^upFlags != old&^upFlags && i.up() == (old&abi.IFF_UP != 0) {
		n.tellIface(i)
	}
	return err
}

// dlt answers SIOCGIFDLT: which data link it is (bpf(4)).
func (i *iface) dlt(v []byte) error {
	const null, en10mb = 0, 1
	if i.eth != nil {
		binary.LittleEndian.PutUint32(v, en10mb)
	} else {
		binary.LittleEndian.PutUint32(v, null)
	}
	return nil
}

// minMTU and maxMTU bound a loopback's MTU: IPv6 asks for the first.
const minMTU, maxMTU = 1280, 65535

func (n *interfaces) setMTU(s *stack.Stack, i *iface, mtu int32) error {
	if i.eth != nil {
		if err := i.eth.CheckMTU(uint32(mtu)); err != nil {
			return err
		}
	} else if mtu < minMTU || mtu > maxMTU {
		return abi.EINVAL
	}
	defer n.tellIface(i)
	if i.home() != i.nic {
		i.link.SetMTU(uint32(mtu))
		return nil
	}
	return errno(s.SetNICMTU(i.nic, uint32(mtu)))
}

// data returns properties and counters.
func (i *iface) data() abi.IfData {
	d := abi.IfData{Type: abi.IFT_LOOP, Mtu: uint64(i.link.MTU()), Metric: uint64(i.metric)}
	if i.eth != nil {
		d.Type, d.Addrlen, d.Hdrlen = abi.IFT_ETHER, ether.AddrSize, ether.HeaderSize
		d.Baudrate = 10_000_000
	}
	i.link.FillData(&d)
	return d
}
