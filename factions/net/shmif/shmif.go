// Package shmif is Ethernet over a file of the host: all kernels that map it,
// of this make or NetBSD's, are on one segment. No privilege is needed.
package shmif

import (
	"encoding/binary"
	"runtime/debug"
	"sync"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/factions/net/inet"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Doc is the component's line in listings.
const Doc = "shmif: Ethernet over a file that kernels share"

// Shmif is the shmif interfaces of one kernel.
type Shmif struct{ in *inet.Inet }

// Attach lets shmif interfaces be made.
func Attach(in *inet.Inet) (*Shmif, error) {
	s := &Shmif{in}
	return s, in.AddCloner(inet.Cloner{Name: "shmif", New: s.clone})
}

// Detach takes them away.
func Detach(s *Shmif) { s.in.RemoveCloner("shmif") }

// driver implements ether.Driver for one interface.
type driver struct {
	link  *ether.Link
	host  hypercall.Host
	start func(func())
	id    uint64 // of our packets

	mu   sync.Mutex
	path string
	bus  *bus // nil when there is no path
	up   bool
	// at and gen are where the next packet to be read is.
	at  uint32
	gen uint64
	// busy is whether a goroutine receives, news whether it is to look again.
	busy, news bool
	idle       sync.Cond // signalled when it ends
	// seen is the state of the bus when nothing was left to read.
	seen state
}

// clone makes an interface without a bus.
func (s *Shmif) clone(name string, _ int) (*ether.Link, error) {
	host := s.in.Base().Host
	addr, err := ether.RandomAddr(host, 0xb2, 0xa0)
	if err != nil {
		return nil, err
	}
	var id [8]byte
	if err := host.Random(id[:]); err != nil {
		return nil, err
	}
	d := &driver{host: host, start: s.in.Base().Go, id: binary.LittleEndian.Uint64(id[:])}
	d.idle.L = &d.mu
	d.link = ether.New(ether.Config{Name: name, Addr: addr, MaxMTU: ether.MTU, Driver: d})
	return d.link, nil
}

// Up implements ether.Driver: ENXIO without a bus. What is on the bus by now
// is not for us.
func (d *driver) Up() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bus == nil {
		return abi.ENXIO
	}
	if !d.safely(d.join) {
		return abi.EIO
	}
	d.up = true
	return nil
}

// join puts the reader behind the newest packet.
func (d *driver) join() {
	d.bus.lock()
	defer d.bus.unlock()
	s, end := d.bus.check()
	d.at, d.gen, d.seen = end, s.gen, s
}

// Down implements ether.Driver.
func (d *driver) Down() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.up = false
	for d.busy {
		if s, ok := d.host.(hypercall.Scheduler); ok {
			d.mu.Unlock()
			s.Yield()
			d.mu.Lock()
		} else {
			d.idle.Wait()
		}
	}
}

// Destroy implements ether.Driver.
func (d *driver) Destroy() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.leave()
}

// leave ends the mapping. Preconditions: d.mu is held; the interface is down.
func (d *driver) leave() {
	if d.bus == nil {
		return
	}
	b := d.bus
	d.bus, d.path = nil, ""
	d.mu.Unlock() // the watcher may wait for it
	_ = b.Close()
	d.mu.Lock()
}

// safely runs fn, which touches the bus, and reports whether it came to its
// end: it does not when somebody has made the file shorter.
func (d *driver) safely(fn func()) (ok bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if !ok && recover() != nil {
			d.link.InErrors.Add(1)
		}
	}()
	fn()
	return true
}
