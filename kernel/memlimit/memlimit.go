// Package memlimit bounds the memory of a kernel's caches, buffers and tables
// (RUMP_MEMLIMIT).
package memlimit

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Account counts memory against a limit. The zero value has no limit.
type Account struct {
	limit  int64
	refuse func(n int64) bool
	used   atomic.Int64

	mu      sync.Mutex
	shrinks []func(want int64) int64
}

// New returns an account of limit bytes, 0 for no limit.
func New(limit int64) *Account { return &Account{limit: limit} }

// RefuseBy has Reserve ask fn first, which may refuse what the limit would
// allow. It is called before the account is used.
func (a *Account) RefuseBy(fn func(n int64) bool) { a.refuse = fn }

// Limit returns the limit in bytes, 0 for none.
func (a *Account) Limit() int64 { return a.limit }

// Used returns the bytes reserved.
func (a *Account) Used() int64 { return a.used.Load() }

// OnPressure adds a function that gives memory back: it is asked for want
// bytes, releases what it can and returns how much that was. It is called by
// whoever needs memory, and must not wait for a lock that is held by one who
// reserves.
func (a *Account) OnPressure(fn func(want int64) int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.shrinks = append(a.shrinks, fn)
}

// tries is how often caches are asked: others may take what they gave back.
const tries = 16

// Reserve takes n bytes. When that would pass the limit, caches are shrunk
// first; ENOMEM when they have not enough, or when there is less memory than
// n altogether. Others that reserve meanwhile see only what was taken.
func (a *Account) Reserve(n int64) error {
	if a.refuse != nil && a.refuse(n) {
		return abi.ENOMEM
	}
	if a.limit == 0 || n <= 0 {
		a.used.Add(n)
		return nil
	}
	if n > a.limit {
		return abi.ENOMEM
	}
	for range tries {
		over := a.take(n)
		if over <= 0 {
			return nil
		}
		if a.shrink(over) == 0 {
			break
		}
	}
	return abi.ENOMEM
}

// take takes n bytes if the limit lets it, and returns by how much it does not.
func (a *Account) take(n int64) (over int64) {
	for {
		used := a.used.Load()
		if over = used + n - a.limit; over > 0 {
			return over
		}
		if a.used.CompareAndSwap(used, used+n) {
			return 0
		}
	}
}

// shrink asks for want bytes and returns how many there were.
func (a *Account) shrink(want int64) (got int64) {
	a.mu.Lock()
	shrinks := a.shrinks[:len(a.shrinks):len(a.shrinks)]
	a.mu.Unlock()
	for _, fn := range shrinks {
		if got += fn(want - got); got >= want {
			break
		}
	}
	return got
}

// Release gives n bytes back.
func (a *Account) Release(n int64) { a.used.Add(-n) }
