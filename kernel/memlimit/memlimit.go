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
// bytes, releases what it can and returns how much that was.
func (a *Account) OnPressure(fn func(want int64) int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.shrinks = append(a.shrinks, fn)
}

// Reserve takes n bytes. When that passes the limit, caches are shrunk first;
// ENOMEM when they have not enough.
func (a *Account) Reserve(n int64) error {
	if a.refuse != nil && a.refuse(n) {
		return abi.ENOMEM
	}
	used := a.used.Add(n)
	if a.limit == 0 || used <= a.limit {
		return nil
	}
	a.shrink(used - a.limit)
	if a.used.Load() > a.limit {
		a.used.Add(-n)
		return abi.ENOMEM
	}
	return nil
}

func (a *Account) shrink(want int64) {
	a.mu.Lock()
	shrinks := append(([]func(int64) int64)(nil), a.shrinks...)
	a.mu.Unlock()
	for _, fn := range shrinks {
		if want -= fn(want); want <= 0 {
			return
		}
	}
}

// Release gives n bytes back.
func (a *Account) Release(n int64) { a.used.Add(-n) }
