// An endpoint that can do nothing, to build sparse ones from.
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Unsupported is an Endpoint that refuses everything, with the errors of a
// protocol that lacks the operation. Sparse endpoints embed it.
type Unsupported struct{}

var _ Endpoint = Unsupported{}

// Attach implements Endpoint.
func (Unsupported) Attach(*Socket) {}

// Bind implements Endpoint.
func (Unsupported) Bind(*proc.LWP, []byte) error { return abi.EOPNOTSUPP }

// Connect implements Endpoint.
func (Unsupported) Connect(*proc.LWP, []byte) error { return abi.EOPNOTSUPP }

// Connecting implements Endpoint.
func (Unsupported) Connecting() bool { return false }

// Listen implements Endpoint.
func (Unsupported) Listen(int) error { return abi.EOPNOTSUPP }

// Accept implements Endpoint.
func (Unsupported) Accept() (Endpoint, error) { return nil, abi.EOPNOTSUPP }

// Send implements Endpoint.
func (Unsupported) Send(*proc.LWP, *Message) (int, error) { return 0, abi.EOPNOTSUPP }

// Recv implements Endpoint.
func (Unsupported) Recv(*proc.LWP, *Message) (int, error) { return 0, abi.EOPNOTSUPP }

// Shutdown implements Endpoint.
func (Unsupported) Shutdown(int32) error { return abi.EOPNOTSUPP }

// LocalAddr implements Endpoint.
func (Unsupported) LocalAddr([]byte) ([]byte, error) { return nil, abi.EOPNOTSUPP }

// PeerAddr implements Endpoint.
func (Unsupported) PeerAddr([]byte) ([]byte, error) { return nil, abi.ENOTCONN }

// SetOption implements Endpoint.
func (Unsupported) SetOption(*proc.LWP, int32, int32, []byte) error { return abi.ENOPROTOOPT }

// Option implements Endpoint.
func (Unsupported) Option(int32, int32) ([]byte, error) { return nil, abi.ENOPROTOOPT }

// Poll implements Endpoint.
func (Unsupported) Poll() event.Mask { return abi.POLLOUT }

// Ioctl implements Endpoint.
func (Unsupported) Ioctl(*proc.LWP, uint32, *file.Arg) error { return abi.ENOTTY }

// Queued implements Endpoint.
func (Unsupported) Queued() (recv, send int) { return 0, 0 }

// Buffers implements Endpoint.
func (Unsupported) Buffers() (recv, send int) { return 0, 0 }

// TakeError implements Endpoint.
func (Unsupported) TakeError() error { return nil }

// Ended implements Endpoint.
func (Unsupported) Ended() (recv, send bool) { return false, false }

// Draining implements Endpoint.
func (Unsupported) Draining() bool { return false }

// Close implements Endpoint.
func (Unsupported) Close() {}
