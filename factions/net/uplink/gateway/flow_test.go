package gateway

import (
	"net"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
)

// TestFlood asks more ports than flows are kept for: the most silent make
// room, and what they were charged is given back.
func TestFlood(t *testing.T) {
	g := start(t, "host")
	c, err := gonet.DialUDP(g.s, &tcpip.FullAddress{Addr: Guest(), Port: 5000}, nil, ipv4.ProtocolNumber)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	count := func() int {
		g.g.mu.Lock()
		defer g.g.mu.Unlock()
		return len(g.g.datagrams)
	}
	for k := range maxDatagrams + 100 {
		addr := Router()
		to := &net.UDPAddr{IP: addr.AsSlice(), Port: 10000 + k}
		if _, err := c.WriteTo([]byte("x"), to); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(time.Second); count() < min(k, maxDatagrams) && time.Now().Before(end); {
			time.Sleep(50 * time.Microsecond)
		}
	}
	for end := time.Now().Add(5 * time.Second); g.g.cfg.Mem.Used() != maxDatagrams*datagramCost; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d flows, %d bytes are charged", count(), g.g.cfg.Mem.Used())
		}
	}
}
