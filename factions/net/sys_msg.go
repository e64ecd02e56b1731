// sendmsg(2) and recvmsg(2).
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// maxControl is the longest control data, in bytes (an mbuf cluster).
const maxControl = 2048

// SysSendmsg serves row 28, sendmsg.
func (n *Net) SysSendmsg(l *proc.LWP, s int32, msg usermem.In[abi.Msghdr], flags int32) (int, error) {
	h, err := msg.Get()
	if err != nil {
		return 0, err
	}
	so, f, err := Get(l, s)
	if err != nil {
		return 0, err
	}
	defer f.Drop(l)
	return so.sendmsg(l, f, msg.Mem, &h, flags)
}

// sendmsg sends the message that h describes; pointers in h are found in m.
func (s *Socket) sendmsg(l *proc.LWP, f *file.File, m usermem.Mem, h *abi.Msghdr, flags int32) (int, error) {
	v, err := loadVector(m, h.Iov, h.Iovlen)
	if err != nil {
		return 0, err
	}
	out := Message{Flags: flags & abi.MSG_USERFLAGS}
	if h.Name != 0 {
		if out.Name, err = copyinName(m.Follow(h.Name, int(h.Namelen)), nil); err != nil {
			return 0, err
		}
	}
	if h.Control != 0 {
		if out.Control, err = copyinControl(m, h); err != nil {
			return 0, err
		}
	}
	return s.sendVector(l, f, v, &out)
}

// copyinControl returns the control messages: EINVAL for too many.
func copyinControl(m usermem.Mem, h *abi.Msghdr) ([]byte, error) {
	if h.Controllen > maxControl {
		return nil, abi.EINVAL
	}
	b := make([]byte, h.Controllen)
	return b, m.Follow(h.Control, len(b)).CopyIn(b)
}

// sendVector sends a vector: a message whole, a stream in pieces.
func (s *Socket) sendVector(l *proc.LWP, f *file.File, v vector, m *Message) (done int, err error) {
	chunk := sendChunk
	if s.proto.Traits&Atomic != 0 {
		if _, room := s.ep.Buffers(); v.size > room {
			return 0, abi.EMSGSIZE
		}
		chunk = max(v.size, 1)
	}
	for {
		want := min(v.size-done, chunk)
		if m.Data, err = v.gather(done, want); err != nil {
			break
		}
		var n int
		n, err = s.Send(l, f, m)
		done += n
		if err != nil || n < want || done >= v.size {
			break
		}
	}
	if done > 0 && err != nil && partial(err) {
		err = nil
	}
	return done, err
}

// SysRecvmsg serves row 27, recvmsg.
func (n *Net) SysRecvmsg(l *proc.LWP, s int32, msg usermem.InOut[abi.Msghdr], flags int32) (int, error) {
	h, err := msg.Get()
	if err != nil {
		return 0, err
	}
	so, f, err := Get(l, s)
	if err != nil {
		return 0, err
	}
	defer f.Drop(l)
	got, err := so.recvmsg(l, f, msg.Mem, &h, flags)
	if err != nil {
		return 0, err
	}
	return got, msg.Put(h)
}

// recvmsg receives the message that h describes and changes h to say what
// came; pointers in h are found in m.
func (s *Socket) recvmsg(l *proc.LWP, f *file.File, m usermem.Mem, h *abi.Msghdr, flags int32) (int, error) {
	v, err := loadVector(m, h.Iov, h.Iovlen)
	if err != nil {
		return 0, err
	}
	in := Message{Flags: flags & abi.MSG_USERFLAGS, WantName: h.Name != 0, WantControl: h.Control != 0, lwp: l}
	if in.WantControl {
		in.room = int(min(h.Controllen, maxControl))
	}
	got, err := s.recvVector(l, f, v, &in)
	if err != nil {
		in.dropRights(l)
		return 0, err
	}
	h.Flags = in.Flags | in.Out
	if err := in.giveControl(l, m, h); err != nil {
		return 0, err
	}
	if h.Name == 0 {
		return got, nil
	}
	if int32(h.Namelen) < 0 {
		return 0, abi.EINVAL
	}
	name := in.Name[:min(int(h.Namelen), len(in.Name))]
	h.Namelen = uint32(len(name))
	return got, m.Follow(h.Name, len(name)).CopyOut(name)
}

// recvVector receives into a vector.
func (s *Socket) recvVector(l *proc.LWP, f *file.File, v vector, m *Message) (int, error) {
	if len(v.parts) == 1 {
		return s.recvBuf(l, f, usermem.OutBuf{Mem: v.parts[0]}, m)
	}
	m.Data = make([]byte, min(v.size, usermem.MaxTransfer))
	n, err := s.Recv(l, m, f.Nonblock())
	if err != nil {
		return 0, err
	}
	return n, v.scatter(m.Data[:n])
}
