// Package netctl looks at the network of a kernel and changes it: interfaces,
// addresses, routes, neighbours, counters. It makes the calls that NetBSD's
// ifconfig(8), route(8), arp(8) and netstat(1) make (ioctls, routing sockets,
// sysctls), so that it works with any kernel that answers those.
package netctl

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Net is the network of a kernel, as one process sees it.
type Net struct{ c *client.Client }

// New returns the network as c sees it.
func New(c *client.Client) Net { return Net{c} }

// NoInterface is the error for an interface that is not there.
type NoInterface struct {
	Name string
	// There are the names of those that are.
	There []string
}

func (e NoInterface) Error() string {
	return fmt.Sprintf("there is no interface %s; there are: %s", e.Name, strings.Join(e.There, ", "))
}

// Is makes it ENXIO, which is what kernels say.
func (e NoInterface) Is(err error) bool { return err == abi.ENXIO }

// families are tried in this order for a socket that any command can be given
// to.
var families = [...]int{abi.AF_INET, abi.AF_INET6, abi.AF_LINK}

// socket makes a socket for commands. The family 0 is the first that the
// kernel has.
func (n Net) socket(family int) (fd int, err error) {
	if family != 0 {
		return n.c.Socket(family, abi.SOCK_DGRAM|abi.SOCK_CLOEXEC, 0)
	}
	for _, af := range families {
		if fd, err = n.socket(af); err != abi.EAFNOSUPPORT {
			return fd, err
		}
	}
	return -1, err
}

// ioctl performs a command on a socket of a family.
func (n Net) ioctl(family int, cmd uint64, arg client.Arg) error {
	fd, err := n.socket(family)
	if err != nil {
		return err
	}
	err = n.c.Ioctl(fd, cmd, arg)
	if e := n.c.Close(fd); err == nil {
		err = e
	}
	return err
}

// known makes a NoInterface of the error of a command on an interface that is
// not there.
func (n Net) known(name string, err error) error {
	if !errors.Is(err, abi.ENXIO) {
		return err
	}
	all, e := n.Interfaces()
	if e != nil || slices.ContainsFunc(all, func(i Interface) bool { return i.Name == name }) {
		return err
	}
	no := NoInterface{Name: name}
	for _, i := range all {
		no.There = append(no.There, i.Name)
	}
	return no
}

// sysctl returns the value at a name of numbers.
func (n Net) sysctl(mib ...int32) ([]byte, error) {
	for {
		var size uint64
		if err := n.c.Sysctl(mib, nil, &size, nil); err != nil {
			return nil, err
		}
		size += size/4 + 512
		buf := make([]byte, size)
		err := n.c.Sysctl(mib, buf, &size, nil)
		if err == nil {
			return buf[:min(size, uint64(len(buf)))], nil
		}
		if err != abi.ENOMEM {
			return nil, err
		}
	}
}

// rtable returns what net.route has of a family: interfaces, routes or
// neighbours. ENOSYS from a kernel without networks.
func (n Net) rtable(family, op, arg int) ([]byte, error) {
	b, err := n.sysctl(abi.CTL_NET, abi.PF_ROUTE, 0, int32(family), int32(op), int32(arg))
	if err == abi.ENOENT {
		err = abi.ENOSYS
	}
	return b, err
}

// ifName is a name as requests have it: ENXIO for one that is too long.
func ifName(name string) (b [abi.IFNAMSIZ]byte, err error) {
	if name == "" || len(name) >= len(b) {
		return b, abi.ENXIO
	}
	copy(b[:], name)
	return b, nil
}

// cString is the text in b in front of the first NUL.
func cString(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}
