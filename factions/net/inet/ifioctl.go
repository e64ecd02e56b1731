// ioctl(2) on interfaces: what is the same for all families (netintro(4)).
package inet

import (
	"bytes"
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip/stack"

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
		return cloners(arg)
	}
	name, _, _ := bytes.Cut(arg.Data[:abi.IFNAMSIZ], []byte{0})
	if cmd&abi.IOC_DIRMASK == abi.IOC_IN && !l.Cred().IsRoot() {
		return abi.EPERM
	}
	switch cmd {
	case abi.SIOCIFCREATE:
		return in.create(string(name))
	case abi.SIOCIFDESTROY:
		return in.destroy(string(name))
	}
	s, err := in.Stack()
	if err != nil {
		return err
	}
	in.ifs.mu.Lock()
	defer in.ifs.mu.Unlock()
	i := in.ifs.find(string(name))
	if i == nil {
		return abi.ENXIO
	}
	if err := i.ioctl(s, cmd, arg.Data); err != abi.ENOTTY {
		return err
	}
	switch af {
	case abi.AF_INET6:
		return i.ioctl6(s, cmd, arg.Data)
	case abi.AF_LINK:
		return i.ioctlLink(cmd, arg.Data)
	}
	return i.ioctl4(s, cmd, arg.Data)
}

// ioctl performs commands that no family has a part in. Preconditions: the
// list is locked; d is as long as the command says.
func (i *iface) ioctl(s *stack.Stack, cmd uint32, d []byte) error {
	v := d[union:]
	switch cmd {
	case abi.SIOCGIFFLAGS:
		binary.LittleEndian.PutUint16(v, i.flags)
	case abi.SIOCSIFFLAGS:
		return i.setUp(s, binary.LittleEndian.Uint16(v)&abi.IFF_UP != 0)
	case abi.SIOCGIFMETRIC:
		binary.LittleEndian.PutUint32(v, uint32(i.metric))
	case abi.SIOCSIFMETRIC:
		i.metric = int32(binary.LittleEndian.Uint32(v))
	case abi.SIOCGIFMTU:
		binary.LittleEndian.PutUint32(v, i.link.MTU())
	case abi.SIOCSIFMTU:
		return i.setMTU(s, int32(binary.LittleEndian.Uint32(v)))
	case abi.SIOCGIFINDEX:
		binary.LittleEndian.PutUint32(v, uint32(i.nic))
	case abi.SIOCGIFCAP:
		clear(v[:16])
	case abi.SIOCGIFDATA, abi.SIOCZIFDATA:
		data := i.data()
		copy(v, usermem.BytesOf(&data))
		if cmd == abi.SIOCZIFDATA {
			i.link.packets.Store(0)
			i.link.bytes.Store(0)
		}
	case abi.SIOCGIFADDRPREF:
		return nil // every preference is 0
	default:
		return abi.ENOTTY
	}
	return nil
}

// minMTU and maxMTU bound an interface's MTU: IPv6 asks for the first.
const minMTU, maxMTU = 1280, 65535

func (i *iface) setMTU(s *stack.Stack, mtu int32) error {
	if mtu < minMTU || mtu > maxMTU {
		return abi.EINVAL
	}
	if i.nic != loNIC {
		i.link.SetMTU(uint32(mtu))
		return nil
	}
	return errno(s.SetNICMTU(loNIC, uint32(mtu)))
}

// data returns properties and counters.
func (i *iface) data() abi.IfData {
	n, b := i.link.packets.Load(), i.link.bytes.Load()
	return abi.IfData{
		Type: abi.IFT_LOOP, Mtu: uint64(i.link.MTU()), Metric: uint64(i.metric),
		Ipackets: n, Opackets: n, Ibytes: b, Obytes: b,
	}
}

// ifconf answers SIOCGIFCONF: one struct ifreq for each address. Without a
// buffer it tells how long one must be.
func (in *Inet) ifconf(arg *file.Arg) error {
	var c abi.Ifconf
	copy(usermem.BytesOf(&c), arg.Data)
	var all []byte
	in.ifs.mu.Lock()
	for _, i := range in.ifs.list {
		for _, a := range i.addrs {
			var r abi.Ifreq
			copy(r.Name[:], i.name)
			copy(r.Ifru[:], a.sockaddr(i.nic))
			all = append(all, usermem.BytesOf(&r)...)
		}
	}
	in.ifs.mu.Unlock()
	const each = 144
	if c.Buf != 0 {
		room := max(int(c.Len), 0) / each * each
		all = all[:min(room, len(all))]
		if err := arg.User.Follow(c.Buf, len(all)).CopyOut(all); err != nil {
			return err
		}
	}
	c.Len = int32(len(all))
	copy(arg.Data, usermem.BytesOf(&c))
	return nil
}

// cloners answers SIOCIFGCLONERS: the names of what can be created.
func cloners(arg *file.Arg) error {
	var c abi.IfClonereq
	copy(usermem.BytesOf(&c), arg.Data)
	if c.Count < 0 {
		return abi.EINVAL
	}
	c.Total = 1
	if c.Buffer != 0 && c.Count > 0 {
		var name [abi.IFNAMSIZ]byte
		copy(name[:], "lo")
		if err := arg.User.Follow(c.Buffer, len(name)).CopyOut(name[:]); err != nil {
			return err
		}
	}
	copy(arg.Data, usermem.BytesOf(&c))
	return nil
}
