// Named pipes: their ends come and go, and who opens one waits for the other.
package pipe

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// NewFifo returns a pipe without ends: they come with Join.
func NewFifo(c Config) *Pipe {
	p := &Pipe{conf: c, named: true, made: c.Now()}
	p.used = p.made
	return p
}

// Join makes an end for an open file with these flags, or both, and waits until
// there is the other: ENXIO for O_NONBLOCK and writing when nobody reads, EINTR.
// Leave undoes it.
func (p *Pipe) Join(l *proc.LWP, fflags uint32) error {
	reads, writes := fflags&file.FREAD != 0, fflags&file.FWRITE != 0
	nonblock := fflags&abi.O_NONBLOCK != 0
	p.mu.Lock()
	defer p.mu.Unlock()
	if writes && !reads && nonblock && p.readers == 0 {
		return abi.ENXIO
	}
	if reads {
		p.readers++
		p.ropens++
	}
	if writes {
		p.writers++
		p.wopens++
	}
	p.owait.Broadcast()
	if reads && writes || nonblock {
		return nil
	}
	// A writer that has come and gone while this reader slept was there.
	other, came := &p.writers, &p.wopens
	if writes {
		other, came = &p.readers, &p.ropens
	}
	for seen := *came; *other == 0 && *came == seen; {
		if err := p.owait.Wait(l, &p.mu, proc.Forever); err != nil {
			p.leave(reads, writes)
			return err
		}
	}
	return nil
}

// Leave closes what Join opened.
func (p *Pipe) Leave(fflags uint32) {
	reads, writes := fflags&file.FREAD != 0, fflags&file.FWRITE != 0
	p.mu.Lock()
	p.leave(reads, writes)
	p.mu.Unlock()
	if reads {
		p.tellWriters(writable | abi.POLLHUP)
	}
	if writes {
		p.rq.Notify(readable | abi.POLLHUP)
	}
}

// leave closes ends. Preconditions: p.mu is held.
func (p *Pipe) leave(reads, writes bool) {
	if reads {
		p.readers--
	}
	if writes {
		p.writers--
	}
	p.freeUnused()
	p.rwait.Broadcast()
	p.wwait.Broadcast()
}

// freeUnused gives the ring back when what is in it will not be read: without a
// reader, but that of a named pipe may come as long as there is a writer.
// Preconditions: p.mu is held.
func (p *Pipe) freeUnused() {
	if p.readers == 0 && (!p.named || p.writers == 0) {
		p.free()
		p.ropens, p.wopens = 0, 0
	}
}

// hadWriter reports whether a writer was there since the first end came.
// Preconditions: p.mu is held.
func (p *Pipe) hadWriter() bool { return !p.named || p.wopens > 0 }

// tellWriters notifies who waits to write. Who has both ends of a named pipe
// waits where readers do.
func (p *Pipe) tellWriters(mask event.Mask) {
	p.wq.Notify(mask)
	if p.named {
		p.rq.Notify(mask)
	}
}

// Reader and Writer are what an open file does with the ends it has.
func (p *Pipe) Reader() file.Ops { return (*reader)(p) }

// Writer is the writing end.
func (p *Pipe) Writer() file.Ops { return (*writer)(p) }
