// /dev/null and /dev/zero.
package vfs

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/devsw"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// The numbers of null and zero.
const (
	memMajor  = 2
	nullMinor = 2
	zeroMinor = 12
)

// attachMemDevices enters the driver of null and zero.
func attachMemDevices(s *devsw.Switch) error {
	return s.Attach(devsw.Driver{
		Name: memName, Char: memMajor, Block: devsw.None, Open: openMem,
		Nodes: []devsw.Node{
			{Path: "null", Minor: nullMinor, Mode: 0o666},
			{Path: "zero", Minor: zeroMinor, Mode: 0o666},
		},
	})
}

const memName = "mem"

func openMem(_ *proc.LWP, minor uint32, _ bool, _ uint32) (devsw.Device, error) {
	switch minor {
	case nullMinor:
		return memDev{}, nil
	case zeroMinor:
		return memDev{zero: true}, nil
	}
	return nil, abi.ENXIO
}

// memDev swallows what is written; reading gives nothing, or zeros.
type memDev struct{ zero bool }

func (d memDev) Read(_ *proc.LWP, p []byte, _ int64, _ bool) (int, error) {
	if !d.zero {
		return 0, nil
	}
	clear(p)
	return len(p), nil
}

func (d memDev) Write(_ *proc.LWP, p []byte, _ int64, _ bool) (int, error) { return len(p), nil }

func (d memDev) Ioctl(_ *proc.LWP, cmd uint32, _ *file.Arg) error {
	if cmd == abi.FIONBIO || cmd == abi.FIOASYNC {
		return nil
	}
	return abi.ENODEV
}

func (d memDev) Poll(events event.Mask) event.Mask {
	return events & (abi.POLLIN | abi.POLLOUT | abi.POLLRDNORM | abi.POLLWRNORM)
}

func (d memDev) Events() *event.Queue { return nil }

func (d memDev) Close(*proc.LWP) error { return nil }
