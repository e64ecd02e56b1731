// Processes between a client's fork and the first word of its child: parked
// under a cookie, few at a time and not for long.
package sysproxy

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
	"golang.org/x/sys/unix"
)

type cookie [sp.CookieLen]byte

type parking struct {
	opts *Options

	mu     sync.Mutex
	count  int // places taken, reserved ones too
	procs  map[cookie]*parked
	closed bool
	wg     sync.WaitGroup // of expiries that run
}

// parked is a process that waits for its client.
type parked struct {
	p     *proc.Proc
	l     *proc.LWP
	owner *atomic.Int32 // the count of the client that forked
	timer alarm
	once  sync.Once
}

func (k *parking) init(opts *Options) {
	k.opts, k.procs = opts, map[cookie]*parked{}
}

// reserve takes a place for a fork of the client that owner counts for.
func (k *parking) reserve(owner *atomic.Int32) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed || k.count >= k.opts.MaxParked || owner.Load() >= int32(k.opts.MaxParkedEach) {
		return false
	}
	k.count++
	owner.Add(1)
	return true
}

func (k *parking) unreserve(owner *atomic.Int32) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.count--
	owner.Add(-1)
}

// park parks p in a reserved place. When that fails, p ends.
func (k *parking) park(p *proc.Proc, l *proc.LWP, owner *atomic.Int32) (cookie, bool) {
	e := &parked{p: p, l: l, owner: owner}
	var key cookie
	if n, err := unix.Getrandom(key[:], 0); err != nil || n != len(key) {
		k.unreserve(owner)
		e.end()
		return key, false
	}
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		k.unreserve(owner)
		e.end()
		return key, false
	}
	k.procs[key] = e
	e.timer = newAlarm(k.opts.ParkTime, func() { k.expire(key) })
	k.mu.Unlock()
	return key, true
}

// take returns what is parked under the cookie, once; nil when there is none.
func (k *parking) take(key cookie) *parked {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.procs[key]
	if e == nil {
		return nil
	}
	delete(k.procs, key)
	k.count--
	e.owner.Add(-1)
	e.timer.stop()
	return e
}

func (k *parking) expire(key cookie) {
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		return
	}
	k.wg.Add(1)
	k.mu.Unlock()
	defer k.wg.Done()
	if e := k.take(key); e != nil {
		e.end()
	}
}

// end ends the parked process; it may be called again.
func (e *parked) end() {
	e.once.Do(func() { e.p.Table().Exit(e.l) })
}

// close ends all that is parked and takes nothing any more.
func (k *parking) close() {
	k.mu.Lock()
	k.closed = true
	keys := make([]cookie, 0, len(k.procs))
	for key := range k.procs {
		keys = append(keys, key)
	}
	k.mu.Unlock()
	for _, key := range keys {
		if e := k.take(key); e != nil {
			e.end()
		}
	}
	k.wg.Wait()
}
