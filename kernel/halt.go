// Reboot, halt and what is left of a kernel that panicked.
package kernel

import (
	"runtime"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Shutdown halts the kernel (reboot(2)): every process is ended, file systems
// are synced and unmounted unless howto has RB_NOSYNC or RB_DUMP, parts are
// detached. With RB_DUMP what the kernel looked like can be had afterwards
// (Dump). It returns when nothing is left running, and may be called again.
// It must not be called from within a system call: see proc.LWP.OnReply.
func (b *Base) Shutdown(howto int32) { b.halt(howto, true) }

// Close halts the kernel as reboot(0) would, without a word on the console
// unless the kernel is verbose.
func (b *Base) Close() error {
	b.halt(0, b.Config.Verbose)
	return nil
}

// Reboot halts the kernel and boots it again in place, with the same
// configuration and parts.
func (b *Base) Reboot() error {
	b.halt(0, b.Config.Verbose)
	return b.Boot(b.Config, b.parts)
}

// halt takes the kernel from running to halted, or waits until who does has.
func (b *Base) halt(howto int32, loud bool) {
	b.mu.Lock()
	if b.state != running {
		done := b.done
		b.mu.Unlock()
		b.await(done)
		return
	}
	b.state = halting
	hooks := b.shutdown
	b.mu.Unlock()

	b.say(loud, "rump kernel halting...\n")
	if howto&abi.RB_DUMP != 0 {
		howto |= abi.RB_NOSYNC
		b.guard(b.dump)
	}
	b.guard(b.endProcesses)
	b.guard(b.Ktrace.Stop)
	for i := len(hooks) - 1; i >= 0; i-- {
		b.guard(func() { hooks[i](howto) })
	}
	b.guard(b.stopModules)
	b.guard(b.parts.Detach)
	b.say(loud, "halted\n")
	b.setState(halted)
	close(b.done)
}

// await waits until done is closed, unless it is nil.
func (b *Base) await(done <-chan struct{}) {
	if done == nil {
		return
	}
	if s, ok := b.Host.(hypercall.Scheduler); ok {
		for b.isHalting() {
			s.Yield()
		}
		return
	}
	<-done
}

func (b *Base) isHalting() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state == halting
}

func (b *Base) say(loud bool, s string) {
	if loud {
		b.Printf(s)
	}
}

// endProcesses ends all processes but 0, pid 1 last. A fork that was under way
// when the kernel began to halt is waited for.
func (b *Base) endProcesses() {
	for b.Procs.Len() > 1 {
		for _, p := range b.Procs.All() {
			if p.Pid > 1 {
				b.Procs.Kill(b.boot, p)
			}
		}
		if b.Procs.Len() == 2 && b.Procs.Find(1) != nil {
			b.Procs.Kill(b.boot, b.init)
		}
		b.yield()
	}
}

// guard runs fn; a panic in it is reported and goes no further.
func (b *Base) guard(fn func()) {
	defer func() {
		if v := recover(); v != nil {
			b.report(v)
		}
	}()
	fn()
}

// Go runs fn on a goroutine of the kernel's. A panic in it ends this kernel
// and no other. Who starts it waits for it in its Detach.
func (b *Base) Go(fn func()) {
	b.spawn(func() {
		defer func() {
			if v := recover(); v != nil {
				b.panicked(v)
			}
		}()
		fn()
	})
}

// spawn runs fn on a goroutine that is part of the host's schedule, when the
// host has one.
func (b *Base) spawn(fn func()) {
	if s, ok := b.Host.(hypercall.Scheduler); ok {
		s.Go("kernel", fn)
		return
	}
	go fn()
}

// yield lets other goroutines run.
func (b *Base) yield() {
	if s, ok := b.Host.(hypercall.Scheduler); ok {
		s.Yield()
		return
	}
	runtime.Gosched()
}

// panicked reports a panic, the first of them, and ends the kernel. What the
// broken call holds is never given back: nobody waits for anything.
func (b *Base) panicked(v any) {
	b.report(v)
	b.mu.Lock()
	first := b.state == running
	if first {
		b.state = halting
	}
	b.mu.Unlock()
	if first {
		b.spawn(b.abandon)
	}
}

// abandon ends a kernel that is broken: callers that sleep get EINTR, parts
// are detached as far as they can be.
func (b *Base) abandon() {
	close(b.done)
	b.guard(func() {
		for _, p := range b.Procs.All() {
			p.QuitLWPs(nil)
		}
		b.parts.Detach()
	})
	b.setState(halted)
}

func panicText(v any) string {
	switch v := v.(type) {
	case error:
		return v.Error()
	case string:
		return v
	}
	return "unknown"
}

// stack returns the calls the goroutine is in, as many as a report can hold.
func stack() string {
	buf := make([]byte, 8<<10)
	return string(buf[:runtime.Stack(buf, false)])
}
