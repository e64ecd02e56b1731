// Package netlab is networks for Go tests: kernels as hosts and routers, and
// links between them with delay, loss, reordering and bandwidth. A few lines
// make one; it is gone when the test ends.
//
// By default time is simulated: it stands still while anything runs and jumps
// to the next event when nothing does, so that an hour passes in a second. The
// faults come from a seed. Times are those of the kernels (Lab.Elapsed,
// Client.Nanosleep); deadlines of net.Conn go by the clock of the test.
package netlab

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/factions/net/link"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Lab is a network.
type Lab struct {
	t     testing.TB
	host  hypercall.Host
	seed  uint64
	nodes []*Node
	wires []*Wire
	clock *conductor
	begun int64
}

// Option is how a Lab differs from the usual one.
type Option func(*Lab)

// Seed decides about faults, and about what is random in the kernels. It is 1
// unless given.
func Seed(n uint64) Option { return func(l *Lab) { l.seed = n } }

// RealTime has the lab run by the host's clock.
func RealTime() Option { return func(l *Lab) { l.host = quiet{hypercall.Real()} } }

// quiet is a host without its console.
type quiet struct{ hypercall.Host }

// ConsoleWrite drops what is written.
func (quiet) ConsoleWrite([]byte) {}

// Unwrap implements hypercall.Wrapper.
func (q quiet) Unwrap() hypercall.Host { return q.Host }

// New returns a lab without nodes.
func New(t testing.TB, opts ...Option) *Lab {
	l := &Lab{t: t, seed: 1}
	for _, o := range opts {
		o(l)
	}
	if l.host == nil {
		sim := hypercall.NewSim(l.seed)
		l.host, l.clock = sim, conduct(sim)
	}
	l.begun = l.host.Mono()
	t.Cleanup(l.close)
	return l
}

// close halts the kernels, then the clock.
func (l *Lab) close() {
	for _, n := range l.nodes {
		if err := n.kernel.Close(); err != nil {
			l.t.Errorf("netlab: %s: %v", n.Name, err)
		}
	}
	if l.clock != nil {
		l.clock.stop()
	}
}

// Elapsed returns how much time has passed in the lab.
func (l *Lab) Elapsed() time.Duration { return time.Duration(l.host.Mono() - l.begun) }

// Wire is a piece of Ethernet that joins two nodes or more.
type Wire struct {
	lab     *Lab
	number  int
	segment *link.Segment
	ends    []end
}

// end is a node on a wire.
type end struct {
	node   *Node
	ifname string
	addr4  netip.Addr
	addr6  netip.Addr
}

// Faults is what a wire does to frames. The zero value is a perfect wire; in
// simulated time even that takes 10 µs.
type Faults = link.Impairment

// Wire joins nodes, each with an interface of its own: link0, link1 and so on.
// Wire k is the networks 10.0.k.0/24 and fd00:k::/64.
func (l *Lab) Wire(faults Faults, nodes ...*Node) *Wire {
	l.t.Helper()
	w := &Wire{lab: l, number: len(l.wires), segment: link.New()}
	l.wires = append(l.wires, w)
	for i, n := range nodes {
		e := end{node: n, ifname: fmt.Sprintf("link%d", len(n.wires))}
		e.addr4 = netip.AddrFrom4([4]byte{10, 0, byte(w.number), byte(i + 1)})
		e.addr6 = netip.AddrFrom16([16]byte{0: 0xfd, 3: byte(w.number), 15: byte(i + 1)})
		if err := n.plug(w, e); err != nil {
			l.t.Fatalf("netlab: %s on wire %d: %v", n.Name, w.number, err)
		}
		w.ends = append(w.ends, e)
	}
	w.Faults(faults)
	return w
}

// leastDelay is what a frame takes at least in simulated time: protocols that
// measure it take no time at all for a sign of loss.
const leastDelay = 10 * time.Microsecond

// Faults changes what the wire does from now on. The seed is the lab's.
func (w *Wire) Faults(f Faults) {
	if w.lab.clock != nil {
		f.Delay = max(f.Delay, leastDelay)
	}
	f.Seed = w.lab.seed<<16 + uint64(w.number)
	w.segment.Impair("", f)
}

// Cut lets nothing through any more, until Faults is called again.
func (w *Wire) Cut() { w.Faults(Faults{Loss: 1}) }

func (w *Wire) prefix4() netip.Prefix { return netip.PrefixFrom(w.ends[0].addr4, 24).Masked() }

func (w *Wire) prefix6() netip.Prefix { return netip.PrefixFrom(w.ends[0].addr6, 64).Masked() }
