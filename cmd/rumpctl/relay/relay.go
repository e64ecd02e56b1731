// Package relay passes connections and datagrams that come to one network on
// to another.
package relay

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// Relay says where things go.
type Relay struct {
	// Dial makes the connection that goes on.
	Dial func(ctx context.Context) (net.Conn, error)
	// Failed is told of connections that could not be passed on; it is called
	// by one goroutine at a time. It may be nil.
	Failed func(error)
	// Idle is after how long without datagrams a sender is forgotten, a minute
	// when it is 0.
	Idle time.Duration

	mu sync.Mutex
}

func (r *Relay) failed(ctx context.Context, err error) {
	if r.Failed == nil || ctx.Err() != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Failed(err)
}

// dialTime bounds how long making the connection that goes on may take.
const dialTime = 75 * time.Second

// Connections accepts connections until ctx ends or ln fails, and passes each
// on. It closes ln and all connections, and returns when all is over.
func (r *Relay) Connections(ctx context.Context, ln net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	var open sync.WaitGroup
	defer open.Wait()
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = ln.Close() })()
	defer func() { _ = ln.Close() }()
	for {
		in, err := ln.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		open.Go(func() { r.connection(ctx, in) })
	}
}

// connection passes one connection on.
func (r *Relay) connection(ctx context.Context, in net.Conn) {
	defer func() { _ = in.Close() }()
	dial, cancel := context.WithTimeout(ctx, dialTime)
	out, err := r.Dial(dial)
	cancel()
	if err != nil {
		r.failed(ctx, err)
		return
	}
	defer func() { _ = out.Close() }()
	defer context.AfterFunc(ctx, func() {
		_ = in.Close()
		_ = out.Close()
	})()
	var back sync.WaitGroup
	back.Go(func() { pass(in, out) })
	pass(out, in)
	back.Wait()
}

// pass copies one direction. The end of it closes that half; an error closes
// both connections, which ends the other direction, too.
func pass(to, from net.Conn) {
	_, err := io.Copy(writer{to}, reader{from})
	if half, ok := to.(interface{ CloseWrite() error }); ok && err == nil {
		err = half.CloseWrite()
	}
	if err != nil {
		_ = to.Close()
		_ = from.Close()
	}
}

// reader and writer hide what else a connection can do, so that io.Copy does
// not look for system calls of the host.
type reader struct{ io.Reader }
type writer struct{ io.Writer }
