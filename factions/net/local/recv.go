// Receiving.
package local

import (
	"slices"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Recv implements net.Endpoint. A stream is read up to the next control
// message. Peeking gives further descriptors of the files.
func (e *end) Recv(_ *proc.LWP, m *net.Message) (int, error) {
	n, unwanted, err := e.receive(m)
	e.lo.discard(unwanted)
	if err == nil && m.Flags&abi.MSG_PEEK == 0 {
		e.peer.Load().notify(abi.POLLOUT)
	}
	return n, err
}

// receive also returns files that m does not want.
func (e *end) receive(m *net.Message) (n int, unwanted []*file.File, err error) {
	ended := e.cantRecv.Load() // before the look, as what came first counts
	q := &e.in
	q.mu.Lock()
	if len(q.queue) > 0 && q.rights > 0 {
		q.mu.Unlock()
		e.lo.flight.mu.Lock()
		defer e.lo.flight.mu.Unlock()
		q.mu.Lock()
	}
	if len(q.queue) == 0 {
		q.mu.Unlock()
		return 0, nil, e.nothing(ended)
	}
	defer q.mu.Unlock()
	if r := &q.queue[0]; r.rights != nil && m.WantControl {
		if err := m.Reserve(len(r.rights)); err != nil {
			return 0, e.strip(), err
		}
	}
	n, unwanted = e.fill(m)
	return n, unwanted, nil
}

// strip takes the files from the first record, and the record itself off
// unless a stream's data is left of it. Preconditions: as fill.
func (e *end) strip() (unwanted []*file.File) {
	r := &e.in.queue[0]
	unwanted = r.rights
	e.lo.flight.received(e, unwanted)
	before := r.size()
	r.rights = nil
	e.in.held -= before - r.size()
	if e.typ != abi.SOCK_STREAM || len(r.data) == 0 {
		e.in.drop()
	}
	return unwanted
}

// nothing is the outcome of reading an inbox that was empty; ended is whether
// the half had ended before. One that has since is looked at again: what came
// before the end counts.
func (e *end) nothing(ended bool) error {
	if err := e.TakeError(); err != nil {
		return err
	}
	state := e.state.Load()
	switch {
	case ended:
		return nil
	case e.cantRecv.Load():
	case e.joined() && state != connected && state != connecting:
		return abi.ENOTCONN
	}
	return abi.EWOULDBLOCK
}

// fill makes m the first record, or what m has room for. Preconditions:
// e.in.mu is held, and flight.mu if the record has descriptors.
func (e *end) fill(m *net.Message) (int, []*file.File) {
	r := &e.in.queue[0]
	n := copy(m.Data, r.data)
	if m.WantName && r.from != nil {
		m.Name = append(m.AppendName(), r.from...)
	}
	peek := m.Flags&abi.MSG_PEEK != 0
	unwanted := e.giveControl(m, r, peek)
	last := n == len(r.data)
	if r.eor && last {
		m.Out |= abi.MSG_EOR
	}
	if e.typ != abi.SOCK_STREAM && !last {
		m.Out |= abi.MSG_TRUNC
	}
	switch {
	case peek:
	case last || e.typ != abi.SOCK_STREAM:
		e.in.drop()
	default:
		r.data = r.data[n:]
		e.in.held -= n
	}
	return n, unwanted
}

// giveControl gives m what travels beside the data of r, and returns the files
// that m does not want.
func (e *end) giveControl(m *net.Message, r *record, peek bool) (unwanted []*file.File) {
	if m.WantControl {
		m.Control = append(m.Control, r.control...)
		m.Rights = slices.Clone(r.rights)
	}
	if peek {
		for _, f := range m.Rights {
			f.Hold()
		}
		return nil
	}
	if r.rights != nil {
		e.lo.flight.received(e, r.rights)
		if !m.WantControl {
			unwanted = r.rights
		}
	}
	before := r.size()
	r.control, r.rights = nil, nil
	e.in.held -= before - r.size()
	return unwanted
}
