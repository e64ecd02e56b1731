// Socket buffers as a resource of users (RLIMIT_SBSIZE): a socket's are charged
// to who made it.
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// charge has the socket's maker, whose id is uid, hold recv and send bytes of
// buffers: ENOBUFS when that is more than p may have its users hold.
func (s *Socket) charge(p *proc.Proc, recv, send int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	more := int64(recv) + int64(send) - s.charged
	if !p.ChargeSockbuf(s.uid, more) {
		return abi.ENOBUFS
	}
	s.charged += more
	return nil
}

// discharge gives back what was charged.
func (s *Socket) discharge() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.net.Base.Procs.Charge(s.uid, proc.UserSockbufs, -s.charged, 0)
	s.charged = 0
}
