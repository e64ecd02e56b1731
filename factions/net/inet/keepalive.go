// Connections that are kept alive: their times, and the reset that tells the
// peer of one that was given up, for which the stack says nothing.
package inet

import (
	"sync"
	"sync/atomic"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// keeper is a connection that is kept alive, and what is known of the last
// segment that it sent without data: its numbers, and how many segments had
// come and gone by then. When the stack gives a connection up that has been
// silent since, that segment was a probe.
type keeper struct {
	id         stack.TransportEndpointID
	stats      *tcp.Stats
	seq, ack   atomic.Uint32
	heard, was atomic.Uint64
}

// keepers is all connections that are kept alive.
type keepers struct {
	mu   sync.RWMutex
	list map[stack.TransportEndpointID]*keeper
	some atomic.Bool
}

// see is told of each segment that leaves.
func (k *keepers) see(pkt *stack.PacketBuffer, h header.TCP, local, remote tcpip.Address) {
	if pkt.Data().Size() != 0 || h.Flags() != header.TCPFlagAck {
		return
	}
	id := stack.TransportEndpointID{LocalPort: h.SourcePort(), LocalAddress: local, RemotePort: h.DestinationPort(), RemoteAddress: remote}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if c := k.list[id]; c != nil {
		c.seq.Store(h.SequenceNumber())
		c.ack.Store(h.AckNumber())
		c.heard.Store(c.stats.SegmentsReceived.Value())
		c.was.Store(c.stats.SegmentsSent.Value())
	}
}

// keep begins to watch a connection that is to be kept alive, if it is one. The
// stack may have the connection locked.
func (e *endpoint) keep() {
	if e.kind != kindTCP || !e.ep.SocketOptions().GetKeepAlive() || !e.connected() {
		return
	}
	ep, ok := e.ep.(*tcp.Endpoint)
	if !ok {
		return
	}
	stats, ok := ep.Stats().(*tcp.Stats)
	if !ok {
		return
	}
	c := &keeper{id: ep.TransportEndpointInfo.ID, stats: stats} // it has no other name any more
	first := false
	e.extra.amend(func(r *rare) {
		if first = r.keep == nil; first {
			r.keep = c
		}
	})
	if !first {
		return
	}
	k := &e.in.keepers
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.list == nil {
		k.list = map[stack.TransportEndpointID]*keeper{}
	}
	k.list[c.id] = c
	k.some.Store(true)
}

// unkeep ends the watch, and returns what was watched, nil for nothing.
func (e *endpoint) unkeep() (c *keeper) {
	e.extra.mu.Lock()
	if r := e.extra.more; r != nil {
		c, r.keep = r.keep, nil
	}
	e.extra.mu.Unlock()
	if c == nil {
		return nil
	}
	k := &e.in.keepers
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.list[c.id] == c {
		delete(k.list, c.id)
	}
	k.some.Store(len(k.list) > 0)
	return c
}

// lost is called when a connection has failed: the peer of one that was given
// up for its silence is told. The stack may have the connection locked.
func (e *endpoint) lost() {
	c := e.unkeep()
	if c != nil && c.ack.Load() != 0 && c.stats.SegmentsReceived.Value() == c.heard.Load() && c.stats.SegmentsSent.Value() <= c.was.Load()+1 {
		e.reset(c.id, c.seq.Load()+1, c.ack.Load())
	}
}

// reset sends a segment that ends a connection. Nothing comes of it when there
// is no way any more.
func (e *endpoint) reset(id stack.TransportEndpointID, seq, ack uint32) {
	h := header.TCP(make([]byte, header.TCPMinimumSize))
	h.Encode(&header.TCPFields{SrcPort: id.LocalPort, DstPort: id.RemotePort, SeqNum: seq, AckNum: ack,
		DataOffset: header.TCPMinimumSize, Flags: header.TCPFlagRst | header.TCPFlagAck})
	sendSegment(e.stack, number(id.LocalAddress.Len() == 16), id, h,
		stack.NetworkHeaderParams{Protocol: tcp.ProtocolNumber, TTL: defaultTTL})
}

// sendSegment sends a segment of which there is the header, but for its
// checksum. Nothing comes of it when there is no way any more.
func sendSegment(s *stack.Stack, net tcpip.NetworkProtocolNumber, id stack.TransportEndpointID, h header.TCP, how stack.NetworkHeaderParams) {
	r, err := s.FindRoute(0, id.LocalAddress, id.RemoteAddress, net, false)
	if err != nil {
		return
	}
	defer r.Release()
	pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{ReserveHeaderBytes: len(h) + int(r.MaxHeaderLength())})
	defer pkt.DecRef()
	pkt.TransportProtocolNumber = tcp.ProtocolNumber
	h.SetChecksum(0)
	sum := header.PseudoHeaderChecksum(tcp.ProtocolNumber, id.LocalAddress, id.RemoteAddress, uint16(len(h)))
	h.SetChecksum(^checksum.Checksum(h, sum))
	copy(pkt.TransportHeader().Push(len(h)), h)
	_ = r.WritePacket(how, pkt)
}

