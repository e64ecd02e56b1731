// Package local is AF_LOCAL sockets: streams, datagrams and messages in order
// between processes of one kernel, with descriptors and credentials beside the
// data (unix(4)). Pairs need nothing else; names come from a file system,
// which the component net/local/names brings.
package local

import (
	"sync"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Doc is the component's line in listings.
const Doc = "AF_LOCAL sockets, with descriptors in messages"

// Local is the local sockets of one kernel.
type Local struct {
	net *net.Net

	// mu protects which ends there are and how they belong together: it is
	// held while flight.mu is, and while an inbox is locked never taken.
	mu    sync.Mutex
	names Names
	ends  map[*end]struct{}
	inode uint64

	flight flight
}

// Names is where sockets have names: a file system.
type Names interface {
	// Bind makes path the name of sock, and returns what ends that: the name
	// itself stays. EADDRINUSE when it is there.
	Bind(l *proc.LWP, path string, sock any) (release func(), err error)
	// Find returns what has the name path: ENOTSOCK, EACCES, ECONNREFUSED.
	Find(l *proc.LWP, path string) (any, error)
}

// Attach enters AF_LOCAL.
func Attach(n *net.Net) (*Local, error) {
	lo := &Local{net: n, ends: map[*end]struct{}{}}
	lo.flight.init()
	f := &net.Family{AF: abi.AF_LOCAL, Name: "local", Protocols: []net.Protocol{
		{Type: abi.SOCK_STREAM, Traits: net.Connected | net.Listens},
		{Type: abi.SOCK_SEQPACKET, Traits: net.Connected | net.Atomic | net.Listens},
		{Type: abi.SOCK_DGRAM, Traits: net.Atomic},
	}}
	for i := range f.Protocols {
		typ := f.Protocols[i].Type
		f.Protocols[i].New = func(*proc.LWP, int32) (net.Endpoint, error) { return lo.newEnd(typ), nil }
		f.Protocols[i].Pair = func(l *proc.LWP) (net.Endpoint, net.Endpoint, error) {
			a, b := lo.pair(l, typ)
			return a, b, nil
		}
	}
	lo.sysctl(n.Base.Sysctl.Root())
	return lo, n.Register(f)
}

// Detach takes AF_LOCAL out. Descriptors that were still on their way are
// closed: nobody can receive them.
func Detach(lo *Local) {
	lo.net.Unregister(abi.AF_LOCAL)
	lo.collect(nil)
}

// SetNames says where names are, nil for nowhere.
func (lo *Local) SetNames(n Names) {
	lo.mu.Lock()
	defer lo.mu.Unlock()
	lo.names = n
}
