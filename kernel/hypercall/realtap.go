// Tap interfaces of Linux (tun(4) of its kernel).
package hypercall

import (
	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// tunDevice is where tap interfaces are made.
const tunDevice = "/dev/net/tun"

// realTap is an open tap interface.
type realTap struct{ *realSocket }

func (h *real) OpenTap(name string) (Tap, error) {
	fd, err := unix.Open(tunDevice, unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	switch err {
	case nil:
	case unix.ENOENT, unix.ENODEV:
		return nil, abi.ENXIO
	default:
		return nil, hostError(err)
	}
	if err := becomeTap(fd, name); err != nil {
		unix.Close(fd)
		return nil, err
	}
	s, err := newRealSocket(fd, Datagram)
	if err != nil {
		return nil, err
	}
	return &realTap{s}, nil
}

// becomeTap makes the descriptor that of the interface, with large segments
// passed whole both ways where the host can do that.
func becomeTap(fd int, name string) error {
	req, err := unix.NewIfreq(name)
	if err != nil {
		return abi.EINVAL
	}
	req.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI | unix.IFF_VNET_HDR)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, req); err != nil {
		return hostError(err)
	}
	_ = unix.IoctlSetInt(fd, unix.TUNSETOFFLOAD, unix.TUN_F_CSUM|unix.TUN_F_TSO4|unix.TUN_F_TSO6)
	return nil
}

func (t *realTap) Write(parts [][]byte) error {
	return t.control(func(fd int) error {
		_, err := unix.Writev(fd, parts)
		return err
	})
}
