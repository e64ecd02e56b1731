// Package virt is interfaces that are tap interfaces of the host (virt(4) of
// rump kernels): virt0 of the kernel is tun0 of the host.
package virt

import (
	"strconv"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/factions/net/inet"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Doc is the component's line in listings.
const Doc = "virtN interfaces: tap interfaces of the host"

// cloner is what ifconfig(8) calls these interfaces.
const cloner = "virt"

// Virt is the component in one kernel.
type Virt struct{ in *inet.Inet }

// Attach lets virt interfaces be created.
func Attach(in *inet.Inet) (*Virt, error) {
	v := &Virt{in: in}
	return v, in.AddCloner(inet.Cloner{Name: cloner, New: v.create, Pinned: true})
}

// Detach takes the interfaces away.
func Detach(v *Virt) { v.in.RemoveCloner(cloner) }

// create makes virtN of the host's tunN: ENXIO when the host has no taps, its
// own error when it does not give this one.
func (v *Virt) create(name string, unit int) (*ether.Link, error) {
	b := v.in.Base()
	taps, ok := hypercall.As[hypercall.Taps](b.Host)
	if !ok {
		return nil, abi.ENXIO
	}
	var random [1]byte
	if err := b.Host.Random(random[:]); err != nil {
		return nil, err
	}
	tap, err := taps.OpenTap("tun" + strconv.Itoa(unit))
	if err != nil {
		return nil, err
	}
	d := &driver{tap: tap, start: b.Go}
	addr, err := ether.RandomAddr(b.Host, 0xb2, 0x0a, random[0], 0x0b, 0x0e, byte(unit))
	if err != nil {
		d.Destroy()
		return nil, err
	}
	d.link = ether.New(ether.Config{Name: name, Addr: addr, MaxMTU: maxMTU, Offload: true, Driver: d})
	d.begin()
	return d.link, nil
}

// maxMTU is the largest MTU a tap interface takes.
const maxMTU = 65521
