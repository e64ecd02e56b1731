// Asynchronous files: SIGIO to their owner when they become ready.
package file

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// asyncEvents is what SIGIO tells of.
const asyncEvents event.Mask = abi.POLLIN | abi.POLLRDNORM | abi.POLLOUT | abi.POLLPRI | abi.POLLHUP | abi.POLLERR

// SetAsync turns SIGIO on or off (O_ASYNC, FIOASYNC). Files that are always
// ready never send it.
func (f *File) SetAsync(l *proc.LWP, on bool) {
	if !on {
		f.SetFlags(0, abi.O_ASYNC)
		if e := f.async.Swap(nil); e != nil {
			e.Leave()
		}
		return
	}
	f.SetFlags(abi.O_ASYNC, 0)
	q := f.Ops.Events(f)
	if q == nil || f.async.Load() != nil {
		return
	}
	t := l.Proc().Table()
	e := event.NewEntry(asyncEvents, func(event.Mask) { f.SignalOwner(t, abi.SIGIO) })
	q.Add(e)
	if !f.async.CompareAndSwap(nil, e) {
		e.Leave()
	}
}

// SetOwner makes id the owner: a pid, minus a process group, or 0. TIOCSPGRP,
// which cmd may be, gives the group as it is. ESRCH for a process that is not,
// EINVAL for a group that is not, EPERM for one of another session.
func (f *File) SetOwner(l *proc.LWP, cmd uint32, id int32) error {
	if cmd == abi.TIOCSPGRP {
		if id < 0 {
			return abi.EINVAL
		}
		id = -id
	}
	switch t := l.Proc().Table(); {
	case id > 0:
		if t.Find(id) == nil {
			return abi.ESRCH
		}
	case id < 0:
		g := t.FindPgrp(-id)
		if g == nil {
			return abi.EINVAL
		}
		if g.Session != l.Proc().Pgrp().Session {
			return abi.EPERM
		}
	}
	f.owner.Store(id)
	return nil
}

// SignalOwner sends sig to the process, or to all of the group, that owns f.
func (f *File) SignalOwner(t *proc.Table, sig abi.Signal) {
	id := f.Owner()
	switch {
	case id > 0:
		if p := t.Find(id); p != nil {
			p.Signal(int32(sig))
		}
	case id < 0:
		if g := t.FindPgrp(-id); g != nil {
			for _, p := range g.Members() {
				p.Signal(int32(sig))
			}
		}
	}
}
