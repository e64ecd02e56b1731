// The flusher: what a file system does in the background, in the kernel's name.
package buf

import (
	"sync"
	"time"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Flusher runs a function in the background: soon when it is kicked, or later.
// It has a goroutine only while there is something to do.
type Flusher struct {
	// Host tells the time, Go starts a goroutine of the kernel's, Work is what
	// is done; due says that it is done because the time has come. It sleeps
	// nowhere but in the host's files.
	Host hypercall.Host
	Go   func(fn func())
	Work func(due bool)

	busy sync.Mutex // held while Work runs; taken before mu

	mu      sync.Mutex
	timer   hypercall.Timer // nil when none is set
	started bool            // a goroutine is about to run Work
	due     bool
	stopped bool
}

// Kick has the work done soon.
func (w *Flusher) Kick() { w.start(false) }

// After has the work done when d has passed, or earlier if that was asked for
// before.
func (w *Flusher) After(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer == nil && !w.stopped {
		w.timer = w.Host.AfterFunc(d, func() { w.start(true) })
	}
}

func (w *Flusher) start(due bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if due {
		w.timer, w.due = nil, true
	}
	if !w.started && !w.stopped {
		w.started = true
		w.Go(w.run)
	}
}

func (w *Flusher) run() {
	w.busy.Lock()
	defer w.busy.Unlock()
	w.mu.Lock()
	due, stopped := w.due, w.stopped
	w.due, w.started = false, false
	w.mu.Unlock()
	if !stopped {
		w.Work(due)
	}
}

// Stop keeps the work from being done: when it returns, nobody does it.
// Preconditions: the caller has no lock that the work takes.
func (w *Flusher) Stop() {
	w.mu.Lock()
	w.stopped = true
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	w.mu.Unlock()
	w.busy.Lock()
	defer w.busy.Unlock()
}

// Resume undoes Stop.
func (w *Flusher) Resume() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = false
}
