// SIOCSLINKSTR and SIOCGLINKSTR: which bus an interface is on.
package shmif

import (
	"bytes"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// maxPath bounds the name of a bus, its NUL included.
const maxPath = 1024

// Ioctl implements ether.Commander.
func (d *driver) Ioctl(_ *proc.LWP, cmd uint32, arg *file.Arg) error {
	if cmd != abi.SIOCSLINKSTR && cmd != abi.SIOCGLINKSTR {
		return abi.ENOTTY
	}
	var r abi.Ifdrv
	copy(usermem.BytesOf(&r), arg.Data)
	if cmd == abi.SIOCGLINKSTR {
		return d.tell(&r, arg)
	}
	if r.Cmd == abi.IFLINKSTR_UNSET {
		return d.unset()
	}
	if r.Cmd != 0 {
		return abi.EINVAL
	}
	if r.Len > maxPath {
		return abi.E2BIG
	}
	if r.Len < 1 {
		return abi.EINVAL
	}
	b := make([]byte, r.Len)
	if err := arg.User.Follow(r.Data, len(b)).CopyIn(b); err != nil {
		return err
	}
	path, _, ok := bytes.Cut(b, []byte{0})
	if !ok {
		return abi.ENAMETOOLONG
	}
	return d.set(string(path))
}

// set joins a bus: EBUSY when the interface is up or has one.
func (d *driver) set(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bus != nil || d.up {
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

// unset leaves the bus: EBUSY when the interface is up.
func (d *driver) unset() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.up {
		return abi.EBUSY
	}
	d.leave()
	return nil
}

// tell answers SIOCGLINKSTR: ENOENT when there is no bus.
func (d *driver) tell(r *abi.Ifdrv, arg *file.Arg) error {
	d.mu.Lock()
	path := d.path
	d.mu.Unlock()
	if path == "" {
		return abi.ENOENT
	}
	b := append([]byte(path), 0)
	if r.Cmd == abi.IFLINKSTR_QUERYLEN {
		r.Len = uint64(len(b))
		copy(arg.Data, usermem.BytesOf(r))
		return nil
	}
	if r.Cmd != 0 {
		return abi.EINVAL
	}
	b = b[:min(uint64(len(b)), r.Len)]
	if len(b) > 0 {
		b[len(b)-1] = 0
	}
	return arg.User.Follow(r.Data, len(b)).CopyOut(b)
}
