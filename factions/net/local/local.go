// Package local is AF_LOCAL sockets without names: what socketpair(2) makes.
// Names need a file system, and so are not served here.
package local

import (
	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Doc is the component's line in listings.
const Doc = "AF_LOCAL sockets: unnamed pairs"

// Local is the local sockets of one kernel.
type Local struct{ net *net.Net }

// Attach enters AF_LOCAL.
func Attach(n *net.Net) (*Local, error) {
	f := &net.Family{AF: abi.AF_LOCAL, Name: "local", Protocols: []net.Protocol{
		{Type: abi.SOCK_STREAM, Traits: net.Connected},
		{Type: abi.SOCK_SEQPACKET, Traits: net.Connected | net.Atomic},
		{Type: abi.SOCK_DGRAM, Traits: net.Atomic},
	}}
	for i := range f.Protocols {
		p := &f.Protocols[i]
		atomic := p.Traits&net.Atomic != 0
		connected := p.Traits&net.Connected != 0
		p.New = func(l *proc.LWP, _ int32) (net.Endpoint, error) {
			a, _ := newPair(l, atomic, connected)
			a.peer.gone = true
			a.lone = true
			return a, nil
		}
		p.Pair = func(l *proc.LWP) (net.Endpoint, net.Endpoint, error) {
			a, b := newPair(l, atomic, connected)
			return a, b, nil
		}
	}
	return &Local{net: n}, n.Register(f)
}

// Detach takes AF_LOCAL out.
func Detach(l *Local) { l.net.Unregister(abi.AF_LOCAL) }
