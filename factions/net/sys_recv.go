// recvfrom(2) and what the calls that receive share.
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysRecvfrom serves row 29, recvfrom.
func (n *Net) SysRecvfrom(l *proc.LWP, s int32, buf usermem.OutBuf, flags int32, from usermem.OutSized32) (int, error) {
	so, f, err := Get(l, s)
	if err != nil {
		return 0, err
	}
	defer f.Drop(l)
	m := n.message()
	defer n.free(m)
	m.Flags, m.WantName = flags&abi.MSG_USERFLAGS, !from.IsNil()
	got, err := so.recvBuf(l, f, buf, m)
	if err != nil {
		return 0, err
	}
	return got, copyoutName(from, m.Name)
}

// recvBuf receives into the memory buf. MSG_WAITALL goes on until it is full,
// however many pieces that takes.
func (s *Socket) recvBuf(l *proc.LWP, f *file.File, buf usermem.OutBuf, m *Message) (done int, err error) {
	size := max(buf.Len(), 0)
	for {
		part := buf.Rest(done)
		win, err := part.Window(size - done)
		if err != nil {
			return done, err
		}
		m.Data = win
		n, err := s.Recv(l, m, f.Nonblock())
		if cerr := part.Commit(win, n); err == nil {
			err = cerr
		}
		done += n
		if err != nil && done > 0 && partial(err) {
			return done, nil
		}
		if err != nil || n < len(win) || n == 0 || !s.wantsMore(m, done, size) {
			return done, err
		}
	}
}
