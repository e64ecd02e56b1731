package dhcp

import (
	"context"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/bpf"
	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/tailored/all"
	tailorednet "github.com/rumpkit/rumpkit/tailored/net"
)

// quiet is the real host without its console.
type quiet struct{ hypercall.Host }

func (quiet) ConsoleWrite([]byte) {}

// attach makes a client of a kernel that has shmif0 on a bus.
func attach(t *testing.T, k sysent.Kernel, bus string) *client.Client {
	t.Helper()
	c, err := client.New(k, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Exit() })
	n := netctl.New(c)
	if err := n.Create("shmif0"); err != nil {
		t.Fatal(err)
	}
	if err := n.SetLinkString("shmif0", bus); err != nil {
		t.Fatal(err)
	}
	return c
}

// bootAll boots a kernel of all parts, bootNet one without files, and so
// without the packet filter device.
func bootAll(t *testing.T) sysent.Kernel {
	k, err := all.Boot(kernel.Config{Host: quiet{hypercall.Real()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return k
}

func bootNet(t *testing.T) sysent.Kernel {
	k, err := tailorednet.Boot(kernel.Config{Host: quiet{hypercall.Real()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return k
}

// serve answers as a server on the bus until the test ends.
func serve(t *testing.T, c *client.Client) {
	t.Helper()
	n := netctl.New(c)
	addr := netip.MustParsePrefix("10.0.0.1/24")
	if err := n.AddAddr("shmif0", netctl.Addr{Prefix: addr}); err != nil {
		t.Fatal(err)
	}
	dev, err := bpf.Open(c, "shmif0", nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var serving sync.WaitGroup
	serving.Go(func() { answerFrames(ctx, dev, addr.Addr()) })
	t.Cleanup(func() {
		cancel()
		serving.Wait()
		_ = dev.Close()
	})
}

func answerFrames(ctx context.Context, dev *bpf.Device, me netip.Addr) {
	var s server
	for ctx.Err() == nil {
		list, err := dev.Read(50 * time.Millisecond)
		if err != nil {
			return
		}
		for _, p := range list {
			m, err := Parse(payload(p.Data))
			if err != nil || m.Reply {
				continue
			}
			frame := bpf.Ethernet([6]byte{255, 255, 255, 255, 255, 255}, [6]byte{2, 0, 0, 0, 0, 9}, 0x800)
			_ = dev.Write(appendUDP(frame, me, ServerPort, allAddr, ClientPort, s.answer(m)))
		}
	}
}

// TestConfigure has the kernel ask, and asks from outside, through the packet
// filter device and through a socket.
func TestConfigure(t *testing.T) {
	outside := func(ctx context.Context, c *client.Client, ifname string) (*Lease, error) {
		n := netctl.New(c)
		i, err := n.Interface(ifname)
		if err == nil {
			err = n.Up(ifname)
		}
		if err != nil {
			return nil, err
		}
		return once(ctx, c, n, &i)
	}
	for _, tt := range []struct {
		name string
		boot func(*testing.T) sysent.Kernel
		ask  func(context.Context, *client.Client, string) (*Lease, error)
	}{
		{"service", bootAll, Configure}, {"bpf", bootAll, outside}, {"socket", bootNet, outside},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bus := filepath.Join(t.TempDir(), "bus")
			serve(t, attach(t, bootAll(t), bus))
			c := attach(t, tt.boot(t), bus)
			// The address may be used at once.
			if err := c.Sysctl([]int32{abi.CTL_NET, abi.PF_INET, abi.IPPROTO_IP, abi.IPCTL_DAD_COUNT}, nil, nil, make([]byte, 4)); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			l, err := tt.ask(ctx, c, "shmif0")
			if err != nil {
				t.Fatal(err)
			}
			if l.Time != time.Hour || len(l.DNS) != 1 {
				t.Errorf("%+v", l)
			}
			n := netctl.New(c)
			i, err := n.Interface("shmif0")
			if err != nil || !hasOnly(i, l.Address) {
				t.Errorf("%+v, %v", i, err)
			}
			r, err := n.LookupRoute(netip.MustParseAddr("192.0.2.1"))
			if err != nil || r.Gateway != netip.MustParseAddr("10.0.0.1") || r.Dst.Bits() != 0 {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

// hasOnly reports that p is the one IPv4 address of an interface.
func hasOnly(i netctl.Interface, p netip.Prefix) bool {
	count, found := 0, false
	for _, a := range i.Addrs {
		if a.Prefix.Addr().Is4() {
			count++
			found = a.Prefix == p
		}
	}
	return count == 1 && found
}
