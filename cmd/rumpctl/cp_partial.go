// What becomes of a file that is being copied when a signal or an error ends
// the copy: a new one goes, one that was there before is named.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"sync"

	"golang.org/x/sys/unix"
)

// partial is the file that is being written, if any.
type partial struct {
	mu   sync.Mutex
	to   tree
	name string
	old  bool
}

// begin says which file is about to be written; old, that it is there already.
func (p *partial) begin(to tree, name string, old bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.to, p.name, p.old = to, name, old
}

// end says that it is written as it should be, or with failed that it is not.
func (p *partial) end(failed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if failed && !p.old {
		_ = p.to.remove(p.name) // it may not have come into being
	}
	p.to = nil
}

// abandon is for the end of the program: the file goes, or what is returned says
// which is not whole. Nothing is begun or ended after it.
func (p *partial) abandon() string {
	p.mu.Lock()
	switch {
	case p.to == nil:
		return ""
	case p.old:
		return fmt.Sprintf("rumpctl: ended: %s is not whole\n", p.name)
	}
	_ = p.to.remove(p.name)
	return ""
}

// guard looks after the partial file when a signal comes, until stop is called,
// and ends the program then. On an image that is done already.
func (k *ctl) guard() (stop func()) {
	if k.guarded {
		return func() {}
	}
	signals := catchSignals()
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			k.abandon()
			os.Exit(exitSignal + int(s.(unix.Signal)))
		case <-done:
		}
	})
	return func() {
		signal.Stop(signals)
		close(done)
		watch.Wait()
	}
}

// abandon gives up the file that is being copied.
func (k *ctl) abandon() {
	k.progress.clear()
	fmt.Fprint(k.errw, k.partial.abandon())
}
