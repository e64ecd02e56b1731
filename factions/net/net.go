// Package net is the socket layer: the calls that work on sockets, and the
// list of address families that components enter. It holds no protocol.
package net

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Doc is the faction's line in listings.
const Doc = "sockets: the socket layer and the list of address families"

// Net is the network faction of one kernel.
type Net struct {
	// Base is the kernel it belongs to.
	Base *kernel.Base
	host hypercall.Host

	mu       sync.RWMutex
	families map[int32]*Family

	messages sync.Pool // of *Message
}

// Attach adds the socket layer to a kernel. It knows no address family yet:
// socket(2) answers EAFNOSUPPORT until a component has registered one.
func Attach(b *kernel.Base) (*Net, error) {
	return &Net{Base: b, host: b.Host, families: map[int32]*Family{}}, nil
}

// Detach ends the faction. Components have taken their families out before.
func Detach(n *Net) {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.families)
}

// Register enters an address family: EEXIST when there is one of that number.
func (n *Net) Register(f *Family) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.families[f.AF] != nil {
		return abi.EEXIST
	}
	n.families[f.AF] = f
	return nil
}

// Unregister takes a family out; sockets of it live on until they are closed.
func (n *Net) Unregister(af int32) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.families, af)
}

// Lookup returns the family of that number, nil when there is none.
func (n *Net) Lookup(af int32) *Family {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.families[af]
}
