// ioctl(2) on sockets.
package net

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Ioctl implements file.Ops: the queues and the owner here, interfaces and
// routes in the protocol.
func (s *Socket) Ioctl(l *proc.LWP, f *file.File, cmd uint32, arg *file.Arg) error {
	put := func(v int) error {
		binary.LittleEndian.PutUint32(arg.Data, uint32(int32(v)))
		return nil
	}
	switch cmd {
	case abi.FIONBIO:
		if binary.LittleEndian.Uint32(arg.Data) != 0 {
			f.SetFlags(abi.O_NONBLOCK, 0)
		} else {
			f.SetFlags(0, abi.O_NONBLOCK)
		}
		return nil
	case abi.FIOASYNC:
		f.SetAsync(l, binary.LittleEndian.Uint32(arg.Data) != 0)
		return nil
	case abi.FIONREAD:
		recv, _ := s.ep.Queued()
		return put(recv)
	case abi.FIONWRITE:
		_, send := s.ep.Queued()
		return put(send)
	case abi.FIONSPACE:
		_, used := s.ep.Queued()
		_, room := s.ep.Buffers()
		return put(max(room-used, 0))
	case abi.SIOCATMARK:
		if s.atMark() {
			return put(1)
		}
		return put(0)
	case abi.FIOSETOWN, abi.SIOCSPGRP, abi.TIOCSPGRP:
		return f.SetOwner(l, cmd, int32(binary.LittleEndian.Uint32(arg.Data)))
	case abi.FIOGETOWN, abi.SIOCGPGRP:
		return put(int(f.Owner()))
	}
	return s.ep.Ioctl(l, cmd, arg)
}
