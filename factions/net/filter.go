// What kqueue(2) is told of sockets.
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
)

// Filter implements file.Filterer.
func (s *Socket) Filter(f *file.File, write bool) (r file.Readiness) {
	recv, sent := s.ep.Queued()
	endIn, endOut := s.ep.Ended()
	if write {
		_, room := s.ep.Buffers()
		r.Data = int64(max(room-sent, 0))
		r.EOF = endOut || s.noSend.Load()
		r.Ready = s.Poll(f, abi.POLLOUT) != 0
	} else {
		r.Data = int64(recv)
		r.EOF = !s.listening.Load() && (endIn || s.noRecv.Load())
		r.Ready = s.Poll(f, abi.POLLIN) != 0
	}
	if r.EOF {
		r.Fflags = uint32(s.pendingError())
	}
	return r
}
