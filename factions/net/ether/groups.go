// Groups of the medium that programs ask for with SIOCADDMULTI.
package ether

import (
	"sync"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Range is Ethernet addresses from Low up to High, which may be the same.
type Range struct{ Low, High tcpip.LinkAddress }

// maxGroups bounds the ranges of one interface.
const maxGroups = 1024

// Groups is the groups that were asked for, each as often as it was. Drivers
// deliver frames to every group, so that nothing else comes of it. Its zero value
// is ready.
type Groups struct {
	mu   sync.Mutex
	refs map[Range]int
}

// AddGroup asks for a range once more: EINVAL when it is no range of groups,
// ENOBUFS when there are too many.
func (g *Groups) AddGroup(r Range) error {
	if r.Low[0]&r.High[0]&1 == 0 {
		return abi.EINVAL
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refs[r] == 0 && len(g.refs) >= maxGroups {
		return abi.ENOBUFS
	}
	if g.refs == nil {
		g.refs = map[Range]int{}
	}
	g.refs[r]++
	return nil
}

// DropGroup takes one request back: EINVAL when it is no range of groups, ENXIO
// when there is none.
func (g *Groups) DropGroup(r Range) error {
	if r.Low[0]&r.High[0]&1 == 0 {
		return abi.EINVAL
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch g.refs[r] {
	case 0:
		return abi.ENXIO
	case 1:
		delete(g.refs, r)
	default:
		g.refs[r]--
	}
	return nil
}
