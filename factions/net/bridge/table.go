// What a bridge has learned: behind which member an address is.
package bridge

import (
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

const (
	// defaultRoom is how many addresses are learned, defaultAge how long one
	// is remembered that is silent.
	defaultRoom = 100
	defaultAge  = 1200 * time.Second
	// maxRoom bounds what the user can ask for.
	maxRoom = 1 << 20
)

// table is the addresses a bridge knows.
type table struct {
	now func() int64

	mu    sync.Mutex
	age   time.Duration // 0: nothing is forgotten
	room  int
	known map[tcpip.LinkAddress]*entry
}

// entry is one address.
type entry struct {
	at     *member
	static bool
	expire int64 // by the monotonic clock, 0 for never
}

func (t *table) init(h hypercall.Host) {
	t.now = h.Mono
	t.age, t.room = defaultAge, defaultRoom
	t.known = map[tcpip.LinkAddress]*entry{}
}

func (e *entry) expired(now int64) bool { return e.expire != 0 && e.expire <= now }

// learn notes where an address was seen. It may have moved. When there is no
// room, and nothing has grown old, it is not learned.
func (t *table) learn(a tcpip.LinkAddress, m *member) {
	if a[0]&1 != 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.known[a]
	switch {
	case e == nil:
		if !t.hasRoom() {
			return
		}
		e = &entry{}
		t.known[a] = e
	case e.static:
		return
	}
	e.at, e.expire = m, t.end()
}

// end returns when what is seen now is forgotten.
func (t *table) end() int64 {
	if t.age == 0 {
		return 0
	}
	return t.now() + int64(t.age)
}

// hasRoom reports whether one more can be learned. Preconditions: t.mu is held.
func (t *table) hasRoom() bool {
	if len(t.known) < t.room {
		return true
	}
	t.trim()
	return len(t.known) < t.room
}

// trim forgets what has grown old. Preconditions: t.mu is held.
func (t *table) trim() {
	now := t.now()
	for a, e := range t.known {
		if e.expired(now) {
			delete(t.known, a)
		}
	}
}

// lookup returns behind which member an address is, nil when that is unknown.
func (t *table) lookup(a tcpip.LinkAddress) *member {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.known[a]
	if e == nil || e.expired(t.now()) {
		return nil
	}
	return e.at
}

// set enters an address by hand: it stays unless dynamic. ENOSPC when there is
// no room.
func (t *table) set(a tcpip.LinkAddress, m *member, static bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.known[a]
	if e == nil {
		if !t.hasRoom() {
			return abi.ENOSPC
		}
		e = &entry{}
		t.known[a] = e
	}
	*e = entry{at: m, static: static}
	if !static {
		e.expire = t.end()
	}
	return nil
}

// remove forgets an address: ENOENT when it is not known.
func (t *table) remove(a tcpip.LinkAddress) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known[a] == nil {
		return abi.ENOENT
	}
	delete(t.known, a)
	return nil
}

// flush forgets what was learned, or all.
func (t *table) flush(all bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for a, e := range t.known {
		if all || !e.static {
			delete(t.known, a)
		}
	}
}

// forget forgets what is behind a member.
func (t *table) forget(m *member) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for a, e := range t.known {
		if e.at == m {
			delete(t.known, a)
		}
	}
}

// limit sets how many addresses are learned, age how long they are kept.
func (t *table) limit(room int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.room = room
}

func (t *table) setAge(age time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.age = age
}

func (t *table) settings() (room int, age time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.room, t.age
}

// list returns all that is known, as struct ifbareq.
func (t *table) list() (all []abi.Ifbareq) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.trim()
	now := t.now()
	for a, e := range t.known {
		var r abi.Ifbareq
		copy(r.Ifsname[:], e.at.link.Name())
		copy(r.Dst[:], a)
		if e.static {
			r.Flags = abi.IFBAF_STATIC
		} else if e.expire != 0 {
			r.Expire = (e.expire - now) / int64(time.Second)
		}
		all = append(all, r)
	}
	return all
}
