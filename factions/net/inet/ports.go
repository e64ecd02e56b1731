// Ports that a program leaves to the kernel, and says from which range and in
// which order they are tried (ip(4), ip6(4); RFC 6056). Where it says nothing
// the stack picks them, at random.
package inet

import (
	"sync"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// The algorithms of IP_PORTALGO.
const (
	algoNext = iota // from the port before the last
	_
	_
	algoHash // from one that belongs to the peer
	algoDoubleHash
	algoRandInc // from one a little after the last
)

// maxRandInc bounds how far algoRandInc goes on.
const maxRandInc = 500

// ports is what one socket's choice leaves for the next: the last port of the
// high range and of the low one.
type ports struct {
	mu   sync.Mutex
	last [2]uint16
	// tries counts choices of algoHash.
	tries uint16
	// secret makes hashes this kernel's own.
	secret uint64
	random *randomSource
}

// pick binds a socket without a port that is to be bound to a, or connected to
// peer, when it has a choice of its own; done says that it has. EACCES for the low range and a caller
// that is not root, EAGAIN when no port is left.
func (e *endpoint) pick(l *proc.LWP, a, peer tcpip.FullAddress) (done bool, err error) {
	if !e.extra.picky.Load() || e.kind == kindRaw {
		return false, nil
	}
	if old, err := e.ep.GetLocalAddress(); err != nil || old.Port != 0 {
		return false, nil
	}
	r, low := e.extra.get(), 0
	least, most := uint16(abi.IPPORT_ANONMIN), uint16(abi.IPPORT_ANONMAX)
	if r.portRange == abi.IP_PORTRANGE_LOW {
		if !l.Cred().IsRoot() {
			return true, abi.EACCES
		}
		low, least, most = 1, abi.IPPORT_RESERVEDMIN, abi.IPPORT_RESERVEDMAX
	}
	n := most - least + 1
	at := e.in.ports.first(e.in.host, r.portAlgo, low, &peer) % n
	for range n {
		a.Port = least + at
		err := e.ep.Bind(wildcard(a))
		if _, used := err.(*tcpip.ErrPortInUse); !used {
			e.in.ports.used(low, at)
			return true, errno(err)
		}
		at = (at + n - 1) % n
	}
	return true, abi.EAGAIN
}

// used enters which port was taken, counted from the least of its range.
func (p *ports) used(low int, at uint16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[low] = at
}

// first returns the port to try first, counted from the least of the range. Any
// number will do, which is taken modulo the range's length.
func (p *ports) first(host hypercall.Host, algo int32, low int, peer *tcpip.FullAddress) uint16 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.random == nil {
		p.random = newRandomSource(host)
		p.secret = p.random.Uint64()
	}
	chance := uint16(p.random.Uint64())
	switch algo {
	case algoNext:
		return p.last[low] - 1
	case algoHash, algoDoubleHash:
		p.tries++
		return hashPeer(p.secret, peer) - p.tries
	case algoRandInc:
		return p.last[low] + 1 + chance%maxRandInc
	}
	return chance
}

// hashPeer returns a number that belongs to a peer (FNV-1a).
func hashPeer(h uint64, peer *tcpip.FullAddress) uint16 {
	for _, b := range append(peer.Addr.AsSlice(), byte(peer.Port), byte(peer.Port>>8)) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return uint16(h >> 32)
}
