// ioctl(2) on Internet sockets.
package inet

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Ioctl implements net.Endpoint.
func (e *endpoint) Ioctl(l *proc.LWP, cmd uint32, arg *file.Arg) error {
	return abi.ENOTTY
}
