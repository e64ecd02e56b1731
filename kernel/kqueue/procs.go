// EVFILT_PROC: what becomes of a process.
package kqueue

import (
	"slices"
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/lists"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Procs is who waits for processes, in one kernel.
type Procs struct {
	table *proc.Table

	mu    sync.Mutex
	notes map[int32][]*knote

	nesting sync.Mutex // which queues wait for which
}

// NewProcs returns nobody, and begins to follow the processes of a kernel.
func NewProcs(t *proc.Table) *Procs {
	p := &Procs{table: t, notes: map[int32][]*knote{}}
	t.OnFork(func(parent, child *proc.Proc) {
		p.follow(parent.Pid, child.Pid)
		p.tell(parent.Pid, abi.NOTE_FORK)
	})
	t.OnExec(func(l *proc.LWP) { p.tell(l.Proc().Pid, abi.NOTE_EXEC) })
	t.OnExit(func(q *proc.Proc) { p.tell(q.Pid, abi.NOTE_EXIT) })
	return p
}

// tell notifies who waits for a process. Nobody does any more once it has
// ended: its pid may become another's.
func (p *Procs) tell(pid int32, what uint32) {
	p.mu.Lock()
	notes := slices.Clone(p.notes[pid])
	if what == abi.NOTE_EXIT {
		delete(p.notes, pid)
	}
	p.mu.Unlock()
	for _, n := range notes {
		if n.f.(*process).saw(n, what) {
			n.activate()
		}
	}
}

// follow gives the child a note of each queue that tracks the parent
// (NOTE_TRACK). It says NOTE_CHILD and the parent's pid at first; where it
// can't be made, the parent's note says NOTE_TRACKERR.
func (p *Procs) follow(parent, child int32) {
	p.mu.Lock()
	notes := slices.Clone(p.notes[parent])
	p.mu.Unlock()
	for _, n := range notes {
		n.q.mu.Lock()
		c := n.kq
		n.q.mu.Unlock()
		if c.Fflags&abi.NOTE_TRACK == 0 {
			continue
		}
		c.Ident = uint64(child)
		c.Flags |= abi.EV_ADD | abi.EV_ENABLE
		kid := &knote{q: n.q, kq: c, f: &process{seen: abi.NOTE_CHILD, parent: int64(parent)}}
		if n.q.enter(kid) == nil {
			p.add(child, kid)
			n.q.attached(kid)
			kid.activate()
		} else if n.f.(*process).saw(n, abi.NOTE_TRACKERR) {
			n.activate()
		}
	}
}

func (p *Procs) add(pid int32, n *knote) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notes[pid] = append(p.notes[pid], n)
}

func (p *Procs) remove(pid int32, n *knote) {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := lists.Without(p.notes[pid], n)
	if len(list) == 0 {
		delete(p.notes, pid)
		return
	}
	p.notes[pid] = list
}

// process waits for one process. Its fields are protected by the queue's lock.
type process struct {
	seen   uint32
	parent int64 // of NOTE_CHILD
	ended  bool
}

// saw records what happened and reports whether there is something to tell:
// the end of the process is, even to who did not ask for it.
func (p *process) saw(n *knote, what uint32) bool {
	n.q.mu.Lock()
	defer n.q.mu.Unlock()
	p.seen |= what & (n.kq.Fflags | abi.NOTE_TRACKERR)
	p.ended = p.ended || what == abi.NOTE_EXIT
	return p.seen != 0 || p.ended
}

// attach begins to follow a process: ESRCH when there is none, EACCES when it
// is somebody else's.
func (p *process) attach(l *proc.LWP, n *knote) error {
	if n.kq.Ident > 1<<31-1 {
		return abi.ESRCH
	}
	pid := int32(n.kq.Ident)
	q := n.q.procs.table.Find(pid)
	if q == nil {
		return abi.ESRCH
	}
	if c := l.Cred(); !c.IsRoot() && (c.Ruid != q.Cred().Ruid || q.Sugid()) {
		return abi.EACCES
	}
	n.q.mu.Lock()
	n.kq.Flags |= abi.EV_CLEAR
	n.q.mu.Unlock()
	n.q.procs.add(pid, n)
	if n.q.procs.table.Find(pid) != q { // it ended just now
		n.q.procs.remove(pid, n)
		p.saw(n, abi.NOTE_EXIT)
	}
	return nil
}

func (p *process) detach(n *knote) { n.q.procs.remove(int32(n.kq.Ident), n) }

func (p *process) check(_ *proc.LWP, n *knote, ev *abi.Kevent) bool {
	n.q.mu.Lock()
	defer n.q.mu.Unlock()
	ev.Fflags = p.seen
	switch {
	case p.ended: // with status 0
		ev.Flags |= abi.EV_EOF | abi.EV_ONESHOT
	case p.seen&abi.NOTE_CHILD != 0:
		ev.Data = p.parent
	}
	return p.seen != 0 || p.ended
}

func (p *process) taken(n *knote) {
	n.q.mu.Lock()
	p.seen = 0
	n.q.mu.Unlock()
}
