// SIOCSLINKSTR and SIOCGLINKSTR: which bus an interface is on.
package shmif

import (
	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Ioctl implements ether.Commander.
func (d *driver) Ioctl(_ *proc.LWP, cmd uint32, arg *file.Arg) error {
	if cmd != abi.SIOCSLINKSTR && cmd != abi.SIOCGLINKSTR {
		return abi.ENOTTY
	}
	if cmd == abi.SIOCSLINKSTR {
		return ether.SetLinkstr(arg, d.set)
	}
	d.mu.Lock()
	path := d.path
	d.mu.Unlock()
	return ether.GetLinkstr(arg, path)
}

// set joins a bus, or leaves it when there is no path: EBUSY when the
// interface is up, or on a bus already.
func (d *driver) set(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.up {
		return abi.EBUSY
	}
	if path == "" {
		d.leave()
		return nil
	}
	if d.bus != nil {
		return abi.EBUSY
	}
	b, err := d.open(path)
	if err != nil {
		return err
	}
	d.bus, d.path = b, path
	return nil
}

// open maps a bus and listens to it.
func (d *driver) open(path string) (b *bus, err error) {
	if !d.safely(func() { b, err = openBus(d.host, path) }) {
		return nil, abi.EIO
	}
	if err != nil {
		return nil, err
	}
	if err := b.Watch(d.changed); err != nil {
		_ = b.Close()
		return nil, err
	}
	return b, nil
}