// keepTimes gives a connection that is to be kept alive the times that
// sysctl(8) has set, except those that the program chose.
func (e *endpoint) keepTimes() {
	t := &e.in.set
	if !e.extra.wants(setIdle) {
		_ = e.ep.SetSockOpt(ptr(tcpip.KeepaliveIdleOption(time.Duration(t.keepIdle.Load()) * halfSecond)))
	}
	if !e.extra.wants(setInterval) {
		_ = e.ep.SetSockOpt(ptr(tcpip.KeepaliveIntervalOption(time.Duration(t.keepInterval.Load()) * halfSecond)))
	}
	if !e.extra.wants(setCount) {
		_ = e.setInt(tcpip.KeepaliveCountOption, int(t.keepCount.Load()))
	}
}

// maxKeep bounds the times of keepalive, in seconds.
const maxKeep = 1 << 30

// setKeep sets a time of keepalive in seconds, or the number of probes: EINVAL
// for 0.
func (e *endpoint) setKeep(name int32, v uint32) error {
	if v == 0 {
		return abi.EINVAL
	}
	v = min(v, maxKeep)
	d := time.Duration(v) * time.Second
	switch name {
	case abi.TCP_KEEPIDLE:
		e.extra.want(setIdle, true)
		return errno(e.ep.SetSockOpt(ptr(tcpip.KeepaliveIdleOption(d))))
	case abi.TCP_KEEPINTVL:
		e.extra.want(setInterval, true)
		return errno(e.ep.SetSockOpt(ptr(tcpip.KeepaliveIntervalOption(d))))
	case abi.TCP_KEEPCNT:
		e.extra.want(setCount, true)
		return e.setInt(tcpip.KeepaliveCountOption, int(v))
	}
	e.extra.amend(func(r *rare) { r.keepInit = v })
	return nil
}

// getKeep returns what setKeep sets: EINVAL for what it does not know.
func (e *endpoint) getKeep(name int32) ([]byte, error) {
	t := &e.in.set
	for _, o := range [...]struct {
		name int32
		set  sockFlags
		half bool
		v    *atomic.Int32
	}{{abi.TCP_KEEPIDLE, setIdle, true, &t.keepIdle}, {abi.TCP_KEEPINTVL, setInterval, true, &t.keepInterval}, {abi.TCP_KEEPCNT, setCount, false, &t.keepCount}} {
		if o.name != name || e.extra.wants(o.set) {
			continue
		}
		v := o.v.Load()
		if o.half {
			v /= 2
		}
		return net.Value(v), nil
	}
	switch name {
	case abi.TCP_KEEPIDLE:
		var d tcpip.KeepaliveIdleOption
		return seconds(&d, e.ep.GetSockOpt(&d))
	case abi.TCP_KEEPINTVL:
		var d tcpip.KeepaliveIntervalOption
		return seconds(&d, e.ep.GetSockOpt(&d))
	}
	return e.getInt(tcpip.KeepaliveCountOption)
}
