// What programs that embed a kernel do to processes and no client can.
package proc

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// SetID overwrites the ids of l and of its process (rump_pub_allbetsareoff_
// setid): for servers that mirror the processes of somewhere else. The kernel
// finds the process by its own id still; nothing keeps two from having the
// same. Preconditions: no call of the process is in progress.
func (l *LWP) SetID(pid, lid int32) { l.proc.Pid, l.lid = pid, lid }

// Proxy performs the calls of a process in the kernel's stead. The error is an
// abi.Errno.
type Proxy func(l *LWP, num int, f *sysent.Frame) error

// SetProxy hands the calls of the process to fn, once: EBUSY when they are
// handed to somebody already. nil takes them back. Children are served by the
// kernel.
func (p *Proc) SetProxy(fn Proxy) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if fn == nil {
		p.proxy.Store(nil)
	} else if !p.proxy.CompareAndSwap(nil, &fn) {
		return abi.EBUSY
	}
	for _, l := range p.lwps {
		if fn == nil {
			l.attn.And(^uint32(attnProxy))
		} else {
			l.attn.Or(attnProxy)
		}
	}
	return nil
}

// Proxy returns who performs the calls of l, nil when the kernel does.
func (l *LWP) Proxy() Proxy {
	if l.attn.Load()&attnProxy == 0 {
		return nil
	}
	if fn := l.proc.proxy.Load(); fn != nil {
		return *fn
	}
	return nil
}

// attn is what new lwps of p have to look at. Preconditions: p.mu is held.
func (p *Proc) attn() (attn uint32) {
	if p.proxy.Load() != nil {
		attn |= attnProxy
	}
	if p.sigPend.Load() != 0 {
		attn |= attnSig
	}
	if p.timed {
		attn |= attnTime
	}
	return attn
}
