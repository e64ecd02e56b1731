// A null call over a socket beside a bare ping-pong of the same bytes.
package main

import (
	"context"
	"io"
	"net"
	"path/filepath"

	"github.com/rumpkit/rumpkit/client"
)

// The sizes on the wire of a call without arguments, and of its answer.
const (
	callBytes   = 24
	answerBytes = 48
)

// wireRow compares getpid over the socket of a kernel program with a bare
// exchange of as many bytes between two processes.
func wireRow(ctx context.Context, url, tmp string) (row, func(), error) {
	c, err := client.Dial(ctx, url, "bench")
	if err != nil {
		return row{}, nil, err
	}
	socket := filepath.Join(tmp, "pong")
	stop, err := startSelf(ctx, "pong", socket)
	if err != nil {
		return row{}, nil, err
	}
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return row{}, nil, err
	}
	buf := make([]byte, answerBytes)
	r := row{
		name: "null call, unix socket (beside a bare ping-pong)", goal: 1.3,
		ours: repeat(func() error { c.Getpid(); return nil }),
		native: repeat(func() error {
			if _, err := conn.Write(buf[:callBytes]); err != nil {
				return err
			}
			_, err := io.ReadFull(conn, buf)
			return err
		}),
	}
	return r, func() {
		_ = c.Exit()
		_ = conn.Close()
		stop()
	}, nil
}

// pong answers every callBytes bytes on a unix socket with answerBytes bytes.
// It is this program's other role, so that the peer is another process.
func pong(socket string) error {
	l, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	defer l.Close()
	println("ready")
	conn, err := l.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	buf := make([]byte, answerBytes)
	for {
		if _, err := io.ReadFull(conn, buf[:callBytes]); err != nil {
			return nil // the other side is done
		}
		if _, err := conn.Write(buf); err != nil {
			return err
		}
	}
}
