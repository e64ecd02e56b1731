// Leases that the kernel's own client keeps.

package dhcp

import (
	"context"
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/netctl"
)

// Status is what the kernel's client does for one interface.
type Status struct {
	Interface string
	// State is "selecting", "requesting", "bound", "renewing" or "rebinding".
	State string
	// Lease is what the interface has, nil for nothing. Its Time is 0 when it
	// does not end.
	Lease *Lease
	// Left is for how long it still may be used; in Renew its server and in
	// Rebind all servers will be asked for more.
	Left, Renew, Rebind time.Duration
}

// Leases returns what the kernel's client does, nothing in a kernel without one.
func Leases(c *client.Client) ([]Status, error) { return leases(netctl.New(c)) }

// Stop gives the lease of an interface back, and takes its address away. ENOENT
// for a kernel without a client.
func Stop(c *client.Client, ifname string) error { return netctl.New(c).StopDHCP(ifname) }

func leases(n netctl.Net) ([]Status, error) {
	lines, err := n.DHCP()
	var all []Status
	for _, words := range lines {
		all = append(all, status(words))
	}
	return all, err
}

// status reads a line of words.
func status(words []string) (s Status) {
	l := &Lease{}
	for k, w := range words {
		name, v, _ := strings.Cut(w, "=")
		switch {
		case k == 0:
			s.Interface = w
		case name == "state":
			s.State = v
		default:
			s.word(l, name, v)
		}
	}
	if l.Address.IsValid() {
		s.Lease = l
	}
	return s
}

// word enters one word; what is not known is left out.
func (s *Status) word(l *Lease, name, v string) {
	switch name {
	case "address":
		l.Address, _ = netip.ParsePrefix(v)
	case "server":
		l.Server, _ = netip.ParseAddr(v)
	case "broadcast":
		l.Broadcast, _ = netip.ParseAddr(v)
	case "time":
		l.Time = seconds(v)
	case "left":
		s.Left = seconds(v)
	case "renew":
		s.Renew = seconds(v)
	case "rebind":
		s.Rebind = seconds(v)
	case "mtu":
		l.MTU, _ = strconv.Atoi(v)
	case "route":
		to, by, _ := strings.Cut(v, ",")
		r := Route{}
		r.Dst, _ = netip.ParsePrefix(to)
		r.Gateway, _ = netip.ParseAddr(by)
		l.Routes = append(l.Routes, r)
	case "nameserver":
		if a, err := netip.ParseAddr(v); err == nil {
			l.DNS = append(l.DNS, a)
		}
	case "domain":
		l.Domain = v
	case "host":
		l.Host = v
	}
}

func seconds(v string) time.Duration {
	n, _ := strconv.ParseInt(v, 10, 64)
	return time.Duration(n) * time.Second
}

// keep has the kernel's client begin, and waits for its lease; it ends when none
// comes. ENOENT when there is no client.
func keep(ctx context.Context, n netctl.Net, ifname string) (*Lease, error) {
	if err := n.StartDHCP(ifname); err != nil {
		return nil, err
	}
	l, err := await(ctx, n, ifname)
	if err != nil {
		_ = n.StopDHCP(ifname)
	}
	return l, err
}

func await(ctx context.Context, n netctl.Net, ifname string) (*Lease, error) {
	for {
		all, err := leases(n)
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			if s.Interface == ifname && s.Lease != nil {
				return s.Lease, nil
			}
		}
		if err := pause(ctx); err != nil {
			return nil, err
		}
	}
}

// pauseTime is how long is waited before the kernel is asked again.
const pauseTime = 10 * time.Millisecond

// pause waits a while: ErrNoServer when the time is over.
func pause(ctx context.Context) error {
	select {
	case <-time.After(pauseTime):
		return nil
	case <-ctx.Done():
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrNoServer
	}
	return ctx.Err()
}
