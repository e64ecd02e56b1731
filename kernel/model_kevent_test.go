// What kevent(2) does with notes, as the model of kqueue(2) has it.
package kernel_test

import (
	"cmp"
	"slices"

	"pgregory.net/rapid"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// drawChange draws an entry of a change list.
func (m *kqModel) drawChange(t *rapid.T) abi.Kevent {
	ev := abi.Kevent{
		Filter: rapid.SampledFrom([]uint32{
			abi.EVFILT_READ, abi.EVFILT_READ, abi.EVFILT_WRITE, abi.EVFILT_WRITE, abi.EVFILT_TIMER, abi.EVFILT_TIMER,
			abi.EVFILT_SIGNAL, abi.EVFILT_SYSCOUNT, abi.EVFILT_PROC, abi.EVFILT_PROC, abi.EVFILT_VNODE, abi.EVFILT_VNODE,
		}).Draw(t, "filter"),
		Flags: rapid.SampledFrom([]uint32{
			abi.EV_ADD, abi.EV_ADD, abi.EV_ADD, abi.EV_DELETE, abi.EV_ENABLE, abi.EV_DISABLE,
			abi.EV_ADD | abi.EV_DISABLE, abi.EV_ADD | abi.EV_ENABLE, abi.EV_ADD | abi.EV_DELETE, 0,
			abi.EV_ENABLE | abi.EV_DISABLE, abi.EV_ADD | abi.EV_ENABLE | abi.EV_DISABLE,
		}).Draw(t, "verb") | rapid.SampledFrom([]uint32{
			0, 0, abi.EV_CLEAR, abi.EV_ONESHOT, abi.EV_DISPATCH, abi.EV_ONESHOT | abi.EV_CLEAR, abi.EV_RECEIPT, abi.EV_EOF,
		}).Draw(t, "flags"),
		Udata: rapid.Int64Range(0, 3).Draw(t, "udata"),
	}
	ev.Ident = uint64(m.anyFd(t))
	switch ev.Filter {
	case abi.EVFILT_TIMER:
		ev.Ident %= 3
		ev.Data = rapid.SampledFrom([]int64{0, 1, 7, 30, 100}).Draw(t, "period")
	case abi.EVFILT_PROC:
		ev.Ident = rapid.SampledFrom(m.pids).Draw(t, "pid")
		ev.Fflags = rapid.SampledFrom([]uint32{
			0, abi.NOTE_EXIT, abi.NOTE_FORK, abi.NOTE_EXEC | abi.NOTE_EXIT, abi.NOTE_TRACK, abi.NOTE_TRACK | abi.NOTE_FORK | abi.NOTE_EXIT,
		}).Draw(t, "fflags")
	case abi.EVFILT_VNODE:
		ev.Fflags = rapid.SampledFrom([]uint32{
			abi.NOTE_REVOKE<<1 - 1, abi.NOTE_WRITE, abi.NOTE_EXTEND | abi.NOTE_ATTRIB, abi.NOTE_LINK | abi.NOTE_RENAME | abi.NOTE_DELETE,
		}).Draw(t, "fflags")
	default:
		if m.fds[int(ev.Ident)].s != nil { // how much room others leave is not modelled
			ev.Filter = abi.EVFILT_READ
		}
		ev.Fflags = rapid.SampledFrom([]uint32{0, 0, abi.NOTE_LOWAT}).Draw(t, "fflags")
		ev.Data = rapid.SampledFrom([]int64{0, 1, 100, 2000}).Draw(t, "lowat")
	}
	return ev
}

// apply does what an entry asks for, and returns its error.
func (m *kqModel) apply(q map[noteKey]*noteModel, c abi.Kevent) abi.Errno {
	k := noteKey{c.Ident, c.Filter}
	n, end := q[k], m.fds[int(c.Ident)]
	timer, process := c.Filter == abi.EVFILT_TIMER, c.Filter == abi.EVFILT_PROC
	switch {
	case c.Filter == abi.EVFILT_SYSCOUNT:
		return abi.EINVAL
	case c.Filter == abi.EVFILT_SIGNAL && c.Flags&abi.EV_ADD != 0:
		return abi.EOPNOTSUPP
	case c.Filter == abi.EVFILT_SIGNAL:
		return abi.ENOENT
	case !timer && !process && end == kqEnd{}:
		return abi.EBADF
	case n == nil && c.Flags&abi.EV_ADD == 0:
		return abi.ENOENT
	case n == nil && process && !m.lives(c.Ident):
		return abi.ESRCH
	case n == nil && c.Filter == abi.EVFILT_VNODE && end.o == nil:
		return abi.EINVAL
	case n == nil && timer && c.Data == 0:
		return abi.EINVAL
	case n == nil:
		n = &noteModel{flags: c.Flags &^ abi.EV_SYSFLAGS, udata: c.Udata, end: end, fflags: c.Fflags, data: c.Data}
		if timer || process {
			n.flags |= abi.EV_CLEAR
			n.end = kqEnd{}
		}
		if timer {
			n.period, n.next = c.Data, m.now+c.Data
		}
		q[k] = n
	case c.Flags&abi.EV_ADD != 0:
		n.udata, n.period, n.fflags, n.data = c.Udata, max(c.Data, 1), c.Fflags, c.Data
	case c.Flags&abi.EV_DELETE != 0:
		delete(q, k)
		return 0
	}
	switch {
	case c.Flags&abi.EV_ENABLE != 0:
		n.disabled = false
	case c.Flags&abi.EV_DISABLE != 0:
		n.disabled = true
	}
	if !n.disabled {
		n.fresh = true // it is asked anew
	}
	return 0
}

// change passes a change list, with room for events or not.
func (m *kqModel) change(t *rapid.T) {
	q := &m.queues[rapid.IntRange(0, 1).Draw(t, "queue")]
	list := make([]abi.Kevent, rapid.SampledFrom([]int{1, 1, 1, 2, 5}).Draw(t, "changes"))
	for i := range list {
		list[i] = m.drawChange(t)
	}
	room := rapid.SampledFrom([]int{0, 1, 2, 40}).Draw(t, "room")
	var want []abi.Kevent
	errno := abi.Errno(0)
	for _, c := range list {
		e := m.apply(q.notes, c)
		if e == 0 && c.Flags&abi.EV_RECEIPT == 0 {
			continue
		}
		if len(want) == room {
			if errno = e; e != 0 {
				break
			}
			continue
		}
		c.Flags, c.Data = abi.EV_ERROR, int64(e)
		want = append(want, c)
	}
	evs := make([]abi.Kevent, room)
	n, err := m.c.Kevent(q.fd, list, evs, &abi.Timespec{})
	isErr(t, "kevent", err, errno)
	switch {
	case errno != 0:
	case len(want) == 0:
		m.told(t, q.notes, evs[:n], room)
	case !slices.Equal(evs[:n], want):
		t.Fatalf("the errors are %+v, want %+v", evs[:n], want)
	}
}

// told checks the events of a queue, of which there was room for some, and
// does what telling them does to the notes.
func (m *kqModel) told(t *rapid.T, q map[noteKey]*noteModel, got []abi.Kevent, room int) {
	ready := 0
	for k, n := range q {
		if _, ok := n.event(k); ok {
			ready++
		}
	}
	if len(got) != min(ready, room) {
		t.Fatalf("there are %d events %+v, want %d", len(got), got, min(ready, room))
	}
	for _, ev := range got {
		k := noteKey{ev.Ident, ev.Filter}
		n := q[k]
		if n == nil {
			t.Fatalf("%+v tells of what is not there, or twice", ev)
		}
		want, ok := n.event(k)
		if !ok || ev != want {
			t.Fatalf("there is %+v, want %+v (%v)", ev, want, ok)
		}
		n.fresh = false
		switch {
		case n.flags&abi.EV_ONESHOT != 0 || n.ended:
			delete(q, k)
		case n.flags&abi.EV_CLEAR != 0:
			n.fired, n.seen = 0, 0
		case n.flags&abi.EV_DISPATCH != 0:
			n.disabled = true
		}
	}
}

// some takes fewer events than there may be.
func (m *kqModel) some(t *rapid.T) {
	q := &m.queues[rapid.IntRange(0, 1).Draw(t, "queue")]
	evs := make([]abi.Kevent, rapid.IntRange(1, 3).Draw(t, "room"))
	n, err := m.c.Kevent(q.fd, nil, evs, &abi.Timespec{})
	isErr(t, "kevent", err, 0)
	m.told(t, q.notes, evs[:n], len(evs))
}

// check takes all events of both queues; no note tells twice.
func (m *kqModel) check(t *rapid.T) {
	if rapid.IntRange(0, 2).Draw(t, "check") != 0 {
		return // let more happen
	}
	for i := range m.queues {
		q := &m.queues[i]
		evs := make([]abi.Kevent, 40)
		n, err := m.c.Kevent(q.fd, nil, evs, &abi.Timespec{})
		isErr(t, "kevent", err, 0)
		evs = evs[:n]
		slices.SortFunc(evs, func(a, b abi.Kevent) int {
			return cmp.Or(cmp.Compare(a.Ident, b.Ident), cmp.Compare(a.Filter, b.Filter))
		})
		for j := 1; j < n; j++ {
			if evs[j].Ident == evs[j-1].Ident && evs[j].Filter == evs[j-1].Filter {
				t.Fatalf("%+v tells twice", evs[j])
			}
		}
		m.told(t, q.notes, evs, 40)
	}
}
