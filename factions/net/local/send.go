// Sending.
package local

import (
	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Send implements net.Endpoint.
func (e *end) Send(l *proc.LWP, m *net.Message) (int, error) {
	if e.cantSend.Load() {
		return 0, abi.EPIPE
	}
	to, err := e.target(l, m)
	if err != nil {
		return 0, err
	}
	if m.Flags&abi.MSG_OOB != 0 {
		return 0, abi.EOPNOTSUPP
	}
	if len(m.Control) > int(e.sndLimit.Load()) {
		return 0, abi.EMSGSIZE
	}
	room, err := e.room(to, m)
	if err != nil || room == 0 && len(m.Data) > 0 {
		return 0, err
	}
	r := record{data: m.Data[:room], eor: m.Flags&abi.MSG_EOR != 0 && room == len(m.Data)}
	if len(m.Control) > 0 {
		if r.rights, err = e.lo.take(l, m.Control); err != nil {
			return 0, err
		}
	}
	return e.deliver(l, to, r)
}

// target returns the end to send to: ENOTCONN, EDESTADDRREQ or EISCONN when
// that is not settled.
func (e *end) target(l *proc.LWP, m *net.Message) (*end, error) {
	state := e.state.Load() // changes after cantSend and before peer
	p := e.peer.Load()
	if e.joined() {
		switch {
		case state == connected && p != nil:
			return p, nil
		case e.cantSend.Load():
			return nil, abi.EPIPE
		}
		return nil, abi.ENOTCONN
	}
	if p == nil {
		if err := e.TakeError(); err != nil {
			return nil, err
		}
	}
	switch {
	case m.Name == nil && p == nil:
		return nil, abi.EDESTADDRREQ
	case m.Name == nil:
		return p, nil
	case p != nil:
		return nil, abi.EISCONN
	}
	return e.find(l, m.Name)
}

// room returns how much of m can be sent: EWOULDBLOCK when that is not enough
// (SO_SNDLOWAT), EMSGSIZE for a message that is too long.
func (e *end) room(to *end, m *net.Message) (int, error) {
	limit := int(e.sndLimit.Load())
	if e.typ != abi.SOCK_STREAM && len(m.Data) > limit {
		return 0, abi.EMSGSIZE
	}
	if e.typ == abi.SOCK_DGRAM {
		return len(m.Data), nil
	}
	space := limit - to.in.bytes()
	want := len(m.Data) + len(m.Control)
	switch {
	case space >= want:
		return len(m.Data), nil
	case e.typ == abi.SOCK_SEQPACKET && to.in.bytes() > 0,
		e.typ == abi.SOCK_STREAM && (space < e.low(limit) || space <= len(m.Control)):
		return 0, abi.EWOULDBLOCK
	case e.typ == abi.SOCK_SEQPACKET:
		return len(m.Data), nil
	}
	return space - len(m.Control), nil
}

// low is SO_SNDLOWAT, which is never above the buffer's size.
func (e *end) low(limit int) int {
	if s := e.sock.Load(); s != nil {
		return min(s.SendLow(), limit)
	}
	return limit
}

// deliver puts r into to's inbox, with the credentials it asks for.
func (e *end) deliver(l *proc.LWP, to *end, r record) (int, error) {
	if to.wantCred.Load() {
		r.control = credentials(l)
		if e.joined() {
			to.wantCred.Store(false)
		}
	}
	if e.typ == abi.SOCK_DGRAM {
		r.from = e.name()
	} else if len(r.data) == 0 && !r.beside() {
		return 0, nil // readers would pass it over
	}
	fl := &e.lo.flight
	if r.rights != nil {
		fl.mu.Lock()
	}
	taken, err := e.put(to, r)
	if r.rights != nil {
		fl.mu.Unlock()
		if !taken {
			fl.cancel(len(r.rights))
			e.lo.discard(r.rights)
		}
	}
	if err != nil {
		return 0, err
	}
	to.notify(abi.POLLIN)
	return len(r.data), nil
}

// put queues r: ECONNREFUSED or EPIPE when to has just been closed, ENOBUFS
// when a datagram finds no room. What comes after SHUT_RD is thrown away.
// Preconditions: flight.mu is held if r has descriptors.
func (e *end) put(to *end, r record) (taken bool, err error) {
	q := &to.in
	q.mu.Lock()
	defer q.mu.Unlock()
	datagram := e.typ == abi.SOCK_DGRAM
	switch {
	case q.shut && datagram && !to.cantRecv.Load():
		return false, abi.ECONNREFUSED
	case q.shut && datagram:
		return false, abi.ENOBUFS
	case q.shut && e.cantSend.Load():
		return false, abi.EPIPE
	case q.shut:
		return false, nil
	case datagram && q.held+r.size() > q.limit:
		q.overflowed++
		return false, abi.ENOBUFS
	}
	if r.rights != nil {
		e.lo.flight.sent(to, r.rights)
	}
	q.put(r, e.typ == abi.SOCK_STREAM)
	return true, nil
}

// credentials returns a control message with those of l (SCM_CREDS).
func credentials(l *proc.LWP) []byte {
	c := l.Cred()
	head := abi.Sockcred{
		Pid: l.Proc().Pid, Uid: c.Ruid, Euid: c.Euid, Gid: c.Rgid, Egid: c.Egid, Ngroups: int32(len(c.Groups)),
	}
	b := append([]byte(nil), usermem.BytesOf(&head)...)
	if len(c.Groups) > 0 {
		b = append(b[:len(b)-4], usermem.BytesOfSlice(c.Groups)...)
	}
	return net.AppendControl(nil, abi.SOL_SOCKET, abi.SCM_CREDS, b)
}

// take returns the files that a control message with descriptors names, each
// with a reference: EINVAL for another message, EBADF for a descriptor that is
// not open or is a kqueue, EAGAIN when too many are on their way.
func (lo *Local) take(l *proc.LWP, control []byte) (files []*file.File, err error) {
	level, typ, data, _, err := net.NextControl(control)
	if err != nil || level != abi.SOL_SOCKET || typ != abi.SCM_RIGHTS {
		return nil, abi.EINVAL
	}
	files = make([]*file.File, 0, len(data)/4)
	for ; len(data) >= 4; data = data[4:] {
		fd, _ := net.Int(data[:4])
		f, err := file.Get(l, fd)
		if err == nil && f.Kind == file.KindKqueue {
			_ = f.Drop(l)
			err = abi.EBADF
		}
		if err == nil && !lo.flight.reserve() {
			_ = f.Drop(l)
			err = abi.EAGAIN
		}
		if err != nil {
			lo.flight.cancel(len(files))
			for _, f := range files {
				_ = f.Drop(l)
			}
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}
