// Names: questions go to the host's own name server.
package gateway

import (
	"strings"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

const (
	resolvConf = "/etc/resolv.conf"
	// maxResolv is how much of it is read.
	maxResolv = 8 << 10
)

// nameServer returns the first name server of the host, as resolv.conf(5) has
// it now. False when there is none.
func (g *Gateway) nameServer() (hypercall.SocketAddr, bool) {
	f, err := g.cfg.Files.Open(resolvConf, hypercall.ReadOnly)
	if err != nil {
		return hypercall.SocketAddr{}, false
	}
	defer f.Close()
	b := make([]byte, maxResolv)
	n, err := f.ReadAt(b, 0)
	if err != nil {
		return hypercall.SocketAddr{}, false
	}
	return firstServer(string(b[:n]))
}

// firstServer returns the first name server of a resolv.conf that has an IPv4
// address; the host itself when none is given.
func firstServer(conf string) (hypercall.SocketAddr, bool) {
	given := false
	for line := range strings.Lines(conf) {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] != "nameserver" {
			continue
		}
		given = true
		if ip, ok := parse4(f[1]); ok {
			return hypercall.SocketAddr{IP: ip, Port: namePort}, true
		}
	}
	return loopback(false, namePort), !given
}
