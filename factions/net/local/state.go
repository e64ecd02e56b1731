// What an end tells of itself, and its options.
package local

import (
	"slices"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Poll implements net.Endpoint.
func (e *end) Poll() (m event.Mask) {
	e.lo.mu.Lock()
	failed, waiting := e.err != nil, len(e.pending) > 0
	e.lo.mu.Unlock()
	e.in.mu.Lock()
	held, whole := len(e.in.queue) > 0, e.in.whole()
	e.in.mu.Unlock()
	ended := e.cantRecv.Load()
	if held || ended || failed || waiting {
		m |= abi.POLLIN
	}
	if ended || failed || whole {
		m |= abi.POLLHUP
	}
	if failed || e.writable() {
		m |= abi.POLLOUT
	}
	return m
}

// writable reports that sending would not block.
func (e *end) writable() bool {
	limit := int(e.sndLimit.Load())
	switch p := e.peer.Load(); {
	case e.cantSend.Load() || !e.joined():
		return true
	case p == nil || e.state.Load() != connected:
		return false
	default:
		return limit-p.in.bytes() >= e.low(limit)
	}
}

// Ended implements net.Endpoint.
func (e *end) Ended() (recv, send bool) { return e.cantRecv.Load(), e.cantSend.Load() }

// Queued implements net.Endpoint. Addresses and control messages count.
func (e *end) Queued() (recv, send int) {
	e.lo.mu.Lock()
	waiting := len(e.pending)
	e.lo.mu.Unlock()
	if waiting > 0 {
		return waiting, 0
	}
	recv = e.in.bytes()
	if p := e.peer.Load(); p != nil && e.joined() {
		send = p.in.bytes()
	}
	return recv, send
}

// Buffers implements net.Endpoint.
func (e *end) Buffers() (recv, send int) {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	return e.in.limit, int(e.sndLimit.Load())
}

// TakeError implements net.Endpoint.
func (e *end) TakeError() error {
	e.lo.mu.Lock()
	defer e.lo.mu.Unlock()
	err := e.err
	e.err = nil
	return err
}

// Stat implements net.Stater.
func (e *end) Stat(st *abi.Stat) {
	e.lo.mu.Lock()
	defer e.lo.mu.Unlock()
	made := abi.Timespec{Sec: e.madeAtNs / 1e9, Nsec: e.madeAtNs % 1e9}
	st.Atim, st.Mtim, st.Ctim = made, made, made
	st.Dev, st.Ino = ^uint64(0), e.lo.number(e)
}

// SetOption implements net.Endpoint: the sizes of buffers, and level 0.
func (e *end) SetOption(_ *proc.LWP, level, name int32, val []byte) error {
	size := level == abi.SOL_SOCKET && (name == abi.SO_RCVBUF || name == abi.SO_SNDBUF)
	own := level == 0 && (name == abi.LOCAL_CREDS || name == abi.LOCAL_CONNWAIT)
	if !size && !own {
		return abi.ENOPROTOOPT
	}
	v, err := net.Int(val)
	if err != nil {
		return err
	}
	switch {
	case own && name == abi.LOCAL_CREDS:
		e.wantCred.Store(v != 0)
	case own:
		e.connWait.Store(v != 0)
	case name == abi.SO_RCVBUF:
		e.in.mu.Lock()
		e.in.limit = int(v)
		e.in.mu.Unlock()
	default:
		e.sndLimit.Store(v)
	}
	return nil
}

// Option implements net.Endpoint. LOCAL_PEEREID is EINVAL until connected.
func (e *end) Option(level, name int32) ([]byte, error) {
	switch {
	case level == abi.SOL_SOCKET && name == abi.SO_OVERFLOWED:
		e.in.mu.Lock()
		defer e.in.mu.Unlock()
		return net.Value(e.in.overflowed), nil
	case level == 0 && name == abi.LOCAL_CREDS:
		return net.FromBool(e.wantCred.Load()), nil
	case level == 0 && name == abi.LOCAL_PEEREID:
		e.lo.mu.Lock()
		defer e.lo.mu.Unlock()
		if !e.hasID {
			return nil, abi.EINVAL
		}
		return slices.Clone(usermem.BytesOf(&e.connID)), nil
	}
	return nil, abi.ENOPROTOOPT
}
