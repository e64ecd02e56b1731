// Package aio is asynchronous input and output, aio(3): each process has a
// queue, served in order by a kernel lwp of the process while there is
// something in it. NetBSD loads it as a module: it comes with all or by name.
package aio

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/vfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// Doc is the part's line in listings.
const Doc = "asynchronous input and output"

// The limits as a kernel boots with them.
const (
	defaultMax     = 8192 // kern.aio_max: operations in the kernel
	defaultListMax = 512  // kern.aio_listio_max: of one call, and of a process
	version        = 200112
)

// AIO is the queues of one kernel.
type AIO struct {
	v       *vfs.VFS
	b       *kernel.Base
	nodes   []*sysctl.Node
	max     atomic.Int32
	listMax atomic.Int32
	jobs    atomic.Int32 // in all queues

	mu     sync.Mutex
	queues map[*proc.Proc]*queue
}

// Attach makes the limits and has queues go with their processes.
func Attach(v *vfs.VFS) (*AIO, error) {
	a := &AIO{v: v, b: v.Base(), queues: map[*proc.Proc]*queue{}}
	a.max.Store(defaultMax)
	a.listMax.Store(defaultListMax)
	kern := a.b.Sysctl.Lookup("kern")
	a.nodes = []*sysctl.Node{
		kern.Const(sysctl.Auto, "posix_aio", "Version of the Asynchronous Input and Output option of POSIX", version),
		kern.Int(sysctl.Auto, "aio_listio_max", "Maximum number of asynchronous operations in one call",
			&a.listMax, a.checkListMax),
		kern.Int(sysctl.Auto, "aio_max", "Maximum number of asynchronous operations", &a.max, a.checkMax),
	}
	a.b.Procs.OnExit(a.exited)
	return a, nil
}

// Detach takes the limits away. Preconditions: no process has a queue.
func Detach(a *AIO) {
	for _, n := range a.nodes {
		n.Remove()
	}
}

func (a *AIO) checkListMax(n int32) error {
	if n < 1 || n > a.max.Load() {
		return abi.EINVAL
	}
	return nil
}

func (a *AIO) checkMax(n int32) error {
	if n < 1 || n < a.listMax.Load() {
		return abi.EINVAL
	}
	return nil
}

// queueOf returns the queue of the process of l, nil when it never had one.
func (a *AIO) queueOf(l *proc.LWP) *queue {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.queues[l.Proc()]
}

// needQueue returns the queue of the process of l, made if need be.
func (a *AIO) needQueue(l *proc.LWP) *queue {
	a.mu.Lock()
	defer a.mu.Unlock()
	q := a.queues[l.Proc()]
	if q == nil {
		q = &queue{a: a, p: l.Proc()}
		a.queues[q.p] = q
	}
	return q
}

// exited forgets the queue of a process that has ended, and what is in it.
func (a *AIO) exited(p *proc.Proc) {
	a.mu.Lock()
	q := a.queues[p]
	delete(a.queues, p)
	a.mu.Unlock()
	if q != nil {
		q.clear()
	}
}
