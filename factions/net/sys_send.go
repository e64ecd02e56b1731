// sendto(2) and what the calls that send share.
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysSendto serves row 133, sendto.
func (n *Net) SysSendto(l *proc.LWP, s int32, buf usermem.InBuf, flags int32, to usermem.InBuf) (int, error) {
	so, f, err := Get(l, s)
	if err != nil {
		return 0, err
	}
	defer f.Drop(l)
	m := n.message()
	defer n.free(m)
	m.Flags = flags & abi.MSG_USERFLAGS
	if !to.IsNil() {
		if m.Name, err = copyinName(to.Mem, m.name[:]); err != nil {
			return 0, err
		}
	}
	return so.sendBuf(l, f, buf, m)
}

// sendChunk bounds what of a stream is copied in at a time.
const sendChunk = 256 << 10

// sendBuf sends the memory buf: a message whole, a stream in pieces when it
// has to be copied in.
func (s *Socket) sendBuf(l *proc.LWP, f *file.File, buf usermem.InBuf, m *Message) (int, error) {
	size := max(buf.Len(), 0)
	if buf.IsNil() && size > 0 {
		return 0, abi.EFAULT
	}
	if s.proto.Traits&Atomic != 0 {
		if _, room := s.ep.Buffers(); size > room {
			return 0, abi.EMSGSIZE
		}
	}
	if buf.IsLocal() || size <= sendChunk {
		data, err := buf.Get(size)
		if err != nil {
			return 0, err
		}
		m.Data = data
		return s.Send(l, f, m)
	}
	return s.sendPieces(l, f, buf, size, m)
}

func (s *Socket) sendPieces(l *proc.LWP, f *file.File, buf usermem.InBuf, size int, m *Message) (done int, err error) {
	for done < size {
		want := min(size-done, sendChunk)
		if m.Data, err = buf.Rest(done).Get(want); err != nil {
			break
		}
		var n int
		n, err = s.Send(l, f, m)
		done += n
		if err != nil || n < want {
			break
		}
	}
	if done > 0 && err != nil && partial(err) {
		err = nil
	}
	return done, err
}
