// The full device: it reads as zeros, and there is never room to write.
package dev

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/devsw"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// NetBSD's memory devices have character major 2; full is minor 11 there. The
// major is the file system faction's here, so full has one of its own.
func fullDriver() devsw.Driver {
	return devsw.Driver{
		Name: "full", Char: devsw.Any, Block: devsw.None,
		Open: func(_ *proc.LWP, minor uint32, _ bool, _ uint32) (devsw.Device, error) {
			if minor != 0 {
				return nil, abi.ENXIO
			}
			return full{}, nil
		},
		Nodes: []devsw.Node{{Path: "full", Mode: 0o666}},
	}
}

// full is an open /dev/full.
type full struct{}

func (full) Read(_ *proc.LWP, p []byte, _ int64, _ bool) (int, error) {
	clear(p)
	return len(p), nil
}

func (full) Write(*proc.LWP, []byte, int64, bool) (int, error) { return 0, abi.ENOSPC }

func (full) Ioctl(*proc.LWP, uint32, *file.Arg) error { return abi.ENOTTY }

func (full) Poll(events event.Mask) event.Mask {
	return events & (abi.POLLIN | abi.POLLRDNORM | abi.POLLOUT | abi.POLLWRNORM)
}

func (full) Events() *event.Queue { return nil }

func (full) Close(*proc.LWP) error { return nil }
