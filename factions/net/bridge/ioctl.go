// Commands on bridges, as brconfig(8) gives them.
package bridge

import (
	"bytes"
	"encoding/binary"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// What a bridge says of the spanning tree that it does not take part in.
const (
	defaultPriority       = 0x8000
	defaultMemberPriority = 0x80
	defaultCost           = 55
	helloTime             = 2
	forwardDelay          = 15
	maxAge                = 20
)

// memberSize and addrSize are the lengths of struct ifbreq and ifbareq.
const memberSize, addrSize = 24, 32

// maxParam bounds the argument of a command.
const maxParam = 64

// Ioctl implements ether.Commander: SIOCSDRVSPEC and SIOCGDRVSPEC. EINVAL for
// an unknown command, or an argument of another size; EPERM when another than
// root asks for a change.
func (b *bridge) Ioctl(l *proc.LWP, cmd uint32, arg *file.Arg) error {
	if cmd != abi.SIOCSDRVSPEC && cmd != abi.SIOCGDRVSPEC {
		return abi.ENOTTY
	}
	var d abi.Ifdrv
	copy(usermem.BytesOf(&d), arg.Data)
	if d.Len > maxParam {
		return abi.EINVAL
	}
	param := make([]byte, d.Len)
	if err := arg.User.Follow(d.Data, len(param)).CopyIn(param); err != nil {
		return err
	}
	if cmd == abi.SIOCSDRVSPEC {
		if !l.Cred().IsRoot() {
			return abi.EPERM
		}
		return b.change(d.Cmd, param)
	}
	if err := b.ask(d.Cmd, param, arg); err != nil {
		return err
	}
	return arg.User.Follow(d.Data, len(param)).CopyOut(param)
}

func name(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return string(b)
}

// change performs the commands of SIOCSDRVSPEC.
func (b *bridge) change(cmd uint64, p []byte) error {
	switch cmd {
	case abi.BRDGADD, abi.BRDGDEL, abi.BRDGSIFFLGS, abi.BRDGSIFPRIO, abi.BRDGSIFCOST, abi.BRDGFLUSH:
		var r abi.Ifbreq
		if len(p) != memberSize {
			return abi.EINVAL
		}
		copy(usermem.BytesOf(&r), p)
		return b.changeMember(cmd, &r)
	case abi.BRDGSADDR, abi.BRDGDADDR:
		var r abi.Ifbareq
		if len(p) != addrSize {
			return abi.EINVAL
		}
		copy(usermem.BytesOf(&r), p)
		return b.changeAddr(cmd, &r)
	}
	if len(p) != 4 {
		return abi.EINVAL
	}
	v := binary.LittleEndian.Uint32(p)
	switch cmd {
	case abi.BRDGSCACHE:
		b.table.limit(int(min(v, maxRoom)))
	case abi.BRDGSTO:
		b.table.setAge(time.Duration(v) * time.Second)
	case abi.BRDGSPRI, abi.BRDGSHT, abi.BRDGSFD, abi.BRDGSMA, abi.BRDGSFILT:
		return abi.EOPNOTSUPP
	default:
		return abi.EINVAL
	}
	return nil
}

// changeMember performs commands on members: ENOENT when there is none of that
// name, EOPNOTSUPP for the spanning tree.
func (b *bridge) changeMember(cmd uint64, r *abi.Ifbreq) error {
	ifname := name(r.Ifsname[:])
	switch cmd {
	case abi.BRDGADD:
		return b.add(ifname)
	case abi.BRDGDEL:
		return b.remove(ifname)
	case abi.BRDGFLUSH:
		b.table.flush(r.Ifsflags&abi.IFBF_FLUSHALL != 0)
		return nil
	case abi.BRDGSIFPRIO, abi.BRDGSIFCOST:
		return abi.EOPNOTSUPP
	}
	m := find(*b.members.Load(), ifname)
	switch {
	case m == nil:
		return abi.ENOENT
	case r.Ifsflags&abi.IFBIF_STP != 0:
		return abi.EOPNOTSUPP
	}
	m.flags.Store(r.Ifsflags & (abi.IFBIF_LEARNING | abi.IFBIF_DISCOVER))
	return nil
}

func (b *bridge) changeAddr(cmd uint64, r *abi.Ifbareq) error {
	a := tcpip.LinkAddress(r.Dst[:])
	if cmd == abi.BRDGDADDR {
		return b.table.remove(a)
	}
	m := find(*b.members.Load(), name(r.Ifsname[:]))
	if m == nil {
		return abi.ENOENT
	}
	return b.table.set(a, m, r.Flags&abi.IFBAF_TYPEMASK == abi.IFBAF_STATIC)
}

// ask answers the commands of SIOCGDRVSPEC into p.
func (b *bridge) ask(cmd uint64, p []byte, arg *file.Arg) error {
	switch cmd {
	case abi.BRDGGIFFLGS:
		var r abi.Ifbreq
		if len(p) != memberSize {
			return abi.EINVAL
		}
		copy(usermem.BytesOf(&r), p)
		m := find(b.lockAlive(), name(r.Ifsname[:]))
		defer b.mu.Unlock()
		if m == nil {
			return abi.ENOENT
		}
		m.describe(&r)
		copy(p, usermem.BytesOf(&r))
		return nil
	case abi.BRDGGIFS:
		return list(p, arg, b.memberList(), memberSize)
	case abi.BRDGRTS:
		var all []byte
		for _, r := range b.table.list() {
			all = append(all, usermem.BytesOf(&r)...)
		}
		return list(p, arg, all, addrSize)
	}
	return b.askNumber(cmd, p)
}

func (b *bridge) memberList() (all []byte) {
	list := b.lockAlive()
	defer b.mu.Unlock()
	for _, m := range list {
		var r abi.Ifbreq
		m.describe(&r)
		all = append(all, usermem.BytesOf(&r)...)
	}
	return all
}

// list fills a struct ifbifconf or ifbaconf: as much as there is room for, the
// length of all when there is none.
func list(p []byte, arg *file.Arg, all []byte, each int) error {
	if len(p) != 16 {
		return abi.EINVAL
	}
	room := int(binary.LittleEndian.Uint32(p))
	if room > 0 {
		all = all[:min(len(all), room/each*each)]
		if err := arg.User.Follow(binary.LittleEndian.Uint64(p[8:]), len(all)).CopyOut(all); err != nil {
			return err
		}
	}
	binary.LittleEndian.PutUint32(p, uint32(len(all)))
	return nil
}

func (b *bridge) askNumber(cmd uint64, p []byte) error {
	if len(p) != 4 {
		return abi.EINVAL
	}
	room, age := b.table.settings()
	var v uint32
	switch cmd {
	case abi.BRDGGCACHE:
		v = uint32(room)
	case abi.BRDGGTO:
		v = uint32(age / time.Second)
	case abi.BRDGGPRI:
		v = defaultPriority
	case abi.BRDGGHT:
		v = helloTime
	case abi.BRDGGFD:
		v = forwardDelay
	case abi.BRDGGMA:
		v = maxAge
	case abi.BRDGGFILT:
	default:
		return abi.EINVAL
	}
	binary.LittleEndian.PutUint32(p, v)
	return nil
}

// describe fills in a struct ifbreq.
func (m *member) describe(r *abi.Ifbreq) {
	clear(r.Ifsname[:])
	copy(r.Ifsname[:], m.link.Name())
	r.Ifsflags, r.Priority, r.PathCost = m.flags.Load(), m.priority, m.cost
}
