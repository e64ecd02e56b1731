// Package lockf is advisory locks on files: byte ranges of fcntl(2), owned by
// processes, and whole files of flock(2), owned by open files. Both kinds
// respect each other.
package lockf

import (
	"math"
	"slices"
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// End is the last byte of a range that goes to the end of the file, however
// far that moves.
const End = math.MaxInt64

// maxLocks bounds the locks on one file, maxUser those of a user who is not
// root: giving a part of one up may leave twice as many.
const (
	maxLocks = 4096
	maxUser  = 1024
)

// Table is the locks of one kernel. The zero value is ready.
type Table struct {
	mu    sync.Mutex
	waits map[Owner][]*waiter // of processes
}

// waiter is a range lock that an lwp sleeps for.
type waiter struct {
	s *List
	k Lock
}

// Owner is who holds a lock: a *proc.Proc or a *file.File.
type Owner any

// List is the locks on one file, in no order.
type List struct {
	locks []Lock
	cond  proc.Cond
}

// Lock is a lock on the bytes from Start to Last, both included.
type Lock struct {
	Owner Owner
	// Pid is the process of a range lock, -1 for one of flock(2).
	Pid         int32
	Type        int16 // F_RDLCK or F_WRLCK
	Start, Last int64

	// users is where the lock is counted, for user uid; nil for nowhere.
	users *proc.Table
	uid   uint32
}

// count counts the lock n times more among those of its user.
func (k *Lock) count(n int64) {
	if k.users != nil {
		k.users.Charge(k.uid, proc.UserLocks, n, proc.Unlimited)
	}
}

// mayTake returns whether l's user, unless it is root, has fewer than most
// locks: ENOLCK.
func mayTake(l *proc.LWP, most int64) error {
	if l == nil {
		return nil
	}
	if c := l.Cred(); !c.IsRoot() && l.Proc().Table().Charged(c.Euid, proc.UserLocks) >= most {
		return abi.ENOLCK
	}
	return nil
}

// conflicts reports whether a and b can't both be.
func (a *Lock) conflicts(b *Lock) bool {
	return a.Owner != b.Owner && (a.Type == abi.F_WRLCK || b.Type == abi.F_WRLCK) &&
		a.Start <= b.Last && b.Start <= a.Last
}

// blocker returns the first lock in the way of k, nil if there is none.
func (s *List) blocker(k *Lock) *Lock {
	for i := range s.locks {
		if s.locks[i].conflicts(k) {
			return &s.locks[i]
		}
	}
	return nil
}

// Test returns the first lock in the way of k.
func (t *Table) Test(s *List, k Lock) (Lock, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if b := s.blocker(&k); b != nil {
		return *b, true
	}
	return Lock{}, false
}

// Set takes lock k, in the place of what its owner holds on those bytes. With
// another's lock in the way it is EAGAIN, or with wait sleeps until it is
// gone: EINTR when that is interrupted, EDEADLK when it would never end.
// ENOLCK when the file or the user has too many locks.
func (t *Table) Set(l *proc.LWP, s *List, k Lock, wait bool) error {
	if err := mayTake(l, maxUser); err != nil {
		return err
	}
	if l != nil {
		k.users, k.uid = l.Proc().Table(), l.Cred().Euid
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for s.blocker(&k) != nil {
		if !wait {
			return abi.EAGAIN
		}
		if k.Pid < 0 && s.cut(k.Owner, k.Start, k.Last) {
			s.cond.Broadcast() // a shared flock is given up before sleeping
			continue
		}
		if k.Pid >= 0 && t.circle(&waiter{s, k}) {
			return abi.EDEADLK
		}
		if err := t.sleep(l, s, k); err != nil {
			return err
		}
	}
	if len(s.locks) >= maxLocks {
		return abi.ENOLCK
	}
	s.cut(k.Owner, k.Start, k.Last)
	s.join(k)
	s.cond.Broadcast() // an exclusive lock may have become a shared one
	return nil
}

// sleep waits until the locks of s change. Preconditions: t.mu is held.
func (t *Table) sleep(l *proc.LWP, s *List, k Lock) error {
	if k.Pid >= 0 {
		w := &waiter{s, k}
		t.enter(w)
		defer t.leave(w)
	}
	return s.cond.Wait(l, &t.mu, proc.Forever)
}

// Unlock gives up what owner holds on the bytes from start to last: ENOLCK when
// that may leave l's user with too many locks.
func (t *Table) Unlock(l *proc.LWP, s *List, owner Owner, start, last int64) error {
	if start > 0 && last != End {
		if err := mayTake(l, 2*maxUser); err != nil {
			return err
		}
	}
	t.release(s, owner, start, last)
	return nil
}

func (t *Table) release(s *List, owner Owner, start, last int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.cut(owner, start, last) {
		s.cond.Broadcast()
	}
}

// Release gives up everything owner holds.
func (t *Table) Release(s *List, owner Owner) { t.release(s, owner, 0, End) }

// cut takes the bytes from start to last out of owner's locks, and reports
// whether there were any.
func (s *List) cut(owner Owner, start, last int64) bool {
	found := false
	var tails []Lock
	s.locks = slices.DeleteFunc(s.locks, func(k Lock) bool {
		if k.Owner != owner || k.Last < start || last < k.Start {
			return false
		}
		found = true
		k.count(-1)
		if k.Start < start {
			head := k
			head.Last = start - 1
			tails = append(tails, head)
		}
		if last < k.Last {
			k.Start = last + 1
			tails = append(tails, k)
		}
		return true
	})
	for i := range tails {
		tails[i].count(1)
	}
	s.locks = append(s.locks, tails...)
	return found
}

// join adds k, made one with equal locks of its owner that touch it.
func (s *List) join(k Lock) {
	s.locks = slices.DeleteFunc(s.locks, func(o Lock) bool {
		if o.Owner != k.Owner || o.Type != k.Type {
			return false
		}
		switch {
		case o.Last != End && o.Last+1 == k.Start:
			k.Start = o.Start
		case k.Last != End && k.Last+1 == o.Start:
			k.Last = o.Last
		default:
			return false
		}
		o.count(-1)
		return true
	})
	k.count(1)
	s.locks = append(s.locks, k)
}

// All returns the locks there are.
func (t *Table) All(s *List) []Lock {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(s.locks)
}

// Len returns the number of locks.
func (t *Table) Len(s *List) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(s.locks)
}
