// AF_LINK: sockets that only perform commands on interfaces.
package inet

import (
	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// linkEndpoint is the endpoint of an AF_LINK socket.
type linkEndpoint struct {
	net.Unsupported
	in *Inet
}

// Ioctl implements net.Endpoint.
func (e linkEndpoint) Ioctl(l *proc.LWP, cmd uint32, arg *file.Arg) error {
	return e.in.ioctl(l, abi.AF_LINK, cmd, arg)
}

func (in *Inet) familyLink() *net.Family {
	return &net.Family{AF: abi.AF_LINK, Name: "link", Protocols: []net.Protocol{{
		Type: abi.SOCK_DGRAM, Traits: net.Atomic,
		New: func(*proc.LWP, int32) (net.Endpoint, error) { return linkEndpoint{in: in}, nil },
	}}}
}
