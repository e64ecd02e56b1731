// Messages through a socket, for kernels without the packet filter device. The
// interface has the address 0.0.0.0 meanwhile, so that there is a way out for
// broadcasts, and answers to all come in.

package dhcp

import (
	"net/netip"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// udpLink is a socket at the client's port.
type udpLink struct {
	c      *client.Client
	n      netctl.Net
	ifname string
	fd     int
	buf    []byte
	placed bool
}

var (
	anyAddr = netip.IPv4Unspecified()
	allAddr = netip.AddrFrom4([4]byte{255, 255, 255, 255})
)

// openUDP makes the socket. EADDRINUSE when a DHCP client is at it already.
func openUDP(c *client.Client, n netctl.Net, ifname string) (*udpLink, error) {
	l := &udpLink{c: c, n: n, ifname: ifname, buf: make([]byte, 64<<10)}
	var err error
	if l.fd, err = c.Socket(abi.AF_INET, abi.SOCK_DGRAM|abi.SOCK_CLOEXEC|abi.SOCK_NONBLOCK, 0); err != nil {
		return nil, err
	}
	err = c.Setsockopt(l.fd, abi.SOL_SOCKET, abi.SO_BROADCAST, []byte{1, 0, 0, 0})
	if err == nil {
		err = c.Bind(l.fd, client.AppendSockaddr(nil, netip.AddrPortFrom(anyAddr, ClientPort)))
	}
	if err == nil {
		err = n.AddAddr(ifname, netctl.Addr{Prefix: netip.PrefixFrom(anyAddr, 0), Broadcast: allAddr})
		l.placed = err == nil
	}
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	return l, nil
}

// Close takes the address away again.
func (l *udpLink) Close() error {
	err := l.c.Close(l.fd)
	if l.placed {
		if e := l.n.DeleteAddr(l.ifname, anyAddr); err == nil {
			err = e
		}
	}
	return err
}

// Send implements Link.
func (l *udpLink) Send(msg []byte) error {
	_, err := l.c.Sendto(l.fd, msg, 0, client.AppendSockaddr(nil, netip.AddrPortFrom(allAddr, ServerPort)))
	return err
}

// Receive implements Link.
func (l *udpLink) Receive(within time.Duration) ([]byte, error) {
	fds := []abi.Pollfd{{Fd: int32(l.fd), Events: abi.POLLIN}}
	if n, err := l.c.Poll(fds, int(within/time.Millisecond)); n == 0 || err == abi.EINTR {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	n, err := l.c.Recvfrom(l.fd, l.buf, 0, nil, nil)
	if err == abi.EAGAIN || err == abi.EINTR {
		return nil, nil
	}
	return l.buf[:max(n, 0)], err
}
