// What each user has, all processes together (NetBSD's uidinfo).
package proc

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Resource is something of which the kernel counts what a user has.
type Resource int

// The resources: processes by real user, advisory locks on files, and bytes of
// socket buffers by effective user.
const (
	UserProcs Resource = iota
	UserLocks
	UserSockbufs
	numResources
)

// Unlimited is for Charge, where nothing bounds what a user has.
const Unlimited = 1<<63 - 1

// users is the users that have something.
type users struct {
	mu  sync.Mutex
	has map[uint32]*[numResources]int64
}

// Charge gives user uid n more of a resource, or takes -n back. It does
// nothing and reports false when the user would get more and have more than
// most.
func (t *Table) Charge(uid uint32, r Resource, n, most int64) bool {
	u := &t.users
	u.mu.Lock()
	defer u.mu.Unlock()
	has := u.has[uid]
	if has == nil {
		has = new([numResources]int64)
	}
	if n > 0 && has[r]+n > most {
		return false
	}
	has[r] += n
	if *has == ([numResources]int64{}) {
		delete(u.has, uid)
		return true
	}
	if u.has == nil {
		u.has = map[uint32]*[numResources]int64{}
	}
	u.has[uid] = has
	return true
}

// Charged returns how much of a resource user uid has.
func (t *Table) Charged(uid uint32, r Resource) int64 {
	u := &t.users
	u.mu.Lock()
	defer u.mu.Unlock()
	if has := u.has[uid]; has != nil {
		return has[r]
	}
	return 0
}

// ChargeSockbuf gives user uid, who made a socket, n more bytes of buffers for
// a call of p: false when p's limit (RLIMIT_SBSIZE) forbids it, which is
// ENOBUFS. What is charged is given back by Charge with -n.
func (p *Proc) ChargeSockbuf(uid uint32, n int64) bool {
	return p.table.Charge(uid, UserSockbufs, n, p.most(abi.RLIMIT_SBSIZE))
}

// most returns a soft limit as Charge takes it.
func (p *Proc) most(which int) int64 { return int64(min(p.Limit(which).Cur, Unlimited)) }

// startCount counts p, made by a process with limit most, for its real user:
// false when that user has too many. Preconditions: nobody sees p yet.
func (p *Proc) startCount(most int64) bool {
	c := p.Cred()
	if c.IsRoot() {
		most = Unlimited
	}
	p.counted = p.table.Charge(c.Ruid, UserProcs, 1, most)
	return p.counted
}

// stopCount ends what startCount began.
func (p *Proc) stopCount() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.counted {
		p.counted = false
		p.table.Charge(p.Cred().Ruid, UserProcs, -1, 0)
	}
}

// moveCount counts p for another real user. Preconditions: p.mu is held.
func (p *Proc) moveCount(from, to uint32) {
	if p.counted && from != to {
		p.table.Charge(from, UserProcs, -1, 0)
		p.table.Charge(to, UserProcs, 1, Unlimited)
	}
}
