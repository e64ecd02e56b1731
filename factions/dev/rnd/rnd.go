// Package rnd is the random devices: /dev/random and /dev/urandom, fed by the
// host's generator, or by the seed of a simulated host.
package rnd

import (
	"github.com/rumpkit/rumpkit/factions/dev"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/devsw"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Doc is the part's line in listings.
const Doc = "/dev/random and /dev/urandom"

// The minors.
const (
	minorRandom  = 0
	minorUrandom = 1
)

// maxRead is the most bytes one read returns; more is a short read.
const maxRead = 1 << 16

// Attach attaches the driver. As in NetBSD its major is the next free one.
func Attach(d *dev.Dev) error {
	host := d.Base().Host
	return d.AddDriver(devsw.Driver{
		Name: "rnd", Char: devsw.Any, Block: devsw.None,
		Open: func(_ *proc.LWP, minor uint32, _ bool, _ uint32) (devsw.Device, error) {
			if minor > minorUrandom {
				return nil, abi.ENXIO
			}
			return &device{host: host}, nil
		},
		Nodes: []devsw.Node{
			{Path: "random", Minor: minorRandom, Mode: 0o666},
			{Path: "urandom", Minor: minorUrandom, Mode: 0o666},
		},
	})
}

// device is an open random device.
type device struct{ host hypercall.Host }

// Read fills p with random bytes; it never blocks.
func (d *device) Read(_ *proc.LWP, p []byte, _ int64, _ bool) (int, error) {
	p = p[:min(len(p), maxRead)]
	if err := d.host.Random(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Write takes bytes as entropy: the host has its own, so they only vanish.
func (d *device) Write(_ *proc.LWP, p []byte, _ int64, _ bool) (int, error) { return len(p), nil }

// Ioctl answers the commands of rnd(4) that ask for the state of the pool.
func (d *device) Ioctl(_ *proc.LWP, cmd uint32, arg *file.Arg) error {
	switch cmd {
	case abi.FIONBIO, abi.FIOASYNC:
		return nil
	case abi.RNDGETENTCNT:
		bits := uint32(poolBits)
		copy(arg.Data, usermem.BytesOf(&bits))
		return nil
	case abi.RNDGETESTNUM:
		return sources(arg)
	}
	return abi.ENOTTY
}

// poolBits is the entropy that is always there, in bits.
const poolBits = 4096

// sources lists the one source of entropy there is: the host.
func sources(arg *file.Arg) error {
	var st abi.RndstatEst
	copy(usermem.BytesOf(&st), arg.Data)
	st.Count = 0
	if st.Start == 0 {
		st.Count = 1
		src := &st.Source[0].Rt
		copy(src.Name[:], "host")
		src.Type, src.Flags = abi.RND_TYPE_RNG, abi.RND_FLAG_COLLECT_VALUE
	}
	copy(arg.Data, usermem.BytesOf(&st))
	return nil
}

func (d *device) Poll(events event.Mask) event.Mask {
	return events & (abi.POLLIN | abi.POLLRDNORM | abi.POLLOUT | abi.POLLWRNORM)
}

func (d *device) Events() *event.Queue { return nil }

func (d *device) Close(*proc.LWP) error { return nil }
