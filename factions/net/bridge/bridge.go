// Package bridge is Ethernet bridges, bridge(4): interfaces that join others
// to one network. A bridge learns behind which member an address is, and
// forgets it when it has been silent for a while. There is no spanning tree.
package bridge

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/factions/net/inet"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/lists"
)

// Doc is the component's line in listings.
const Doc = "bridgeN interfaces: Ethernet bridges"

// cloner is what ifconfig(8) calls these interfaces.
const cloner = "bridge"

// Bridges is the component in one kernel.
type Bridges struct{ in *inet.Inet }

// Attach lets bridges be created.
func Attach(in *inet.Inet) (*Bridges, error) {
	b := &Bridges{in: in}
	return b, in.AddCloner(inet.Cloner{Name: cloner, New: b.create})
}

// Detach takes the bridges away.
func Detach(b *Bridges) { b.in.RemoveCloner(cloner) }

func (c *Bridges) create(name string, _ int) (*ether.Link, error) {
	host := c.in.Base().Host
	addr, err := ether.RandomAddr(host, 0xb2, 0xa3)
	if err != nil {
		return nil, err
	}
	b := &bridge{in: c.in}
	b.table.init(host)
	b.members.Store(&[]*member{})
	b.link = ether.New(ether.Config{Name: name, Addr: addr, Driver: b, Offload: true})
	return b.link, nil
}

// bridge is one bridge: the driver of its own interface, and what its members
// hand their frames to.
type bridge struct {
	in   *inet.Inet
	link *ether.Link

	mu      sync.Mutex // held while members change
	members atomic.Pointer[[]*member]
	table   table
}

// member is an interface that is part of a bridge.
type member struct {
	link *ether.Link
	// flags are IFBIF_.
	flags    atomic.Uint32
	priority uint8
	cost     uint8
}

// maxMembers bounds the members of a bridge.
const maxMembers = 64

// add makes an interface a member: ENOENT for an unknown one, EINVAL for one
// that is no Ethernet or the bridge itself, EEXIST when it is a member, EBUSY
// when it is one of another bridge.
func (b *bridge) add(name string) error {
	l, tapped := b.in.Link(name), b.in.Tapped(name)
	list := b.lockAlive()
	defer b.mu.Unlock()
	switch {
	case l == nil && tapped == nil:
		return abi.ENOENT
	case l == nil || l == b.link:
		return abi.EINVAL
	case find(list, name) != nil:
		return abi.EEXIST
	case len(list) >= maxMembers:
		return abi.ENOSPC
	}
	if err := l.SetBridge(b); err != nil {
		return err
	}
	m := &member{link: l, priority: defaultMemberPriority, cost: defaultCost}
	m.flags.Store(abi.IFBIF_LEARNING | abi.IFBIF_DISCOVER)
	list = append(slices.Clone(list), m)
	b.members.Store(&list)
	return nil
}

// remove ends a membership: ENOENT when there is none.
func (b *bridge) remove(name string) error {
	list := b.lockAlive()
	defer b.mu.Unlock()
	m := find(list, name)
	if m == nil {
		return abi.ENOENT
	}
	b.release(m)
	list = lists.Without(slices.Clone(list), m)
	b.members.Store(&list)
	return nil
}

func (b *bridge) release(m *member) {
	_ = m.link.SetBridge(nil)
	b.table.forget(m)
}

// lockAlive locks b.mu and returns the members whose interfaces have not been
// destroyed; the others are no longer members. Who destroys a bridge holds the
// list of interfaces when it takes b.mu: that is looked at before.
func (b *bridge) lockAlive() []*member {
	var gone []*member
	for _, m := range *b.members.Load() {
		if b.in.Link(m.link.Name()) != m.link {
			gone = append(gone, m)
		}
	}
	b.mu.Lock()
	list := *b.members.Load()
	for _, m := range gone {
		if slices.Contains(list, m) {
			b.release(m)
			list = lists.Without(slices.Clone(list), m)
			b.members.Store(&list)
		}
	}
	return list
}

func find(list []*member, name string) *member {
	for _, m := range list {
		if m.link.Name() == name {
			return m
		}
	}
	return nil
}

// of returns the member of a link, nil when it is none any more.
func (b *bridge) of(l *ether.Link) *member {
	for _, m := range *b.members.Load() {
		if m.link == l {
			return m
		}
	}
	return nil
}

// Up implements ether.Driver.
func (b *bridge) Up() error { return nil }

// Down implements ether.Driver.
func (b *bridge) Down() {}

// Destroy implements ether.Driver: the members are on their own again.
func (b *bridge) Destroy() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range *b.members.Load() {
		b.release(m)
	}
	b.members.Store(&[]*member{})
}

var _ ether.Bridge = (*bridge)(nil)
