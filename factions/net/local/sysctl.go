// Listings of local sockets below net.local (sysctl(7)).
package local

import (
	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

func (lo *Local) sysctl(root *sysctl.Node) {
	top := root.Node(abi.CTL_NET, "net", "Networking").Node(abi.PF_LOCAL, "local", "Local sockets")
	for _, k := range [...]struct {
		typ        int32
		name, desc string
	}{
		{abi.SOCK_STREAM, "stream", "Local streams"}, {abi.SOCK_SEQPACKET, "seqpacket", "Local messages in order"},
		{abi.SOCK_DGRAM, "dgram", "Local datagrams"},
	} {
		net.AddPcblist(top.Node(k.typ, k.name, k.desc), sysctl.Auto, k.desc,
			func(*proc.LWP) []abi.KinfoPcb { return lo.pcbs(k.typ) })
	}
}

// pcbs lists the sockets of a type.
func (lo *Local) pcbs(typ int32) (list []abi.KinfoPcb) {
	lo.mu.Lock()
	defer lo.mu.Unlock()
	for e := range lo.ends {
		if e.typ == typ {
			list = append(list, lo.pcb(e))
		}
	}
	return list
}

// pcb describes e. Numbers made when the socket is first listed stand for
// addresses in memory. Preconditions: lo.mu is held.
func (lo *Local) pcb(e *end) abi.KinfoPcb {
	state := e.state.Load()
	k := abi.KinfoPcb{
		Pcbaddr: lo.number(e), Sockaddr: lo.number(e), Family: abi.AF_LOCAL, Type: uint32(e.typ),
		Rcvq: uint64(e.in.bytes()), Inode: e.inode,
		Sostate: net.PcbState(e.listens, state == connecting, state == connected, state == disconnected),
	}
	copy(k.S[:], orNone(e.addr))
	if p := e.peer.Load(); p != nil {
		k.Conn = lo.number(p)
		copy(k.D[:], orNone(p.addr))
	}
	return k
}

// number returns the inode number of e, which it gets now if it has none.
// Preconditions: lo.mu is held.
func (lo *Local) number(e *end) uint64 {
	if e.inode == 0 {
		lo.inode++
		e.inode = lo.inode
	}
	return e.inode
}

func orNone(addr []byte) []byte {
	if addr == nil {
		return noName
	}
	return addr
}
