// Who is told of calls: the text log, ktrace, both or nobody.
package kernel

import (
	"slices"

	"github.com/rumpkit/rumpkit/kernel/lists"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// Tracer is told of each call while it is added.
type Tracer struct {
	// Enter is called before the handler, Exit after it, for each call that
	// Enter was called for.
	Enter func(l *proc.LWP, num int, f *sysent.Frame)
	Exit  func(l *proc.LWP, num int, f *sysent.Frame, err error)
	// Switch, if not nil, is called when an lwp goes to sleep (out), in a call
	// or outside one, and when it goes on. It must not sleep.
	Switch func(l *proc.LWP, out bool)
}

// AddTracer has t told of calls; adding it again changes nothing.
func (b *Base) AddTracer(t *Tracer) {
	b.changeTracers(func(ts []*Tracer) []*Tracer {
		if slices.Contains(ts, t) {
			return ts
		}
		return append(slices.Clone(ts), t)
	})
}

// RemoveTracer has t told no more, but of the end of calls that have begun.
func (b *Base) RemoveTracer(t *Tracer) {
	b.changeTracers(func(ts []*Tracer) []*Tracer {
		return lists.Without(slices.Clone(ts), t)
	})
}

// changeTracers changes the list. Without tracers calls take their short way.
func (b *Base) changeTracers(change func([]*Tracer) []*Tracer) {
	b.tracing.Lock()
	defer b.tracing.Unlock()
	var old []*Tracer
	if p := b.tracers.Load(); p != nil {
		old = *p
	}
	ts := change(old)
	if len(ts) == 0 {
		b.tracers.Store(nil)
	} else {
		b.tracers.Store(&ts)
	}
	if on := len(ts) > 0; on != (len(old) > 0) {
		b.Procs.SetTraced(on)
	}
}

// switched tells tracers that l goes to sleep, or on.
func (b *Base) switched(l *proc.LWP, out bool) {
	ts := b.tracers.Load()
	if ts == nil {
		return
	}
	for _, t := range *ts {
		if t.Switch != nil {
			t.Switch(l, out)
		}
	}
}

// traced performs a call of which tracers are told.
func (b *Base) traced(ts []*Tracer, l *proc.LWP, num int, f *sysent.Frame) error {
	for _, t := range ts {
		t.Enter(l, num, f)
	}
	err := b.dispatch(l, num, f)
	for _, t := range slices.Backward(ts) {
		t.Exit(l, num, f, err)
	}
	return err
}
