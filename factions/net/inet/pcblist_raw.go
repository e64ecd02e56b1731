// The raw sockets, for netstat(1): the stack has no list of them.
package inet

import (
	"slices"
	"sync"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// rawSockets is the open raw sockets, in the order they were made.
type rawSockets struct {
	mu   sync.Mutex
	list []*endpoint
}

func (r *rawSockets) add(e *endpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, e)
}

func (r *rawSockets) remove(e *endpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := slices.Index(r.list, e); i >= 0 {
		r.list = slices.Delete(r.list, i, i+1)
	}
}

// addRaw makes the node of one family's raw sockets.
func (in *Inet) addRaw(family *sysctl.Node, name string, v6 bool) *sysctl.Node {
	n := family.Node(abi.IPPROTO_RAW, name, "Raw sockets")
	net.AddPcblist(n, sysctl.Auto, "Raw sockets", func(*proc.LWP) []abi.KinfoPcb { return in.rawPcbs(v6) })
	return n
}

// rawPcbs lists the raw sockets of a family, those made last first.
func (in *Inet) rawPcbs(v6 bool) (list []abi.KinfoPcb) {
	in.rawList.mu.Lock()
	all := slices.Clone(in.rawList.list)
	in.rawList.mu.Unlock()
	slices.Reverse(all)
	for _, e := range all {
		if e.v6 == v6 {
			list = append(list, e.rawPcb())
		}
	}
	return list
}

// rawPcb describes a raw socket. Whom it is connected to is not told.
func (e *endpoint) rawPcb() abi.KinfoPcb {
	k := abi.KinfoPcb{Family: abi.AF_INET, Type: abi.SOCK_RAW, Protocol: uint32(e.number)}
	if e.v6 {
		k.Family = abi.AF_INET6
	}
	recv, send := e.Queued()
	_, connected := e.extra.peerAddr()
	k.Rcvq, k.Sndq, k.Sostate = uint64(recv), uint64(send), net.PcbState(false, false, connected, false)
	local, err := e.ep.GetLocalAddress()
	if err != nil {
		local = tcpip.FullAddress{}
	}
	local.Port = 0
	copy(k.S[:], appendAddr(nil, local, e.v6))
	return k
}
