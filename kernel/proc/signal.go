// Signals: what becomes of those the kernel sends, by the model it was booted
// with. No handler ever runs in the kernel.
package proc

import (
	"math/bits"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// SigModel says what becomes of signals (RUMP_SIGMODEL_). The zero value
// raises them with the caller.
type SigModel int32

// The models.
const (
	// SigRaise gives signals to who the process belongs to: a function of a
	// local caller, the client behind a socket.
	SigRaise SigModel = iota
	// SigIgnore drops them.
	SigIgnore
	// SigRecord keeps them pending: a process with a pending signal that it
	// does not ignore is interrupted in every sleep.
	SigRecord
	// SigPanic ends the kernel, except for SIGSYS and SIGPIPE, which are
	// dropped.
	SigPanic
	// SigHost was once a model of its own.
	SigHost = SigRaise
)

// maxSignal is the largest signal, all of which fit one word.
const maxSignal = 63

// bit returns the bit of a signal, 0 for a number that is none.
func bit(sig int32) uint64 {
	if sig < 1 || sig > maxSignal {
		return 0
	}
	return 1 << uint(sig)
}

// SetSigModel chooses the model. fatal ends the kernel under SigPanic; it is
// called with locks held. Preconditions: there is no
// process yet but pid 0.
func (t *Table) SetSigModel(m SigModel, fatal func(why string)) { t.model, t.fatal = m, fatal }

// Signal sends sig to the process, as the kernel's signal model says.
func (p *Proc) Signal(sig int32) {
	t := p.table
	p.signals.Add(1)
	if t.onSignal != nil && t.attn.Load()&attnTrace != 0 {
		t.onSignal(p, sig)
	}
	switch t.model {
	case SigIgnore:
	case SigRecord:
		p.record(sig)
	case SigPanic:
		if sig != int32(abi.SIGSYS) && sig != int32(abi.SIGPIPE) && t.fatal != nil {
			t.fatal("signal " + abi.Signal(sig).Name() + " to process " + p.Name())
		}
	default:
		p.mu.Lock()
		raise := p.raise
		p.mu.Unlock()
		if raise != nil {
			raise(sig)
		}
	}
}

// record makes sig pending unless the process ignores it, and calls its lwps
// away from where they sleep.
func (p *Proc) record(sig int32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sigIgnore&bit(sig) != 0 {
		return
	}
	p.sigPend.Or(bit(sig))
	for _, l := range p.lwps {
		l.attn.Or(attnSig)
		if p.sigPend.Load()&^l.sigMask.Load() != 0 {
			l.Wake()
		}
	}
}

// Pending returns the signals recorded for the process, bit n for signal n.
func (p *Proc) Pending() uint64 { return p.sigPend.Load() }

// TakeSignal takes the lowest pending signal, 0 when there is none: what a
// program does that records signals and acts on them itself.
func (p *Proc) TakeSignal() int32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	set := p.sigPend.Load()
	if set == 0 {
		return 0
	}
	p.sigPend.Store(set & (set - 1))
	if set&(set-1) == 0 {
		for _, l := range p.lwps {
			l.attn.And(^uint32(attnSig))
		}
	}
	return int32(bits.TrailingZeros64(set))
}

// IgnoreSignals changes the set of signals that are not recorded and returns
// the old one, bit n for signal n.
func (p *Proc) IgnoreSignals(set uint64) (old uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	old, p.sigIgnore = p.sigIgnore, set
	return old
}

// MaskSignals sets the signals that don't interrupt l, bit n for signal n,
// and returns those that did not before. Only l's goroutine calls it.
func (l *LWP) MaskSignals(set uint64) (old uint64) { return l.sigMask.Swap(set) }

// signalled reports a pending signal that may interrupt l.
func (l *LWP) signalled() bool { return l.proc.sigPend.Load()&^l.sigMask.Load() != 0 }
