// Package sim runs kernels and their callers so that a run can be repeated.
//
// A run has a seed and tasks. A task is a goroutine; one at a time goes on,
// until it sleeps in a kernel or waits for another task. Then the seed chooses
// which of those that can go on is next. The clock stands still while any task
// can; when none can it moves to the next timer. What the host answers (random
// bytes, faults) follows from the seed too, so that the same program with the
// same seed does the same, to the last call.
//
// What has to be kept to: what happens in a run happens in its tasks, which
// wait for nothing but calls and each other ([Task.Wait]). The adapters of
// package client that wait for sockets on goroutines of their own do not, nor
// do kernels behind a socket.
package sim

import (
	"math/rand/v2"
	"runtime"
	"sync"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Run is one run.
type Run struct {
	seed uint64
	host *Host
	// Each stream serves one purpose, so that a change in one leaves what the
	// others give as it is.
	order, faulty, choice *rand.Rand
	faults                Faults

	mu     sync.Mutex
	now    *Task   // who runs; nil while the clock moves
	ready  []*Task // who can, by id
	asleep map[<-chan struct{}]*Task
	live   int // tasks that have not ended
	ids    int
	still  int  // timers since a task that is not a timer ran
	stuck  bool // tasks were abandoned
	free   bool // nobody decides any more
	err    *Error
	over   chan struct{} // closed when no task is left, or no hope

	trace trace
}

// Task is a goroutine of a run.
type Task struct {
	r     *Run
	id    int
	name  string
	timer bool
	turn  chan struct{} // holds the right to run
	wake  <-chan struct{}
	sleep hypercall.Sleeper // nil when it waits for another task
	ended chan struct{}     // a wake-up for who waits for the end
	done  bool
}

// New prepares the run that belongs to a seed.
func New(seed uint64) *Run {
	r := &Run{
		seed: seed, asleep: map[<-chan struct{}]*Task{}, over: make(chan struct{}),
		order:  rand.New(rand.NewPCG(seed, 1)),
		faulty: rand.New(rand.NewPCG(seed, 2)),
		choice: rand.New(rand.NewPCG(seed, 3)),
	}
	r.host = newHost(r)
	return r
}

// Seed returns the seed.
func (r *Run) Seed() uint64 { return r.seed }

// Host returns the host that kernels of the run are booted on.
func (r *Run) Host() *Host { return r.host }

// Rand returns random numbers from the seed, for what tasks choose.
func (r *Run) Rand() *rand.Rand { return r.choice }

// Do performs the run: body is its first task, and starts others with Go. It
// returns when all have ended. The error is an *Error for a run in which no
// task could go on, or one panicked.
func (r *Run) Do(body func()) error {
	main := r.newTask("main")
	r.now = main
	returned := false
	defer func() {
		if !returned { // t.FailNow, or a panic: the others end first
			r.end(main)
			<-r.over
		}
	}()
	body()
	returned = true
	r.end(main)
	<-r.over
	if r.err != nil {
		return r.err
	}
	return nil
}

// Go starts a task, which runs once its turn comes.
func (r *Run) Go(name string, fn func()) *Task {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.start(name, false, fn)
}

// start starts a task. Preconditions: r.mu is held.
func (r *Run) start(name string, timer bool, fn func()) *Task {
	t := r.newTask(name)
	t.timer = timer
	if r.free {
		t.turn <- struct{}{}
	} else {
		r.makeReady(t)
	}
	go t.run(fn)
	return t
}

func (r *Run) newTask(name string) *Task {
	r.ids++
	r.live++
	return &Task{r: r, id: r.ids, name: name, turn: make(chan struct{}, 1), ended: make(chan struct{}, 1)}
}

// run is the life of a task but the first.
func (t *Task) run(fn func()) {
	<-t.turn
	defer t.r.end(t)
	defer func() {
		if v := recover(); v != nil {
			buf := make([]byte, 16<<10)
			t.r.panicked(t, v, string(buf[:runtime.Stack(buf, false)]))
		}
	}()
	fn()
}

// end ends the task that runs.
func (r *Run) end(t *Task) {
	r.mu.Lock()
	t.done = true
	t.ended <- struct{}{}
	r.woken(t.ended)
	r.live--
	r.pass()
	r.mu.Unlock()
}

// Wait waits until the task has ended. Preconditions: the caller is a task, and
// no other waits for t.
func (t *Task) Wait() {
	t.r.mu.Lock()
	done := t.done
	t.r.mu.Unlock()
	if !done {
		t.r.host.Sleep(t.ended, nil)
	}
}
