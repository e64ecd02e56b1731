// Package wire is the client's end of NetBSD's sysproxy protocol 0.4: kernels
// behind a socket, in the terms of package sysent.
//
// A server is not trusted with the client's memory. It reaches what the calls
// in progress were given and nothing else, and what a call only reads it can't
// change.
package wire

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
	"golang.org/x/sys/unix"
)

// Forever makes Options.Retry try without end.
const Forever time.Duration = -1

// Options are the choices of a client.
type Options struct {
	// Retry is for how long a lost connection is tried to be made again: 0
	// does not try, a call then fails with ENOTCONN. What is made is a new
	// process: all that the kernel knew of the old one is lost, and only the
	// interrupted calls are sent again.
	Retry time.Duration
	// StallTime is how long a server may not take what it is sent before it
	// is given up (10 s).
	StallTime time.Duration
}

const defaultStall = 10 * time.Second

// Error is why a server could not be reached. Err is the host's error, or an
// abi.Errno for a URL that makes no sense or a server that refuses.
type Error struct {
	URL string
	Err error
}

func (e *Error) Error() string { return e.URL + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// errBanner is a server that does not speak sysproxy.
var errBanner = errors.New("not a rump kernel")

// connect reaches the server at a and takes its banner.
func connect(ctx context.Context, a sp.Addr, stall time.Duration) (*sp.Stream, error) {
	st, err := open(ctx, a, stall)
	if err != nil {
		return nil, err
	}
	stop := deadline(ctx, st)
	line, err := st.Line(sp.MaxBanner)
	if err == nil && (len(line) < 7 || line[:7] != "RUMPSP-") {
		err = errBanner
	}
	if !stop() || err != nil {
		st.Close()
		return nil, cause(ctx, err)
	}
	return st, nil
}

// deadline ends reads on st when ctx is over. stop ends that, and reports
// whether it had not happened.
func deadline(ctx context.Context, st *sp.Stream) (stop func() bool) {
	return context.AfterFunc(ctx, func() { st.SetReadDeadline(time.Unix(1, 0)) })
}

// cause prefers the context's reason.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// open connects a socket.
func open(ctx context.Context, a sp.Addr, stall time.Duration) (*sp.Stream, error) {
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		fd, sa, err := sp.Socket(a)
		if err != nil {
			return nil, err
		}
		st, err := connectSocket(ctx, fd, unix.Connect(fd, sa), stall)
		if err != unix.EAGAIN {
			if err == nil && a.Path == "" {
				sp.NoDelay(fd)
			}
			return st, err
		}
		select { // the server's queue is full
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// connectSocket completes a connect that gave err.
func connectSocket(ctx context.Context, fd int, err error, stall time.Duration) (*sp.Stream, error) {
	if err != nil && err != unix.EINPROGRESS {
		unix.Close(fd)
		return nil, err
	}
	st, serr := sp.NewStream(fd, stall)
	if serr != nil {
		unix.Close(fd)
		return nil, serr
	}
	if err == unix.EINPROGRESS {
		stop := context.AfterFunc(ctx, func() { st.SetWriteDeadline(time.Unix(1, 0)) })
		err = st.Connected()
		if !stop() || err != nil {
			st.Close()
			return nil, cause(ctx, err)
		}
	}
	return st, nil
}

// progname is the name of this program, for the kernel's process list.
func progname() string {
	if len(os.Args) == 0 {
		return "???"
	}
	name := os.Args[0]
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return name[i+1:]
		}
	}
	return name
}
