// socket(2) and socketpair(2).
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// typeFlags are the flags that may come with a socket's type.
const typeFlags = abi.SOCK_CLOEXEC | abi.SOCK_NONBLOCK | abi.SOCK_NOSIGPIPE

// splitType parts a type argument: EINVAL for unknown flags.
func splitType(arg int32) (typ, flags int32, err error) {
	flags = int32(uint32(arg) & abi.SOCK_FLAGS_MASK)
	if flags&^typeFlags != 0 {
		return 0, 0, abi.EINVAL
	}
	return arg &^ flags, flags, nil
}

// SysSocket30 serves row 394, __socket30.
func (n *Net) SysSocket30(l *proc.LWP, domain, typ, protocol int32) (int32, error) {
	typ, flags, err := splitType(typ)
	if err != nil {
		return -1, err
	}
	f, p, err := n.protocol(l, domain, typ, protocol)
	if err != nil {
		return -1, err
	}
	number := protocolNumber(p, protocol)
	ep, err := p.New(l, number)
	if err != nil {
		return -1, err
	}
	s, err := newSocket(l, n, f, p, number, ep, nil)
	if err != nil {
		return -1, err
	}
	return s.open(l, flags, 0)
}

func protocolNumber(p *Protocol, asked int32) int32 {
	if asked != 0 {
		return asked
	}
	return p.Number
}

// SysSocketpair serves row 135, socketpair.
func (n *Net) SysSocketpair(l *proc.LWP, domain, typ, protocol int32, rsv usermem.OutSlice[int32]) error {
	typ, flags, err := splitType(typ)
	if err != nil {
		return err
	}
	f, p, err := n.protocol(l, domain, typ, protocol)
	if err != nil {
		return err
	}
	if p.Pair == nil {
		return abi.EOPNOTSUPP
	}
	a, b, err := p.Pair(l)
	if err != nil {
		return err
	}
	number := protocolNumber(p, protocol)
	sa, err := newSocket(l, n, f, p, number, a, nil)
	if err != nil {
		b.Close()
		return err
	}
	sb, err := newSocket(l, n, f, p, number, b, nil)
	if err != nil {
		sa.release()
		return err
	}
	return openPair(l, sa, sb, flags, rsv)
}

// openPair gives both sockets descriptors and tells them to the caller.
func openPair(l *proc.LWP, a, b *Socket, flags int32, rsv usermem.OutSlice[int32]) error {
	afd, err := a.open(l, flags, 0)
	if err != nil {
		b.release()
		return err
	}
	bfd, err := b.open(l, flags, 0)
	if err != nil {
		_ = file.Of(l).Close(l, afd)
		return err
	}
	if err := rsv.Store(0, []int32{afd, bfd}); err != nil {
		_ = file.Of(l).Close(l, afd)
		_ = file.Of(l).Close(l, bfd)
		return err
	}
	return nil
}
