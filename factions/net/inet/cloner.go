// Making interfaces and taking them away: loopbacks by themselves, others by
// what components have entered.
package inet

import (
	"slices"
	"strconv"
	"strings"

	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/lists"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Cloner makes the interfaces of one driver.
type Cloner struct {
	// Name is the driver's, as "shmif".
	Name string
	// New makes the interface of a unit, called name, down.
	New func(name string, unit int) (*ether.Link, error)
	// Pinned says that ifconfig(8) can't destroy an interface that is up.
	Pinned bool
}

// maxIfaces bounds how many interfaces there can be, and maxUnit their numbers.
const maxIfaces, maxUnit = 256, 32767

// AddCloner enters a driver: EEXIST when there is one of that name.
func (in *Inet) AddCloner(c Cloner) error {
	n := &in.ifs
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, o := range n.cloners {
		if o.Name == c.Name || c.Name == "lo" {
			return abi.EEXIST
		}
	}
	n.cloners = append(n.cloners, c)
	return nil
}

// RemoveCloner takes a driver out again, and all its interfaces away.
func (in *Inet) RemoveCloner(name string) {
	n := &in.ifs
	n.mu.Lock()
	n.cloners = slices.DeleteFunc(n.cloners, func(c Cloner) bool { return c.Name == name })
	var gone []string
	for _, i := range n.list {
		if driver, _, ok := splitName(i.name); ok && driver == name {
			gone = append(gone, i.name)
		}
	}
	n.mu.Unlock()
	for _, name := range gone {
		_ = in.Destroy(name)
	}
}

// splitName splits a name into driver and unit: not ok unless the unit is a
// number as one writes it.
func splitName(name string) (driver string, unit int, ok bool) {
	driver = strings.TrimRight(name, "0123456789")
	u, err := strconv.ParseUint(name[len(driver):], 10, 15)
	ok = err == nil && driver != "" && driver+strconv.FormatUint(u, 10) == name
	return driver, int(u), ok
}

// Create makes an interface: EINVAL for a name that no driver has, EEXIST when
// it is there, ENOMEM when there are too many.
func (in *Inet) Create(name string) error {
	driver, unit, ok := splitName(name)
	if !ok || len(name) >= abi.IFNAMSIZ {
		return abi.EINVAL
	}
	if driver == "lo" {
		return in.enter(newLoop(name))
	}
	n := &in.ifs
	n.mu.Lock()
	k := slices.IndexFunc(n.cloners, func(c Cloner) bool { return c.Name == driver })
	there := n.find(name) != nil
	var c Cloner
	if k >= 0 {
		c = n.cloners[k]
	}
	n.mu.Unlock()
	switch {
	case k < 0:
		return abi.EINVAL
	case there:
		return abi.EEXIST
	}
	l, err := c.New(name, unit)
	if err != nil {
		return err
	}
	return in.AddLink(l)
}

// AddLink enters an interface, which is down: EEXIST when there is one of that
// name. When it fails, the link is destroyed.
func (in *Inet) AddLink(l *ether.Link) error {
	err := in.enter(&iface{name: l.Name(), link: l, eth: l, factory: l.LinkAddress(), ndFlags: ndDefault})
	if err != nil {
		l.Driver().Destroy()
	}
	return err
}

func (in *Inet) enter(i *iface) error {
	n := &in.ifs
	s, err := in.Stack()
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.find(i.name) != nil {
		return abi.EEXIST
	}
	if len(n.list) >= maxIfaces {
		return abi.ENOMEM
	}
	n.add(i)
	if i.eth != nil {
		in.join(s, i)
	}
	n.announce(i, abi.IFAN_ARRIVAL)
	return nil
}

// join makes the stack know an Ethernet interface. It can't fail: the index is
// new and so is the name.
func (in *Inet) join(s *stack.Stack, i *iface) {
	h := &host{Stack: s, in: in, direct: in.newDirect(s, i.nic), nic: i.nic}
	i.eth.SetHost(h)
	_ = s.CreateNICWithOptions(i.nic, i.eth, stack.NICOptions{Name: i.name, Disabled: true})
	h.init()
	in.configure6(s, i)
}

// pinned reports whether an interface is up, and of a driver that does not let
// go of those.
func (in *Inet) pinned(name string) bool {
	n := &in.ifs
	n.mu.Lock()
	defer n.mu.Unlock()
	i := n.find(name)
	return i != nil && i.up() && slices.ContainsFunc(n.cloners, func(c Cloner) bool {
		driver, _, _ := splitName(name)
		return c.Pinned && c.Name == driver
	})
}

// Destroy takes an interface away: EPERM for lo0, ENXIO for an unknown one.
func (in *Inet) Destroy(name string) error {
	s, err := in.Stack()
	if err != nil {
		return err
	}
	n := &in.ifs
	n.mu.Lock()
	defer n.mu.Unlock()
	i := n.find(name)
	switch {
	case i == nil:
		return abi.ENXIO
	case i.nic == loNIC:
		return abi.EPERM
	}
	for len(i.addrs) > 0 {
		_ = n.removeAddr(s, i, i.addrs[0].addr)
	}
	_ = n.setUp(s, i, false)
	n.in.dropFixed(i)
	n.list = lists.Without(n.list, i)
	n.routes = slices.DeleteFunc(n.routes, func(r route) bool { return r.via == i })
	if i.eth != nil {
		_ = s.RemoveNIC(i.nic)
		i.eth.Driver().Destroy()
	}
	n.announce(i, abi.IFAN_DEPARTURE)
	return nil
}

// removeAll takes every interface away but lo0.
func (in *Inet) removeAll() {
	in.ifs.mu.Lock()
	list := slices.Clone(in.ifs.list[1:])
	in.ifs.mu.Unlock()
	for _, i := range list {
		_ = in.Destroy(i.name)
	}
}

// Link returns the Ethernet side of an interface, nil when there is no such
// interface or it is a loopback.
func (in *Inet) Link(name string) *ether.Link {
	in.ifs.mu.Lock()
	defer in.ifs.mu.Unlock()
	if i := in.ifs.find(name); i != nil {
		return i.eth
	}
	return nil
}

// Tapped is an interface that can be looked at.
type Tapped interface {
	AddTap(ether.Tap)
	RemoveTap(ether.Tap)
}

// Tapped returns the interface of that name, nil when there is none. One of
// Ethernet is an *ether.Link; packets of others have no header of a link.
func (in *Inet) Tapped(name string) Tapped {
	in.ifs.mu.Lock()
	defer in.ifs.mu.Unlock()
	if i := in.ifs.find(name); i != nil {
		return i.link
	}
	return nil
}

// clonerNames answers SIOCIFGCLONERS: the names of what can be created, the
// last entered first.
func (in *Inet) clonerNames(arg *file.Arg) error {
	var c abi.IfClonereq
	copy(usermem.BytesOf(&c), arg.Data)
	if c.Count < 0 {
		return abi.EINVAL
	}
	names := []string{"lo"}
	in.ifs.mu.Lock()
	for _, o := range in.ifs.cloners {
		names = append(names, o.Name)
	}
	in.ifs.mu.Unlock()
	c.Total = int32(len(names))
	if c.Buffer != 0 && c.Count > 0 {
		all := make([]byte, abi.IFNAMSIZ*min(len(names), int(c.Count)))
		for k := range len(all) / abi.IFNAMSIZ {
			copy(all[k*abi.IFNAMSIZ:], names[k])
		}
		if err := arg.User.Follow(c.Buffer, len(all)).CopyOut(all); err != nil {
			return err
		}
	}
	copy(arg.Data, usermem.BytesOf(&c))
	return nil
}
