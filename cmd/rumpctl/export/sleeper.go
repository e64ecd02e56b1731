// Calls that sleep, and can be called away by the host.
package export

import (
	"context"
	"sync"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// sleeper is a process of the kernel whose calls may sleep. To call one away the
// process begins a program anew: that ends the sleeps of its calls, and leaves
// its locks and descriptors alone.
type sleeper struct {
	c *client.Client
	// restart is held meanwhile: no other call can be made.
	restart sync.Mutex
}

// call makes a call, and makes it again if it was another one that was to end.
func (s *sleeper) call(f func() error) error { return s.callUnless(nil, f) }

// callUnless is call for one that ends with EINTR, at the latest, when gone is
// closed.
func (s *sleeper) callUnless(gone <-chan struct{}, f func() error) error {
	for {
		s.restart.Lock()
		//lint:ignore SA2001 only its end is waited for
		s.restart.Unlock()
		select {
		case <-gone:
			return abi.EINTR
		default:
		}
		// EBUSY is what calls end with that begin during a restart.
		if err := f(); err != abi.EINTR && err != abi.EBUSY {
			return err
		}
	}
}

// wakeAgain is after what time a call is called away again that was only about
// to sleep.
const wakeAgain = 10 * time.Millisecond

// sleep makes a call that is called away when ctx ends: EINTR, unless it had an
// end by then.
func (s *sleeper) sleep(ctx context.Context, f func() error) error {
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-ctx.Done():
			s.wake(done)
		case <-done:
		}
	})
	defer watch.Wait()
	defer close(done)
	return s.callUnless(ctx.Done(), f)
}

// wake calls away until done.
func (s *sleeper) wake(done <-chan struct{}) {
	for {
		s.restart.Lock()
		_ = s.c.Exec("export")
		s.restart.Unlock()
		select {
		case <-done:
			return
		case <-time.After(wakeAgain):
		}
	}
}
