// Package bpf is the packet filter, bpf(4): /dev/bpf shows the packets of an
// interface to whoever may open it, those that a program of theirs wants.
package bpf

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/factions/net/inet"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/devsw"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// Doc is the component's line in listings.
const Doc = "/dev/bpf, packets of interfaces through a filter"

const (
	driverName = "bpf"
	major      = 23
)

// BPF is the component in one kernel.
type BPF struct {
	in     *inet.Inet
	maxBuf atomic.Int32 // net.bpf.maxbufsize
	node   *sysctl.Node

	// received, dropped and captured count packets, for net.bpf.stats.
	received, dropped, captured atomic.Uint64

	mu   sync.Mutex
	open map[*device]struct{}
}

// Attach enters the driver, and its values below net.
func Attach(in *inet.Inet) (*BPF, error) {
	b := &BPF{in: in, open: map[*device]struct{}{}}
	b.maxBuf.Store(abi.BPF_DFLTBUFSIZE)
	err := in.Base().Devsw.Attach(devsw.Driver{
		Name: driverName, Char: major, Block: devsw.None, Open: b.openDevice,
		Nodes: []devsw.Node{{Path: driverName, Mode: 0o600}},
	})
	if err == nil {
		b.sysctl(in.Base().Sysctl.Root())
	}
	return b, err
}

// Detach takes the driver out; what is open sees no packets any more.
func Detach(b *BPF) {
	b.in.Base().Devsw.Detach(driverName)
	b.node.Remove()
	b.mu.Lock()
	defer b.mu.Unlock()
	for d := range b.open {
		d.unbind()
	}
}

// openDevice makes an open device: there are as many as one likes.
func (b *BPF) openDevice(*proc.LWP, uint32, bool, uint32) (devsw.Device, error) {
	d := &device{b: b, seeSent: true, size: int(b.maxBuf.Load())}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open[d] = struct{}{}
	return d, nil
}

func (b *BPF) sysctl(root *sysctl.Node) {
	net := root.Node(abi.CTL_NET, "net", "Networking")
	b.node = net.Node(sysctl.Auto, driverName, "The packet filter")
	b.node.Int(sysctl.Auto, "maxbufsize", "Most bytes a reader's buffer may have", &b.maxBuf, func(v int32) error {
		if v < abi.BPF_MINBUFSIZE || v > abi.BPF_MAXBUFSIZE {
			return abi.EINVAL
		}
		return nil
	})
	b.node.Struct(sysctl.Auto, "stats", "Packets received, dropped and captured", statSize, func(*proc.LWP) ([]byte, error) {
		return statBytes(b.received.Load(), b.dropped.Load(), b.captured.Load()), nil
	})
}
