// Package link joins kernels of one process by Ethernet. A Segment is what a
// cable or a hub is; programs and tests plug interfaces of kernels into it.
// Large segments pass whole, and nothing is checksummed or copied.
package link

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/factions/net/inet"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Segment is one piece of Ethernet: what an interface sends reaches all others.
type Segment struct {
	mu    sync.Mutex // held while ports changes
	ports atomic.Pointer[[]*Port]
}

// New returns a segment that nothing is plugged into.
func New() *Segment {
	s := &Segment{}
	s.ports.Store(&[]*Port{})
	return s
}

// Plug gives a kernel an interface on the segment, called name, which is down.
// ifconfig destroy, or the kernel's end, pulls it out again. EEXIST when the
// kernel has an interface of that name.
func (s *Segment) Plug(in *inet.Inet, name string) error {
	host := in.Base().Host
	addr, err := ether.RandomAddr(host, 0xb2, 0xa1)
	if err != nil {
		return err
	}
	p := s.NewPort(host, in.Base().Go)
	return in.AddLink(p.Connect(ether.Config{Name: name, Addr: addr, Driver: p}))
}

// NewPort returns an end of the segment, for a driver that is more than a
// Port, or for an interface that belongs to no kernel. Connect comes next.
// Goroutines are started with start.
func (s *Segment) NewPort(host hypercall.Host, start func(func())) *Port {
	p := &Port{seg: s, host: host, start: start}
	p.idle.L = &p.mu
	return p
}

// Connect returns the interface that cfg describes, plugged in. Its driver is
// the Port, or one that hands the methods of ether.Driver on to it.
func (p *Port) Connect(cfg ether.Config) *ether.Link {
	cfg.MaxMTU, cfg.Offload = maxMTU, true
	p.link = ether.New(cfg)
	p.seg.change(func(list []*Port) []*Port { return append(list, p) })
	return p.link
}

// maxMTU is the largest MTU that can be set; frames of TCP are longer anyway.
const maxMTU = 65521

func (s *Segment) change(fn func([]*Port) []*Port) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := fn(slices.Clone(*s.ports.Load()))
	s.ports.Store(&list)
}

// spread has a frame that came from a port received by all others that want it.
func (s *Segment) spread(from *Port, f *ether.Frame) {
	ports := *s.ports.Load()
	for _, p := range ports {
		if p != from && p.link.Wants(f) {
			p.receive(f, len(ports) == 2 && from.shape.Load() == nil)
		}
	}
}

// yields is whether goroutines on the host wait by letting others run.
func yields(h hypercall.Host) (hypercall.Scheduler, bool) {
	s, ok := h.(hypercall.Scheduler)
	return s, ok
}
