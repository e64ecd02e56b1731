// Simulated time: it moves when nothing can run.
package netlab

import (
	"runtime"
	"runtime/metrics"
	"time"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// conductor moves the clock of a simulated host to its next timer whenever
// every goroutine of the program waits.
type conductor struct {
	host *hypercall.Sim
	end  chan struct{}
	done chan struct{}
}

func conduct(host *hypercall.Sim) *conductor {
	c := &conductor{host: host, end: make(chan struct{}), done: make(chan struct{})}
	go c.run()
	return c
}

// stop ends it.
func (c *conductor) stop() {
	close(c.end)
	<-c.done
}

const (
	// calm is how often in a row nothing must run.
	calm = 3
	// patience is how often is looked before others are left the processor
	// for a blink: a thread that looks for work counts as one that has some.
	patience = 50
	blink    = 5 * time.Microsecond
	// unseen is how many bytes the allocator may have given out that the
	// heap's metric does not count yet: the pages that each processor is at.
	unseen = 1 << 20
	// nap is how long is waited when there is nothing to wait for.
	nap = 50 * time.Microsecond
)

func (c *conductor) run() {
	defer close(c.done)
	var w watcher
	w.init()
	still, busy, collected := 0, 0, false
	for {
		select {
		case <-c.end:
			return
		default:
		}
		if !w.quiet() {
			still = 0
			if busy++; busy > patience {
				time.Sleep(blink)
			}
			runtime.Gosched()
			continue
		}
		busy = 0
		if still++; still < calm {
			runtime.Gosched()
			continue
		}
		still = 0
		if !collected && w.collects() {
			runtime.GC()
			collected = true
			continue
		}
		collected = false
		if !c.host.AdvanceNext(0) {
			time.Sleep(nap)
		}
	}
}

// watcher tells whether goroutines run.
type watcher struct {
	samples [2]metrics.Sample
	heap    [3]metrics.Sample
}

func (w *watcher) init() {
	w.samples[0].Name = "/sched/goroutines/runnable:goroutines"
	w.samples[1].Name = "/sched/goroutines/running:goroutines"
	w.heap[0].Name = "/memory/classes/heap/objects:bytes"
	w.heap[1].Name = "/gc/heap/live:bytes"
	w.heap[2].Name = "/gc/heap/goal:bytes"
}

// collects reports that garbage may be collected now or soon. A goroutine that
// begins with that, and stops the others, does not count as one that runs, nor
// does one that has to help and waits for its turn: time must not move then. A
// collection begins when seven tenths of the way from what was live to the goal
// are allocated, at the earliest; who collects before that has none beside.
func (w *watcher) collects() bool {
	metrics.Read(w.heap[:])
	objects, live, goal := w.heap[0].Value.Uint64(), w.heap[1].Value.Uint64(), w.heap[2].Value.Uint64()
	return objects+unseen > live+(goal-live)/10*7
}

// quiet reports whether only the caller runs.
func (w *watcher) quiet() bool {
	metrics.Read(w.samples[:])
	return w.samples[0].Value.Uint64() == 0 && w.samples[1].Value.Uint64() <= 1
}
