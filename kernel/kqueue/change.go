// Changes: adding, altering and removing notes.
package kqueue

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Change performs one entry of a change list: EINVAL for a filter that does
// not exist, EBADF for a descriptor that is not open, ENOENT for a note that
// does not exist. EV_ADD goes before EV_DELETE.
func (q *Queue) Change(l *proc.LWP, c abi.Kevent) error {
	c.Flags &^= abi.EV_SYSFLAGS
	n := q.current(l, key{c.Ident, c.Filter})
	switch {
	case n == nil && c.Flags&abi.EV_ADD == 0:
		return missing(l, c)
	case n == nil:
		err := q.add(l, c)
		if err == abi.EEXIST { // another lwp was faster
			return q.Change(l, c)
		}
		return err
	case c.Flags&abi.EV_ADD != 0:
		q.alter(n, c)
	case c.Flags&abi.EV_DELETE != 0:
		q.drop(n)
		return nil
	}
	q.enable(l, n, c.Flags)
	return nil
}

// current returns the note of that key, nil when there is none. One for a file
// that the descriptor no longer stands for is none: who closed the descriptor
// is about to drop it.
func (q *Queue) current(l *proc.LWP, k key) *knote {
	q.mu.Lock()
	n := q.notes[k]
	q.mu.Unlock()
	if n == nil || n.file == nil {
		return n
	}
	f, err := fileOf(l, k.ident)
	if err == nil {
		_ = f.Drop(l)
	}
	if f == n.file {
		return n
	}
	q.drop(n)
	return nil
}

// missing is what a change of a note that does not exist gives.
func missing(l *proc.LWP, c abi.Kevent) error {
	if ofFile(c.Filter) {
		f, err := fileOf(l, c.Ident)
		if err != nil {
			return err
		}
		_ = f.Drop(l)
	} else if _, err := newFilter(c.Filter); err == abi.EINVAL {
		return err
	}
	return abi.ENOENT
}

// add makes a note and begins to watch.
func (q *Queue) add(l *proc.LWP, c abi.Kevent) error {
	f, err := newFilter(c.Filter)
	if err != nil {
		return err
	}
	n := &knote{q: q, kq: c, f: f, disabled: c.Flags&(abi.EV_DISABLE|abi.EV_ENABLE) == abi.EV_DISABLE}
	if ofFile(c.Filter) {
		if n.file, err = fileOf(l, c.Ident); err != nil {
			return err
		}
		defer n.file.Drop(l)
	}
	return q.begin(l, n)
}

// begin enters a new note and has its filter watch.
func (q *Queue) begin(l *proc.LWP, n *knote) error {
	if err := q.enter(n); err != nil {
		return err
	}
	err := n.f.attach(l, n)
	q.attached(n)
	if err != nil {
		q.drop(n)
		return err
	}
	n.recheck(l)
	return nil
}

// attached ends what enter began. A note that was dropped meanwhile, because
// its queue or its descriptor was closed, ends its watch now.
func (q *Queue) attached(n *knote) {
	q.mu.Lock()
	n.attaching = false
	late := n.dropped
	q.mu.Unlock()
	if late {
		n.f.detach(n)
	}
}

// enter puts a new note into the table; attached is to follow: EBADF when the queue was closed
// meanwhile, EEXIST when another lwp was faster, ENOMEM for too many timers.
func (q *Queue) enter(n *knote) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	k := key{n.kq.Ident, n.kq.Filter}
	switch {
	case q.closed:
		return abi.EBADF
	case q.notes[k] != nil:
		return abi.EEXIST
	case k.filter == abi.EVFILT_TIMER && q.timers >= maxTimers:
		return abi.ENOMEM
	}
	if k.filter == abi.EVFILT_TIMER {
		q.timers++
	}
	q.notes[k], n.attaching = n, true
	return nil
}

// alter gives a note new fflags, data and udata. Its flags stay, and what it
// has to tell; a timer has its new period from when the present one ends.
func (q *Queue) alter(n *knote, c abi.Kevent) {
	q.mu.Lock()
	n.kq.Fflags, n.kq.Data, n.kq.Udata = c.Fflags, c.Data, c.Udata
	q.mu.Unlock()
}

// enable carries out EV_DISABLE and, after it, EV_ENABLE.
func (q *Queue) enable(l *proc.LWP, n *knote, flags uint32) {
	q.mu.Lock()
	switch {
	case flags&abi.EV_ENABLE != 0:
		n.disabled = false
	case flags&abi.EV_DISABLE != 0:
		n.disabled = true
	}
	off := n.disabled
	q.mu.Unlock()
	if !off {
		n.recheck(l)
	}
}

// recheck puts the note on the active list if it has something to tell.
func (n *knote) recheck(l *proc.LWP) {
	var ev abi.Kevent
	if n.f.check(l, n, &ev) {
		n.activate()
	}
}
