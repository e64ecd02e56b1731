// The uplink beside programs that do the same for namespaces of the host, and
// the host's tap interfaces.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"

	"github.com/rumpkit/rumpkit/client/netctl"
)

// besideMTUs are the MTUs the uplink is measured at beside other programs.
var besideMTUs = [...]int{1500, 65520}

// besideRows measures a TCP stream from the uplink to the host beside one from
// a namespace to the host, and says which programs are not there.
func besideRows(ctx context.Context) (results []result, err error) {
	for _, j := range joiners() {
		for _, mtu := range besideMTUs {
			more, err := beside(ctx, j, mtu)
			if errors.Is(err, errSkipped) {
				fmt.Printf("  MTU %d: %v\n", mtu, err)
				continue
			}
			if err != nil {
				return results, err
			}
			results = append(results, more...)
		}
	}
	return results, nil
}

// beside measures the uplink beside one program, at an MTU.
func beside(ctx context.Context, j joiner, mtu int) ([]result, error) {
	theirs, err := j.path(ctx, mtu)
	if err != nil {
		return nil, err
	}
	ours, err := uplinkPath(ctx, mtu)
	if err != nil {
		theirs.close()
		return nil, err
	}
	defer ours.close()
	r, done, err := besideRow(ours, theirs, mtu)
	// Without the program, a stream of its that stands still ends.
	defer func() { theirs.close(); done() }()
	if err != nil {
		return nil, err
	}
	native := r.native
	r.native = func(n int) error {
		err := native(n)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return fmt.Errorf("%w: a stream through %s stood still", errSkipped, j.name)
		}
		return err
	}
	return measure([]row{r})
}

// besideRow is one stream over either path.
func besideRow(ours, theirs path, mtu int) (r row, done func(), err error) {
	var cl closers
	r = row{name: fmt.Sprintf("uplink beside %s: TCP, MTU %d", theirs.name, mtu), goal: 1}
	for _, side := range []struct {
		p  path
		to *body
	}{{ours, &r.ours}, {theirs, &r.native}} {
		b, done, err := side.p.streams(1)
		cl.add(done)
		if err != nil {
			return r, cl.close, fmt.Errorf("TCP over %s: %w", side.p.name, err)
		}
		*side.to = b
	}
	return r, cl.close, nil
}

// tapPath is from a kernel to the host, over a tap interface: errSkipped where
// there are none.
func tapPath(ctx context.Context) (path, error) {
	if _, err := os.Stat("/dev/net/tun"); err != nil || os.Getuid() != 0 {
		return path{}, fmt.Errorf("%w: a tap interface needs root and /dev/net/tun", errSkipped)
	}
	n, err := newNetNode()
	if err != nil {
		return path{}, err
	}
	// A network and a unit that another run does not have.
	unit := 1000 + os.Getpid()%3000
	host := netip.AddrFrom4([4]byte{10, 8, byte(unit >> 6), byte(unit<<2) | 1})
	if err := joinTap(ctx, n, unit, host); err != nil {
		_ = n.k.Close()
		return path{}, fmt.Errorf("%w: no tap interface here: %w", errSkipped, err)
	}
	p := hostPath()
	p.name = "tap"
	p.listen = func() (net.Listener, error) { return net.Listen("tcp4", host.String()+":0") }
	p.listenPacket = func() (net.PacketConn, error) { return net.ListenPacket("udp4", host.String()+":0") }
	p.dial = func(network string, port int) (net.Conn, error) {
		return n.c.Net().Dial(network, net.JoinHostPort(host.String(), strconv.Itoa(port)))
	}
	p.close = func() { _ = n.k.Close() }
	return p, nil
}

// joinTap makes the kernel's virt interface and gives both ends addresses: host
// is the host's, and the next the kernel's.
func joinTap(ctx context.Context, n *netNode, unit int, host netip.Addr) error {
	ifname, tap := "virt"+strconv.Itoa(unit), "tun"+strconv.Itoa(unit)
	ctl := netctl.New(n.c)
	if err := ctl.Create(ifname); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"addr", "add", host.String() + "/30", "dev", tap},
		{"link", "set", tap, "up"},
	} {
		if out, err := exec.CommandContext(ctx, "ip", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("%w %s", err, firstLine(out))
		}
	}
	return ctl.AddAddr(ifname, netctl.Addr{Prefix: netip.PrefixFrom(host.Next(), 30)})
}
