// What a socket shows that the stack does not keep for it.
package inet

import (
	"sync"
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip"
)

// extra is options and addresses the stack has no place for.
type extra struct {
	mu sync.Mutex
	// peer is whom a raw socket is connected to.
	peer    tcpip.FullAddress
	hasPeer bool
	flags   recvFlags
	// minMTU is IPV6_USE_MIN_MTU.
	minMTU int32
	// portRange is IP_PORTRANGE.
	portRange   int32
	memberships int32
	// setRecv and setSend are whether a program has set the buffer's size.
	setRecv, setSend atomic.Bool
}

// recvFlags are the control messages wanted.
type recvFlags uint8

const (
	recvDstAddr recvFlags = 1 << iota
	recvPktInfo
	pktInfo
	recvIf
)

func (x *extra) init() { x.minMTU = -1 }

func (x *extra) setPeer(a tcpip.FullAddress) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.peer, x.hasPeer = a, true
}

func (x *extra) clearPeer() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.peer, x.hasPeer = tcpip.FullAddress{}, false
}

func (x *extra) peerAddr() (tcpip.FullAddress, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.peer, x.hasPeer
}

func (x *extra) wants(f recvFlags) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.flags&f != 0
}

func (x *extra) want(f recvFlags, on bool) recvFlags {
	x.mu.Lock()
	defer x.mu.Unlock()
	if on {
		x.flags |= f
	} else {
		x.flags &^= f
	}
	return x.flags
}
