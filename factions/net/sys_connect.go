// bind(2), connect(2), listen(2), shutdown(2) and the names of both ends.
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysBind serves row 104, bind.
func (n *Net) SysBind(l *proc.LWP, s int32, name usermem.InBuf) error {
	so, f, err := Get(l, s)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	addr, err := copyinName(name.Mem, nil)
	if err != nil {
		return err
	}
	return so.ep.Bind(l, addr)
}

// SysConnect serves row 98, connect.
func (n *Net) SysConnect(l *proc.LWP, s int32, name usermem.InBuf) error {
	so, f, err := Get(l, s)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	addr, err := copyinName(name.Mem, nil)
	if err != nil {
		return err
	}
	return so.connect(l, addr, f.Nonblock())
}

// connect connects s and waits for the outcome unless now is set. A wait that
// is interrupted leaves the connection on its way.
func (s *Socket) connect(l *proc.LWP, addr []byte, now bool) error {
	if s.listening.Load() {
		return abi.EOPNOTSUPP
	}
	if s.ep.Connecting() {
		return abi.EALREADY
	}
	err := s.ep.Connect(l, addr)
	if err != abi.EINPROGRESS || now {
		return err
	}
	return s.block(l, &s.out, false, 0, func() error {
		if s.ep.Connecting() {
			return abi.EWOULDBLOCK
		}
		return s.takeError()
	})
}

// SysListen serves row 106, listen.
func (n *Net) SysListen(l *proc.LWP, s, backlog int32) error {
	so, f, err := Get(l, s)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	if err := so.ep.Listen(int(min(max(backlog, 0), abi.SOMAXCONN))); err != nil {
		return err
	}
	so.listening.Store(true)
	return nil
}

// SysShutdown serves row 134, shutdown.
func (n *Net) SysShutdown(l *proc.LWP, s, how int32) error {
	so, f, err := Get(l, s)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	if how < abi.SHUT_RD || how > abi.SHUT_RDWR {
		return abi.EINVAL
	}
	if err := so.ep.Shutdown(how); err != nil && err != abi.ENOTCONN {
		return err
	}
	if how != abi.SHUT_WR {
		so.noRecv.Store(true)
	}
	if how != abi.SHUT_RD {
		so.noSend.Store(true)
	}
	so.Notify(abi.POLLIN | abi.POLLOUT)
	return nil
}

// SysGetsockname serves row 32, getsockname.
func (n *Net) SysGetsockname(l *proc.LWP, fdes int32, asa usermem.OutSized32) error {
	so, f, err := Get(l, fdes)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	name, err := so.ep.LocalAddr(nil)
	if err != nil {
		return err
	}
	return copyoutName(asa, name)
}

// SysGetpeername serves row 31, getpeername.
func (n *Net) SysGetpeername(l *proc.LWP, fdes int32, asa usermem.OutSized32) error {
	so, f, err := Get(l, fdes)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	name, err := so.ep.PeerAddr(nil)
	if err != nil {
		return err
	}
	return copyoutName(asa, name)
}
