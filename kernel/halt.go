// Reboot, halt and what is left of a kernel that panicked.
package kernel

import (
	"runtime"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Shutdown halts the kernel (reboot(2)): file systems are synced and
// unmounted unless howto has RB_NOSYNC, every process is ended, parts are
// detached. It returns when nothing is left running, and may be called again.
// It must not be called from within a system call: see Halting.
func (b *Base) Shutdown(howto int32) {
	b.mu.Lock()
	if b.state != running {
		done := b.done
		b.mu.Unlock()
		if done != nil {
			<-done
		}
		return
	}
	b.state = halting
	hooks := b.shutdown
	b.mu.Unlock()

	b.Printf("rump kernel halting...\n")
	b.endProcesses()
	for i := len(hooks) - 1; i >= 0; i-- {
		hooks[i](howto)
	}
	b.parts.Detach()
	b.Printf("halted\n")
	b.setState(halted)
	close(b.done)
}

// Close halts the kernel as reboot(0) would.
func (b *Base) Close() error {
	b.Shutdown(0)
	return nil
}

// Reboot halts the kernel and boots it again in place, with the same
// configuration and parts.
func (b *Base) Reboot() error {
	b.Shutdown(0)
	return b.Boot(b.Config, b.parts)
}

// endProcesses ends all processes but 0 and 1.
func (b *Base) endProcesses() {
	for _, p := range b.Procs.All() {
		if p.Pid > 1 {
			b.Procs.Kill(b.boot, p)
		}
	}
}

// recovered turns a panic in a handler into a report and the end of this
// kernel. Preconditions: it is deferred directly.
func (b *Base) recovered(err *error) {
	v := recover()
	if v == nil {
		return
	}
	b.Printf("panic: " + panicText(v) + "\n" + stack())
	*err = abi.EIO
	go b.Shutdown(abi.RB_NOSYNC)
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
