// Package dev is the device faction: the drivers of devices that need nothing
// but the device switch. Its components bring further ones. The nodes appear
// under /dev when there is a file system to show them.
package dev

import (
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/devsw"
)

// Doc is the part's line in listings.
const Doc = "device faction: /dev/full, and the ground for drivers"

// Dev is the device faction of one kernel.
type Dev struct {
	b     *kernel.Base
	names []string // drivers attached, in order
}

// Attach attaches the faction to a kernel that is booting.
func Attach(b *kernel.Base) (*Dev, error) {
	d := &Dev{b: b}
	return d, d.AddDriver(fullDriver())
}

// Detach takes the drivers out of the switch again.
func Detach(d *Dev) {
	for i := len(d.names) - 1; i >= 0; i-- {
		d.b.Devsw.Detach(d.names[i])
	}
}

// Base returns the kernel the faction is attached to.
func (d *Dev) Base() *kernel.Base { return d.b }

// AddDriver enters a driver in the device switch, for as long as the faction
// is attached. EEXIST when a major number is taken.
func (d *Dev) AddDriver(drv devsw.Driver) error {
	if err := d.b.Devsw.Attach(drv); err != nil {
		return err
	}
	d.names = append(d.names, drv.Name)
	return nil
}
