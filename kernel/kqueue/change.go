// Changes: adding, altering and removing notes.
package kqueue

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Change performs one entry of a change list: EINVAL for a filter that does
// not exist, ENOENT for a note that does not.
func (q *Queue) Change(l *proc.LWP, c abi.Kevent) error {
	c.Flags &^= abi.EV_SYSFLAGS
	k := key{c.Ident, c.Filter}
	q.mu.Lock()
	n := q.notes[k]
	q.mu.Unlock()
	switch {
	case n == nil && c.Flags&abi.EV_ADD == 0:
		if _, err := newFilter(c.Filter); err != nil {
			return err
		}
		return abi.ENOENT
	case n == nil:
		return q.add(l, c)
	case c.Flags&abi.EV_DELETE != 0:
		q.drop(n)
		return nil
	case c.Flags&abi.EV_ADD != 0:
		if err := q.alter(n, c); err != nil {
			return err
		}
	}
	q.enable(l, n, c.Flags)
	return nil
}

// add makes a note and begins to watch.
func (q *Queue) add(l *proc.LWP, c abi.Kevent) error {
	f, err := newFilter(c.Filter)
	if err != nil {
		return err
	}
	n := &knote{q: q, kq: c, f: f, disabled: c.Flags&abi.EV_DISABLE != 0}
	if err := q.enter(n); err != nil {
		return err
	}
	if err := f.attach(l, n); err != nil {
		q.drop(n)
		return err
	}
	n.recheck(l)
	return nil
}

// enter puts a new note into the table: EBADF when the queue was closed
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
	q.notes[k] = n
	return nil
}

// alter gives a note new flags, fflags, data and udata.
func (q *Queue) alter(n *knote, c abi.Kevent) error {
	q.mu.Lock()
	n.kq.Flags = c.Flags&^abi.EV_DISABLE | n.kq.Flags&abi.EV_CLEAR
	n.kq.Fflags, n.kq.Data, n.kq.Udata = c.Fflags, c.Data, c.Udata
	q.mu.Unlock()
	return n.f.touch(n)
}

// enable carries out EV_DISABLE and EV_ENABLE.
func (q *Queue) enable(l *proc.LWP, n *knote, flags uint32) {
	q.mu.Lock()
	switch {
	case flags&abi.EV_DISABLE != 0:
		n.disabled = true
	case flags&abi.EV_ENABLE != 0:
		n.disabled = false
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
