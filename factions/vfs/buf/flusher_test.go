package buf

import (
	"sync"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

func TestFlusher(t *testing.T) {
	host := hypercall.NewSim(1)
	var wg sync.WaitGroup
	var kicked, due int
	w := &Flusher{Host: host, Go: func(fn func()) { wg.Go(fn) }}
	w.Work = func(d bool) {
		if kicked++; d {
			due++
		}
	}
	w.Kick()
	wg.Wait()
	w.After(time.Second)
	w.After(time.Millisecond) // one is set already
	host.Advance(time.Millisecond)
	wg.Wait()
	if kicked != 1 || due != 0 {
		t.Errorf("%d times, %d for their time", kicked, due)
	}
	host.Advance(time.Second)
	wg.Wait()
	if kicked != 2 || due != 1 {
		t.Errorf("%d times, %d for their time", kicked, due)
	}
	w.After(time.Second)
	w.Stop()
	w.Kick()
	host.Advance(time.Minute)
	wg.Wait()
	if kicked != 2 {
		t.Errorf("%d times after Stop", kicked)
	}
	w.Resume()
	w.Kick()
	wg.Wait()
	if kicked != 3 {
		t.Errorf("%d times after Resume", kicked)
	}
}
