// Kernels behind a socket.

package client

import (
	"context"
	"time"

	"github.com/rumpkit/rumpkit/client/wire"
)

// DialOption is a choice that Dial offers.
type DialOption func(*wire.Options)

// Reconnect makes calls wait up to d for a lost server to come back (negative:
// without end) instead of failing with ENOTCONN. It comes back with a new
// process: open descriptors and whatever else the kernel knew of the old one
// are gone.
func Reconnect(d time.Duration) DialOption {
	return func(o *wire.Options) {
		o.Retry = d
		if d < 0 {
			o.Retry = wire.Forever
		}
	}
}

// StallTime bounds how long the server may not read what it is sent before it
// is given up; it is ten seconds at first.
func StallTime(d time.Duration) DialOption {
	return func(o *wire.Options) { o.StallTime = d }
}

// Dial makes a process of that name in the kernel at url, unix://path or
// tcp://a.b.c.d:port. The error is a *wire.Error. ctx bounds the dialling and
// does not matter afterwards. Exit ends the process and the connection.
func Dial(ctx context.Context, url, name string, opts ...DialOption) (*Client, error) {
	var o wire.Options
	for _, opt := range opts {
		opt(&o)
	}
	k, err := wire.Dial(ctx, url, o)
	if err != nil {
		return nil, err
	}
	defer k.Close()
	return New(k, name)
}
