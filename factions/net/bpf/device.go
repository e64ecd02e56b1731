// Reading and writing.
package bpf

import (
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Read returns captured packets, each behind a struct bpf_hdr. EINVAL unless p
// is as long as the buffer. Nothing comes when the timeout passes without a
// packet.
func (d *device) Read(l *proc.LWP, p []byte, _ int64, nonblock bool) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(p) != d.size {
		return 0, abi.EINVAL
	}
	for len(d.hold) == 0 {
		if len(d.store) > 0 && (nonblock || d.immediate || d.expired) {
			d.rotate()
			break
		}
		if nonblock {
			return 0, abi.EWOULDBLOCK
		}
		timeout := proc.Forever
		if d.timeout > 0 {
			timeout = d.timeout
		}
		switch err := d.cond.Wait(l, &d.mu, timeout); err {
		case nil:
		case abi.EWOULDBLOCK:
			if len(d.hold) == 0 && len(d.store) == 0 {
				return 0, nil
			}
			if len(d.hold) == 0 {
				d.rotate()
			}
		default:
			return 0, err
		}
	}
	n := copy(p, d.hold)
	d.hold = d.hold[:0]
	return n, nil
}

// Write sends a frame, which is whole: ENXIO before BIOCSETIF, EMSGSIZE for
// one longer than the MTU allows or shorter than its header, ENETDOWN while
// the interface is down, EAFNOSUPPORT on a loopback.
func (d *device) Write(_ *proc.LWP, p []byte, _ int64, _ bool) (int, error) {
	d.mu.Lock()
	link, complete, feedback, bound := d.link, d.complete, d.feedback, d.tapped != nil
	d.mu.Unlock()
	switch {
	case !bound:
		return 0, abi.ENXIO
	case len(p) == 0:
		return 0, nil
	case link == nil:
		return 0, abi.EAFNOSUPPORT
	case len(p) < ether.HeaderSize || len(p)-ether.HeaderSize > int(link.MTU()):
		return 0, abi.EMSGSIZE
	case !link.Running():
		return 0, abi.ENETDOWN
	}
	f := ether.NewFrame(p)
	defer f.DecRef()
	if b, ok := f.Data().PullUp(ether.HeaderSize); ok && !complete {
		copy(header.Ethernet(b)[ether.AddrSize:], link.LinkAddress())
	}
	link.Transmit([]*ether.Frame{f})
	if feedback {
		in := ether.Inbound(f)
		link.Receive(in)
		in.DecRef()
	}
	return len(p), nil
}

// Poll implements devsw.Device.
func (d *device) Poll(events event.Mask) event.Mask {
	d.mu.Lock()
	defer d.mu.Unlock()
	ready := events & (abi.POLLOUT | abi.POLLWRNORM)
	if d.readable() {
		ready |= events & (abi.POLLIN | abi.POLLRDNORM)
	}
	return ready
}

// Events implements devsw.Device.
func (d *device) Events() *event.Queue { return &d.wait }

// Close implements devsw.Device.
func (d *device) Close(*proc.LWP) error {
	d.unbind()
	d.b.mu.Lock()
	defer d.b.mu.Unlock()
	delete(d.b.open, d)
	return nil
}
