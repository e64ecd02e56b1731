// What a socket shows that the stack does not keep for it.
package inet

import (
	"sync"
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// extra is options and addresses the stack has no place for. Most sockets have
// none of the rare ones.
type extra struct {
	mu    sync.Mutex
	flags sockFlags
	// life is how far a connection reaches, which says how long it is
	// remembered. It is set before there is a connection.
	life lifeClass
	// setRecv and setSend are whether a program has set the buffer's size.
	setRecv, setSend atomic.Bool
	// attempt is the connecting that is under way, nil for none.
	attempt atomic.Pointer[attempt]
	// minTTL is IP_MINTTL, 0 when it is not set; zeroTTL says that datagrams
	// leave with a TTL of 0.
	minTTL  atomic.Int32
	zeroTTL atomic.Bool
	// picky says that the program chose how a port is picked.
	picky atomic.Bool
	// news says that the rare ones have some.
	news atomic.Bool
	// more is nil until one of the options is set.
	more *rare
}

// rare is options that few sockets have. The mutex of extra protects it.
type rare struct {
	// peer is whom a raw socket is connected to.
	peer    tcpip.FullAddress
	hasPeer bool
	// minMTU is IPV6_USE_MIN_MTU.
	minMTU int32
	// portRange is IP_PORTRANGE.
	portRange   int32
	memberships int32
	// ttl is IP_TTL.
	ttl int32
	// maxSeg is TCP_MAXSEG, 0 when it is not set.
	maxSeg int32
	// groups are endpoints that have the multicast options of IPv4 and IPv6, nil
	// when the socket's own has.
	groups [2]tcpip.Endpoint
	// What is kept of IP_PORTALGO, IPV6_FAITH, IPV6_PREFER_TEMPADDR,
	// IPV6_DONTFRAG, IP_RECVOPTS and IP_RECVRETOPTS.
	portAlgo, faith, tempAddr, dontFrag, recvOpts, recvRetOpts int32
	// pktinfo is IPV6_PKTINFO, all 0 when there is none.
	pktinfo abi.In6Pktinfo
	// headers are extension headers of all packets, nil for none.
	headers *headers
	// news is what IPV6_RECVPATHMTU has brought, the oldest first.
	news []pathNews
	// keepInit is TCP_KEEPINIT in seconds, 0 when it is not set.
	keepInit uint32
	// keep is what is known of a connection that is kept alive.
	keep *keeper
}

// sockFlags are control messages wanted, and options that have been set.
type sockFlags uint16

const (
	recvDstAddr sockFlags = 1 << iota
	recvPktInfo
	pktInfo
	recvIf
	recvTTL
	recvHop
	recvDst
	recvRoute
	recvMTU
	// setIdle, setInterval and setCount say that a program has chosen the
	// times of keepalive.
	setIdle
	setInterval
	setCount
	// gaveUp says that connecting took too long.
	gaveUp
)

// wantsInfo are those that need the address a packet came to.
const wantsInfo = recvDstAddr | recvPktInfo | pktInfo | recvIf

// settled returns the rare options, which are those of a new socket when none
// was set. Preconditions: x.mu is held.
func (x *extra) settled() rare {
	if x.more == nil {
		return rare{minMTU: -1, portAlgo: noPortAlgo, tempAddr: -1, ttl: noTTL}
	}
	return *x.more
}

// get returns the rare options.
func (x *extra) get() rare {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.settled()
}

// amend changes the rare options.
func (x *extra) amend(fn func(*rare)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.more == nil {
		r := x.settled()
		x.more = &r
	}
	fn(x.more)
}

// close ends what only the multicast options need.
func (x *extra) close() {
	for _, ep := range x.get().groups {
		if ep != nil {
			ep.Close()
		}
	}
}

func (x *extra) setPeer(a tcpip.FullAddress) {
	x.amend(func(r *rare) { r.peer, r.hasPeer = a, true })
}

func (x *extra) clearPeer() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.more != nil {
		x.more.peer, x.more.hasPeer = tcpip.FullAddress{}, false
	}
}

func (x *extra) peerAddr() (tcpip.FullAddress, bool) {
	r := x.get()
	return r.peer, r.hasPeer
}

func (x *extra) wants(f sockFlags) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.flags&f != 0
}

func (x *extra) want(f sockFlags, on bool) sockFlags {
	x.mu.Lock()
	defer x.mu.Unlock()
	if on {
		x.flags |= f
	} else {
		x.flags &^= f
	}
	return x.flags
}
