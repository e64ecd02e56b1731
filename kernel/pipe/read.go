// The reading end.
package pipe

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

const (
	readable event.Mask = abi.POLLIN | abi.POLLRDNORM
	writable event.Mask = abi.POLLOUT | abi.POLLWRNORM
)

type reader Pipe

// Read waits for data, and returns what there is: 0 when there is no writer.
func (r *reader) Read(l *proc.LWP, f *file.File, b []byte) (int, error) {
	p := (*Pipe)(r)
	if len(b) == 0 {
		return 0, nil
	}
	p.mu.Lock()
	for p.n == 0 {
		if more, err := p.await(l, f); !more {
			p.mu.Unlock()
			return 0, err
		}
	}
	n := p.get(b)
	p.wwait.Broadcast()
	p.mu.Unlock()
	p.tellWriters(writable)
	return n, nil
}

// await waits for data; more is false when none will come to this reader.
// Preconditions: p.mu is held.
func (p *Pipe) await(l *proc.LWP, f *file.File) (more bool, err error) {
	switch {
	case p.readers == 0:
		return false, abi.EBADF // closed while it was about to be read
	case p.writers == 0:
		return false, nil
	case f.Nonblock():
		return false, abi.EAGAIN
	}
	err = p.rwait.Wait(l, &p.mu, proc.Forever)
	return err == nil, err
}

// Write is never called: the file is not open for writing.
func (r *reader) Write(*proc.LWP, *file.File, []byte) (int, error) { return 0, abi.EBADF }

func (r *reader) Ioctl(l *proc.LWP, f *file.File, cmd uint32, arg *file.Arg) error {
	return (*Pipe)(r).ioctl(l, f, cmd, arg)
}

func (r *reader) Poll(_ *file.File, events event.Mask) (ready event.Mask) {
	p := (*Pipe)(r)
	p.mu.Lock()
	defer p.mu.Unlock()
	ended := p.writers == 0 && p.hadWriter()
	if p.n > 0 || ended {
		ready = events & readable
	}
	if ended {
		ready |= abi.POLLHUP
	}
	return ready
}

func (r *reader) Events(*file.File) *event.Queue { return &(*Pipe)(r).rq }

func (r *reader) Stat(_ *proc.LWP, _ *file.File, st *abi.Stat) error {
	(*Pipe)(r).stat(st)
	return nil
}

// Close lets writers fail with EPIPE.
func (r *reader) Close(*proc.LWP, *file.File) error {
	p := (*Pipe)(r)
	p.mu.Lock()
	p.readers--
	if p.readers == 0 {
		p.freeUnused()
		p.wwait.Broadcast()
		p.rwait.Broadcast()
	}
	p.mu.Unlock()
	p.tellWriters(writable | abi.POLLHUP)
	return nil
}
