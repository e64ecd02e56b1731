// Where a server is: unix://path and tcp://a.b.c.d:port.
package sp

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Addr is a parsed URL.
type Addr struct {
	// Path is the absolute path of a unix socket, "" for tcp.
	Path string
	// IP and Port are those of tcp.
	IP   IPv4
	Port uint16
}

// IPv4 is an IPv4 address, in the order it is written.
type IPv4 [4]byte

// IsLoopback reports an address of 127.0.0.0/8.
func (ip IPv4) IsLoopback() bool { return ip[0] == 127 }

// String returns a.b.c.d.
func (ip IPv4) String() string {
	b := strconv.AppendUint(nil, uint64(ip[0]), 10)
	for _, octet := range ip[1:] {
		b = strconv.AppendUint(append(b, '.'), uint64(octet), 10)
	}
	return string(b)
}

// parseIPv4 parses a.b.c.d, four decimal numbers without leading zeros.
func parseIPv4(s string) (ip IPv4, ok bool) {
	for i := range ip {
		word := s
		if i < len(ip)-1 {
			if word, s, ok = strings.Cut(s, "."); !ok {
				return ip, false
			}
		}
		n, ok, _ := Number(word, 255)
		if !ok || len(word) > 1 && word[0] == '0' {
			return ip, false
		}
		ip[i] = byte(n)
	}
	return ip, true
}

// The longest pieces of a URL, in bytes.
const (
	maxScheme = 15
	maxHost   = 63
	maxPath   = 107
)

// ParseURL parses url. A server may listen on any address ("*" or "0"); for a
// client those are EINVAL, as is all that can't be parsed. A port out of range
// is ERANGE, a path that does not fit a socket address ENAMETOOLONG, tcp6
// EOPNOTSUPP.
func ParseURL(url string, server bool) (Addr, error) {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok || len(scheme) > maxScheme {
		return Addr{}, abi.EINVAL
	}
	switch scheme {
	case "unix":
		return parseUnix(rest)
	case "tcp":
		return parseTCP(rest, server)
	case "tcp6":
		return Addr{}, abi.EOPNOTSUPP
	}
	return Addr{}, abi.EINVAL
}

// parseUnix makes a relative path absolute, so that a later change of
// directory does not matter.
func parseUnix(path string) (Addr, error) {
	if path == "" || strings.IndexByte(path, 0) >= 0 {
		return Addr{}, abi.EINVAL
	}
	if path[0] != '/' {
		cwd, err := unix.Getwd()
		if err != nil {
			return Addr{}, HostErrno(err)
		}
		path = cwd + "/" + path
	}
	if len(path) > maxPath {
		return Addr{}, abi.ENAMETOOLONG
	}
	return Addr{Path: path}, nil
}

// parseTCP parses a.b.c.d:port; what follows a slash means nothing.
func parseTCP(s string, server bool) (Addr, error) {
	host, rest, ok := strings.Cut(s, ":")
	if !ok || len(host) > maxHost {
		return Addr{}, abi.EINVAL
	}
	var a Addr
	if host == "*" || host == "0" {
		if !server {
			return Addr{}, abi.EINVAL
		}
		host = "0.0.0.0"
	}
	if a.IP, ok = parseIPv4(host); !ok {
		return Addr{}, abi.EINVAL
	}
	port, _, _ := strings.Cut(rest, "/")
	var err error
	a.Port, err = parsePort(port)
	return a, err
}

func parsePort(s string) (uint16, error) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, abi.EINVAL
	}
	n, _, over := Number(s, 1<<16-1)
	if over {
		return 0, abi.ERANGE
	}
	return uint16(n), nil
}

// String returns the URL.
func (a Addr) String() string {
	if a.Path != "" {
		return "unix://" + a.Path
	}
	return "tcp://" + a.IP.String() + ":" + strconv.Itoa(int(a.Port))
}
