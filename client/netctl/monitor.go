// What changes, as it changes.

package netctl

import (
	"context"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// monitorPoll is how often it is looked whether to end, in milliseconds.
const monitorPoll = 100

// Monitor calls f with each message of a routing socket until ctx ends or f
// returns false. ready, if not nil, is called once nothing is missed any more.
func (n Net) Monitor(ctx context.Context, ready func(), f func(time.Time, *Message) bool) error {
	fd, err := n.c.Socket(abi.PF_ROUTE, abi.SOCK_RAW|abi.SOCK_CLOEXEC|abi.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer func() { _ = n.c.Close(fd) }()
	if ready != nil {
		ready()
	}
	buf := make([]byte, messageSize)
	for ctx.Err() == nil {
		fds := []abi.Pollfd{{Fd: int32(fd), Events: abi.POLLIN}}
		if k, err := n.c.Poll(fds, monitorPoll); err != nil && err != abi.EINTR {
			return err
		} else if k == 0 {
			continue
		}
		size, err := n.c.Read(fd, buf)
		if err == abi.EAGAIN || err == abi.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		for _, m := range parseMessages(buf[:size]) {
			if !f(time.Now(), &m) {
				return nil
			}
		}
	}
	return nil
}
