// The writing end, and the ioctls of both.
package pipe

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

type writer Pipe

// Read is never called: the file is not open for reading.
func (w *writer) Read(*proc.LWP, *file.File, []byte) (int, error) { return 0, abi.EBADF }

// Write writes all of b, waiting for room. At most PIPE_BUF bytes go in one
// piece. What went in is told along with the error: EPIPE without a reader,
// EAGAIN, EINTR, ENOMEM when there is no memory for what nobody reads yet.
func (w *writer) Write(l *proc.LWP, f *file.File, b []byte) (done int, err error) {
	p := (*Pipe)(w)
	p.mu.Lock()
	for {
		if p.readers == 0 {
			err = abi.EPIPE
			break
		}
		if p.writers == 0 { // closed while it was about to be written
			err = abi.EBADF
			break
		}
		if done += p.fill(b[done:], len(b) <= abi.PIPE_BUF); done == len(b) {
			break
		}
		if f.Nonblock() {
			if err = abi.EAGAIN; p.ring == nil && done == 0 {
				err = abi.ENOMEM
			}
			break
		}
		if err = p.pause(l, done); err != nil {
			break
		}
	}
	if done > 0 {
		p.rwait.Signal()
	}
	p.mu.Unlock()
	if done > 0 {
		p.rq.Notify(readable)
	}
	return done, err
}

// fill puts in what there is room for; whole is all or nothing. Preconditions:
// p.mu is held.
func (p *Pipe) fill(b []byte, whole bool) int {
	if len(b) > len(p.ring)-p.n {
		if p.grow(p.n+len(b)) != nil {
			return 0
		}
	}
	if whole && len(b) > len(p.ring)-p.n {
		return 0
	}
	return p.put(b)
}

// pause lets readers run until there is room. Preconditions: p.mu is held.
func (p *Pipe) pause(l *proc.LWP, done int) error {
	if done > 0 {
		p.rwait.Broadcast()
		p.mu.Unlock()
		p.rq.Notify(readable)
		p.mu.Lock()
		if p.readers == 0 || p.n < len(p.ring) {
			return nil
		}
	}
	if p.ring == nil {
		return abi.ENOMEM
	}
	return p.wwait.Wait(l, &p.mu, proc.Forever)
}

func (w *writer) Ioctl(l *proc.LWP, f *file.File, cmd uint32, arg *file.Arg) error {
	return (*Pipe)(w).ioctl(l, f, cmd, arg)
}

func (w *writer) Poll(_ *file.File, events event.Mask) (ready event.Mask) {
	p := (*Pipe)(w)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.readers == 0 || Capacity-p.n >= abi.PIPE_BUF {
		ready = events & writable
	}
	if p.readers == 0 {
		ready |= abi.POLLHUP
	}
	return ready
}

func (w *writer) Events(*file.File) *event.Queue { return &(*Pipe)(w).wq }

func (w *writer) Stat(_ *proc.LWP, _ *file.File, st *abi.Stat) error {
	(*Pipe)(w).stat(st)
	return nil
}

// Close lets readers see the end.
func (w *writer) Close(*proc.LWP, *file.File) error {
	p := (*Pipe)(w)
	p.mu.Lock()
	p.writers--
	if p.writers == 0 {
		p.freeUnused()
		p.rwait.Broadcast()
		p.wwait.Broadcast()
	}
	p.mu.Unlock()
	p.rq.Notify(readable | abi.POLLHUP)
	return nil
}

// ioctl answers how much can be read and written.
func (p *Pipe) ioctl(l *proc.LWP, f *file.File, cmd uint32, arg *file.Arg) error {
	p.mu.Lock()
	n, unread := p.n, p.readers == 0
	p.mu.Unlock()
	writes := f.Writable()
	switch cmd {
	case abi.FIONREAD:
		if writes {
			n = 0
		}
	case abi.FIONWRITE:
		if !writes {
			n = 0
		}
	case abi.FIONSPACE:
		if n = Capacity - n; !writes || unread && !p.named {
			n = 0
		}
	case abi.FIOGETOWN, abi.TIOCGPGRP:
		n = int(f.Owner())
		if cmd == abi.TIOCGPGRP {
			n = -n
		}
	case abi.FIOSETOWN, abi.TIOCSPGRP:
		return f.SetOwner(l, cmd, int32(binary.LittleEndian.Uint32(arg.Data)))
	default:
		return abi.EPASSTHROUGH
	}
	binary.LittleEndian.PutUint32(arg.Data, uint32(n))
	return nil
}
