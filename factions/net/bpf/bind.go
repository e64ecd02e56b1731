// Which interface a device looks at.
package bpf

import (
	"bytes"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// bind performs BIOCSETIF: ENXIO when there is no such interface, ENOBUFS when
// there is no memory for the buffers. A name without a number is that of the
// first unit.
func (d *device) bind(ifreq []byte) error {
	b, _, _ := bytes.Cut(ifreq[:abi.IFNAMSIZ], []byte{0})
	name := string(b)
	if name != "" && (name[len(name)-1] < '0' || name[len(name)-1] > '9') {
		name += "0"
	}
	tapped := d.b.in.Tapped(name)
	if tapped == nil {
		return abi.ENXIO
	}
	d.unbind()
	d.mu.Lock()
	need := int64(2 * d.size)
	if err := d.b.in.Base().Mem.Reserve(need); err != nil {
		d.mu.Unlock()
		return abi.ENOBUFS
	}
	d.reserved = need
	d.ifname, d.tapped, d.link = name, tapped, d.b.in.Link(name)
	d.reset()
	d.mu.Unlock()
	tapped.AddTap(d)
	return nil
}

// unbind ends the looking on, if there is any.
func (d *device) unbind() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tapped == nil {
		return
	}
	d.tapped.RemoveTap(d)
	if d.promisc {
		d.link.Promiscuous(false)
	}
	d.disarm()
	d.b.in.Base().Mem.Release(d.reserved)
	d.tapped, d.link, d.promisc, d.reserved = nil, nil, false, 0
	d.store, d.hold = nil, nil
}
