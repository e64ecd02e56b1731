// Segments that are slow, or lose things.
package link

import (
	"math/rand/v2"
	"sort"
	"sync"
	"time"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Impairment is what happens to frames on their way. The zero value is
// nothing. Probabilities are from 0 to 1.
type Impairment struct {
	// Seed decides; the same frames at the same times have the same fate.
	Seed uint64
	// Delay is how long a frame takes, Jitter how much longer at most.
	Delay, Jitter time.Duration
	// Rate is the bandwidth in bytes per second, 0 for no limit, and Queue
	// how many bytes wait for it before frames are dropped (0: 256 KB).
	Rate  int64
	Queue int64
	// Loss, Duplicate and Reorder are how often a frame is lost, arrives
	// twice, or lets those overtake it that are sent within Delay.
	Loss, Duplicate, Reorder float64
}

// defaultQueue is the queue in front of a limited bandwidth, in bytes.
const defaultQueue = 256 << 10

// Impair sets what happens from now on to the frames that the interface with
// that address sends, of every interface when addr is "". They are cut to the
// MTU before, as they would be by a card.
func (s *Segment) Impair(addr string, how Impairment) {
	for k, p := range *s.ports.Load() {
		if addr != "" && string(p.link.LinkAddress()) != addr {
			continue
		}
		var sh *shaper
		if how != (Impairment{Seed: how.Seed}) {
			sh = &shaper{Impairment: how, port: p, rng: rand.New(rand.NewPCG(how.Seed, uint64(k)))}
		}
		if old := p.shape.Swap(sh); old != nil {
			old.flush()
		}
	}
}

// shaper delays the frames of one port.
type shaper struct {
	Impairment
	port *Port

	mu    sync.Mutex
	rng   *rand.Rand
	free  int64 // when the last byte of what waits has left
	wait  []waiting
	timer hypercall.Timer
	due   int64 // when timer runs
}

// waiting is a frame on its way.
type waiting struct {
	at    int64 // when it arrives, in nanoseconds
	frame *ether.Frame
}

// send puts a frame on its way.
func (s *shaper) send(f *ether.Frame) {
	var room [96]*ether.Frame
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range ether.Finish(room[:0], f) {
		s.one(one)
		one.DecRef()
	}
	s.arm()
}

// one decides what becomes of a frame. Preconditions: s.mu is held.
func (s *shaper) one(f *ether.Frame) {
	now := s.port.host.Mono()
	at := now
	if s.Rate > 0 {
		queue := s.Queue
		if queue == 0 {
			queue = defaultQueue
		}
		s.free = max(s.free, now)
		if (s.free-now)*s.Rate/1e9 > queue {
			s.port.link.Dropped(1)
			return
		}
		s.free += int64(f.Size()) * 1e9 / s.Rate
		at = s.free
	}
	if s.rng.Float64() < s.Loss {
		return
	}
	s.put(f, at)
	if s.rng.Float64() < s.Duplicate {
		s.put(f, at)
	}
}

// put enters a frame that leaves at a time.
func (s *shaper) put(f *ether.Frame, at int64) {
	at += int64(s.Delay)
	if s.Jitter > 0 {
		at += s.rng.Int64N(int64(s.Jitter))
	}
	if s.rng.Float64() < s.Reorder {
		at += int64(max(s.Delay, time.Millisecond))
	}
	k := sort.Search(len(s.wait), func(k int) bool { return s.wait[k].at > at })
	s.wait = append(s.wait, waiting{})
	copy(s.wait[k+1:], s.wait[k:])
	s.wait[k] = waiting{at, f.IncRef()}
}

// arm sets the timer for the first that waits. Preconditions: s.mu is held.
func (s *shaper) arm() {
	if len(s.wait) == 0 || s.timer != nil && s.due <= s.wait[0].at {
		return
	}
	if s.timer != nil {
		s.timer.Stop()
	}
	s.due = s.wait[0].at
	s.timer = s.port.host.AfterFunc(time.Duration(max(s.due-s.port.host.Mono(), 0)), s.run)
}

// run lets those arrive whose time has come.
func (s *shaper) run() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer = nil
	now := s.port.host.Mono()
	n := sort.Search(len(s.wait), func(k int) bool { return s.wait[k].at > now })
	s.arrive(n)
	s.arm()
}

// arrive lets the first n arrive. Preconditions: s.mu is held.
func (s *shaper) arrive(n int) {
	for _, w := range s.wait[:n] {
		s.port.seg.spread(s.port, w.frame)
		w.frame.DecRef()
	}
	s.wait = append(s.wait[:0], s.wait[n:]...)
}

// flush lets all arrive at once: what comes later is not delayed any more.
func (s *shaper) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrive(len(s.wait))
}

// stop drops what is on its way.
func (s *shaper) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.wait {
		w.frame.DecRef()
	}
	s.wait = nil
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}
