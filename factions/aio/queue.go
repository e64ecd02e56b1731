// Queues: what waits, what is being done, and who does it.
package aio

import (
	"slices"
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// What a control block says of its operation.
const (
	jobNone = iota
	jobUnderWay
	jobDone
)

// operations.
const (
	opRead = iota
	opWrite
	opSync
	opList // what the control block says: of lio_listio
)

// job is one operation.
type job struct {
	q    *queue
	op   int
	cb   abi.Aiocb
	at   usermem.Mem // the control block
	buf  usermem.Mem // what is read into, or written when it lies in this process
	data []byte      // what is written otherwise
	list *list
}

// list is the operations of one lio_listio. refs, under queue.mu, counts those
// under way, and the call until it returns.
type list struct {
	refs int
	sig  abi.Sigevent
}

// queue is the operations of a process.
type queue struct {
	a *AIO
	p *proc.Proc

	mu      sync.Mutex
	jobs    []*job
	cur     *job // being done
	serving bool // there is a server
	done    proc.Cond
}

// find returns the waiting job of a control block. Preconditions: q.mu is
// held.
func (q *queue) find(at usermem.Mem) *job {
	for _, j := range q.jobs {
		if j.at.Same(at) {
			return j
		}
	}
	return nil
}

// add enters a job: EAGAIN past the limits, or when the process is ending.
func (q *queue) add(j *job) error {
	a := q.a
	q.mu.Lock()
	defer q.mu.Unlock()
	if a.jobs.Add(1) > a.max.Load() || len(q.jobs) >= int(a.listMax.Load()) {
		a.jobs.Add(-1)
		return abi.EAGAIN
	}
	if !q.serving {
		l, err := q.p.NewLWP(false)
		if err != nil {
			a.jobs.Add(-1)
			return abi.EAGAIN
		}
		q.serving = true
		a.b.Go(func() { q.serve(l) })
	}
	q.jobs = append(q.jobs, j)
	if j.list != nil {
		j.list.refs++
	}
	return nil
}

// serve does what is in the queue, as l, until it is empty or the process is
// ending.
func (q *queue) serve(l *proc.LWP) {
	defer l.Release()
	l.MaskSignals(^uint64(0))
	for {
		j := q.next(l)
		if j == nil {
			return
		}
		l.Enter(0)
		j.run(l)
		l.Leave()
		q.finish(j)
	}
}

// next takes the first job out, nil when there is none left to do.
func (q *queue) next(l *proc.LWP) *job {
	if l.Quitting() {
		q.clear()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) == 0 {
		q.serving = false
		return nil
	}
	q.cur = q.jobs[0]
	q.jobs[0] = nil
	q.jobs = q.jobs[1:]
	q.a.jobs.Add(-1)
	return q.cur
}

// clear forgets what waits.
func (q *queue) clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.a.jobs.Add(-int32(len(q.jobs)))
	for _, j := range q.jobs {
		j.free()
	}
	q.jobs = nil
}

// finish tells of a job that is done.
func (q *queue) finish(j *job) {
	_ = j.store()
	q.mu.Lock()
	q.cur = nil
	last := j.list != nil && j.list.drop()
	q.done.Broadcast()
	q.mu.Unlock()
	j.free()
	q.notify(&j.cb.Sigevent)
	if last {
		q.notify(&j.list.sig)
	}
}

// drop takes a reference away and reports the last one. Preconditions:
// queue.mu is held.
func (s *list) drop() bool {
	s.refs--
	return s.refs == 0
}

// notify sends the signal that was asked for.
func (q *queue) notify(sig *abi.Sigevent) {
	if sig.Signo != 0 && sig.Notify != abi.SIGEV_NONE {
		q.p.Signal(sig.Signo)
	}
}

// cancel takes out the jobs on fd, or only that of a control block. It is
// EBADF when that one is on another descriptor.
func (q *queue) cancel(fd int32, at usermem.Mem) (out []*job, busy bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !at.IsNil() {
		if j := q.find(at); j != nil && j.cb.Fildes != fd {
			return nil, false, abi.EBADF
		}
	}
	q.jobs = slices.DeleteFunc(q.jobs, func(j *job) bool {
		gone := j.cb.Fildes == fd && (at.IsNil() || j.at.Same(at))
		if gone {
			out = append(out, j)
		}
		return gone
	})
	q.a.jobs.Add(-int32(len(out)))
	c := q.cur
	busy = c != nil && (c.cb.Fildes == fd || !at.IsNil() && c.at.Same(at))
	return out, busy, nil
}
