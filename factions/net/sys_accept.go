// accept(2) and paccept(2).
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysAccept serves row 30, accept. The new socket has the file flags of the
// listening one.
func (n *Net) SysAccept(l *proc.LWP, s int32, name usermem.OutSized32) (int32, error) {
	so, f, err := Get(l, s)
	if err != nil {
		return -1, err
	}
	defer f.Drop(l)
	return so.accept(l, f, name, 0, f.Flags()&(abi.O_NONBLOCK|abi.O_NOSIGPIPE))
}

// SysPaccept serves row 456, paccept. The new socket has the flags asked for.
// The mask has no effect, as the kernel holds no signals back.
func (n *Net) SysPaccept(l *proc.LWP, s int32, name usermem.OutSized32, mask usermem.In[abi.Sigset], flags int32) (int32, error) {
	so, f, err := Get(l, s)
	if err != nil {
		return -1, err
	}
	defer f.Drop(l)
	if !mask.IsNil() {
		if _, err := mask.Get(); err != nil {
			return -1, err
		}
	}
	return so.accept(l, f, name, flags, f.Flags()&abi.O_NOSIGPIPE)
}

// accept takes the next connection, waiting for one if it must.
func (s *Socket) accept(l *proc.LWP, f *file.File, name usermem.OutSized32, flags int32, more uint32) (int32, error) {
	switch {
	case s.proto.Traits&Listens == 0:
		return -1, abi.EOPNOTSUPP
	case !s.listening.Load():
		return -1, abi.EINVAL
	}
	// The descriptor is settled first: a connection once taken can't be put back.
	t := file.Of(l)
	fd, err := t.Reserve(l, 0)
	if err != nil {
		return -1, err
	}
	ep, err := s.nextConnection(l, f.Nonblock())
	if err != nil {
		t.Unreserve(fd)
		return -1, err
	}
	so, err := newSocket(l, s.net, s.family, s.proto, s.number, ep, &s.opts)
	if err != nil {
		t.Unreserve(fd)
		return -1, err
	}
	nf := so.newFile(more | fileFlags(flags))
	if err := so.tellPeer(name); err != nil {
		t.Unreserve(fd)
		_ = nf.Drop(l)
		return -1, err
	}
	t.Install(l, fd, nf, flags&abi.SOCK_CLOEXEC != 0)
	return fd, nil
}

func (s *Socket) nextConnection(l *proc.LWP, now bool) (ep Endpoint, err error) {
	err = s.block(l, &s.in, now, 0, func() error {
		if s.noRecv.Load() {
			return abi.ECONNABORTED
		}
		var err error
		ep, err = s.ep.Accept()
		return err
	})
	return ep, err
}

// tellPeer stores the peer's address, which is empty when it is gone already.
func (s *Socket) tellPeer(name usermem.OutSized32) error {
	if name.IsNil() {
		return nil
	}
	addr, err := s.ep.PeerAddr(nil)
	if err != nil {
		addr = nil
	}
	return copyoutName(name, addr)
}
