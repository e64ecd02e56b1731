// Deadlocks: processes that wait for each other's locks, on however many files.
package lockf

import (
	"github.com/rumpkit/rumpkit/kernel/lists"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// maxDepth is how far waits are followed: who would be the end of a chain of so
// many is told that it is a circle, as in NetBSD.
const maxDepth = 50

// enter notes that an lwp sleeps, leave that it sleeps no more. Preconditions:
// t.mu is held.
func (t *Table) enter(w *waiter) {
	if t.waits == nil {
		t.waits = map[Owner][]*waiter{}
	}
	t.waits[w.k.Owner] = append(t.waits[w.k.Owner], w)
}

func (t *Table) leave(w *waiter) {
	if rest := lists.Without(t.waits[w.k.Owner], w); len(rest) > 0 {
		t.waits[w.k.Owner] = rest
	} else {
		delete(t.waits, w.k.Owner)
	}
}

// circle reports whether who is in the way of w waits, in the end, for the owner
// of w. A process of several lwps waits for nobody, as one of them may give
// locks up while another sleeps; nor does who sleeps in flock(2).
// Preconditions: t.mu is held.
func (t *Table) circle(w *waiter) bool {
	seen := map[Owner]bool{}
	next := w.inTheWay(nil, seen)
	for depth := 1; len(next) > 0; depth++ {
		if depth == maxDepth {
			return true
		}
		level := next
		next = nil
		for _, o := range level {
			if o := t.asleep(o); o != nil {
				next = o.inTheWay(next, seen)
			}
		}
		if seen[w.k.Owner] {
			return true
		}
	}
	return false
}

// asleep returns what the only lwp of an owner sleeps for, nil for nothing.
func (t *Table) asleep(o Owner) *waiter {
	list := t.waits[o]
	if len(list) != 1 {
		return nil
	}
	if p, ok := o.(*proc.Proc); ok && !p.Alone() {
		return nil
	}
	return list[0]
}

// inTheWay appends those processes to list whose locks are in the way of w and
// that are not seen yet.
func (w *waiter) inTheWay(list []Owner, seen map[Owner]bool) []Owner {
	for i := range w.s.locks {
		if b := &w.s.locks[i]; b.Pid >= 0 && !seen[b.Owner] && b.conflicts(&w.k) {
			seen[b.Owner] = true
			list = append(list, b.Owner)
		}
	}
	return list
}
