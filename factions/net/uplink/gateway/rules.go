// What the user asks of a gateway, as text.
package gateway

import (
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Rules are what a gateway may do beyond letting connections out.
type Rules struct {
	// HostLoopback lets the kernel reach the host itself, at Router.
	HostLoopback bool
	// IPv6 gives the network IPv6, with router advertisements.
	IPv6 bool
	// Forwards are the ports of the host that lead into the kernel.
	Forwards []Forward
}

// Forward is a port of the host that leads to a port of the kernel.
type Forward struct {
	Kind hypercall.SocketKind // Stream or Datagram
	Host hypercall.SocketAddr
	Port uint16
}

// maxForwards bounds the ports of one gateway.
const maxForwards = 256

// ParseRules reads rules, separated by commas:
//
//	host                        the kernel may reach the host itself, at 10.0.2.2
//	inet6                       with IPv6
//	tcp:8080:80                 port 8080 of the host's 127.0.0.1 leads to port 80
//	udp:192.0.2.1:5353:53       the same of another address, for datagrams
//
// When one makes no sense it is returned, and ok is false.
func ParseRules(text string) (r Rules, bad string, ok bool) {
	for word := range strings.SplitSeq(text, ",") {
		switch word = strings.TrimSpace(word); word {
		case "":
		case "host":
			r.HostLoopback = true
		case "inet6":
			r.IPv6 = true
		default:
			f, ok := parseForward(word)
			if !ok || len(r.Forwards) == maxForwards {
				return Rules{}, word, false
			}
			r.Forwards = append(r.Forwards, f)
		}
	}
	return r, "", true
}

func parseForward(word string) (f Forward, ok bool) {
	p := strings.Split(word, ":")
	switch p[0] {
	case "tcp":
		f.Kind = hypercall.Stream
	case "udp":
		f.Kind = hypercall.Datagram
	default:
		return f, false
	}
	f.Host = loopback(false, 0)
	if len(p) == 4 {
		if f.Host.IP, ok = parse4(p[1]); !ok {
			return f, false
		}
		p = p[1:]
	}
	if len(p) != 3 {
		return f, false
	}
	host, err1 := strconv.ParseUint(p[1], 10, 16)
	inside, err2 := strconv.ParseUint(p[2], 10, 16)
	f.Host.Port, f.Port = uint16(host), uint16(inside)
	return f, err1 == nil && err2 == nil && inside != 0
}

// parse4 reads an IPv4 address.
func parse4(s string) (ip [16]byte, ok bool) {
	p := strings.Split(s, ".")
	if len(p) != 4 {
		return ip, false
	}
	for i, d := range p {
		n, err := strconv.ParseUint(d, 10, 8)
		if err != nil {
			return ip, false
		}
		ip[i] = byte(n)
	}
	return ip, true
}
