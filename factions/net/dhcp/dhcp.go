// Package dhcp is a DHCP client (RFC 2131) in the kernel: it asks for the
// address of an interface, keeps it, and gives it up in time. It is started,
// stopped and looked at by sysctl(8), below net.inet.dhcp.
package dhcp

import (
	"sync"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/factions/net/inet"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/lists"
)

// Doc is the component's line in listings.
const Doc = "DHCP client: net.inet.dhcp.start=shmif0"

// DHCP is the clients of one kernel.
//
// Everything is done by one goroutine, which is there as long as there is
// something to do: receivers and timers only queue. Locks are taken in the
// order mu, those of inet, queueMu.
type DHCP struct {
	in   *inet.Inet
	host hypercall.Host

	mu      sync.Mutex
	clients []*client

	queueMu sync.Mutex
	queue   []func() // run with mu held
	busy    bool
	closed  bool
	idle    sync.Cond
}

// Attach makes the nodes that sysctl(8) sees.
func Attach(in *inet.Inet) (*DHCP, error) {
	d := &DHCP{in: in, host: in.Base().Host}
	d.idle.L = &d.queueMu
	d.sysctl(in.Base().Sysctl.Root())
	in.OnDuplicate(d.duplicate)
	return d, nil
}

// Detach ends the clients. Servers are not told: the kernel may be back before
// the leases end.
func Detach(d *DHCP) {
	d.mu.Lock()
	for _, c := range d.clients {
		c.end()
	}
	d.clients = nil
	d.mu.Unlock()
	d.queueMu.Lock()
	d.closed = true
	d.queueMu.Unlock()
	d.wait()
}

// Start has an interface configured: ENXIO when there is none of that name,
// EINVAL for one that is no Ethernet. One that is being configured goes on.
func (d *DHCP) Start(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.in.Link(name)
	switch {
	case l == nil && d.in.Tapped(name) == nil:
		return abi.ENXIO
	case l == nil:
		return abi.EINVAL
	}
	if err := d.in.Up(name); err != nil {
		return err
	}
	if c := d.find(name); c != nil {
		if c.link == l {
			return nil
		}
		d.drop(c)
	}
	c := &client{d: d, name: name, link: l}
	d.clients = append(d.clients, c)
	c.discover()
	return nil
}

// Stop gives an interface's lease back, and takes its address away: ENXIO when
// it is not being configured.
func (d *DHCP) Stop(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.find(name)
	if c == nil {
		return abi.ENXIO
	}
	c.release()
	d.drop(c)
	return nil
}

// find returns the client of an interface, nil when there is none.
// Preconditions: d.mu is held.
func (d *DHCP) find(name string) *client {
	for _, c := range d.clients {
		if c.name == name {
			return c
		}
	}
	return nil
}

// drop ends a client. Preconditions: d.mu is held.
func (d *DHCP) drop(c *client) {
	c.end()
	d.clients = lists.Without(d.clients, c)
}

// there reports whether a client's interface is; without it the client ends.
// Preconditions: d.mu is held.
func (d *DHCP) there(c *client) bool {
	if d.in.Link(c.name) == c.link {
		return true
	}
	d.drop(c)
	return false
}

// maxQueue bounds the messages that wait.
const maxQueue = 64

// later has fn run with mu held.
func (d *DHCP) later(fn func()) {
	d.queueMu.Lock()
	defer d.queueMu.Unlock()
	if d.closed {
		return
	}
	d.queue = append(d.queue, fn)
	if !d.busy {
		d.busy = true
		d.in.Base().Go(d.run)
	}
}

func (d *DHCP) run() {
	d.queueMu.Lock()
	for len(d.queue) > 0 {
		list := d.queue
		d.queue = nil
		d.queueMu.Unlock()
		d.mu.Lock()
		for _, fn := range list {
			fn()
		}
		d.mu.Unlock()
		d.queueMu.Lock()
	}
	d.busy = false
	d.idle.Broadcast()
	d.queueMu.Unlock()
}

// wait returns when nothing is left to do.
func (d *DHCP) wait() {
	d.queueMu.Lock()
	defer d.queueMu.Unlock()
	for d.busy {
		if s, ok := d.host.(hypercall.Scheduler); ok {
			d.queueMu.Unlock()
			s.Yield()
			d.queueMu.Lock()
		} else {
			d.idle.Wait()
		}
	}
}

// full reports whether there is no room for a message.
func (d *DHCP) full() bool {
	d.queueMu.Lock()
	defer d.queueMu.Unlock()
	return len(d.queue) >= maxQueue
}

var _ ether.Tap = (*client)(nil)
