// The command nc: standard input and output, and a socket in the kernel.
package main

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func ncCommand() *command {
	return &command{
		name: "nc", args: "[HOST] PORT", min: 1, max: 2, part: "net",
		doc: "connect standard input and output to a socket in the kernel",
		more: `
The end of the input closes the sending half of a connection; nc ends when the
other side has closed, too. With -u it ends with ^C or after -w.`,
		opts: []option{
			{'6', "", "over IPv6, for a host that has both"},
			{'l', "", "wait for one connection at PORT, of HOST's address if given"},
			{'u', "", "UDP: a datagram for each read of the input"},
			{'w', "SEC", "end when nothing came for so long; connect within it"},
		},
		examples: []string{"rumpctl nc 10.0.0.2 80 < request", "rumpctl nc -l 7000 > file"},
		run: func(k *ctl, o options, args []string) error {
			n := &ncat{ctl: k, family: 0, udp: o.has('u')}
			if o.has('6') {
				n.family = abi.AF_INET6
			}
			var err error
			if n.idle, err = parseSeconds(o, 'w', 0); err != nil {
				return err
			}
			if len(args) == 1 && !o.has('l') {
				return usagef("needs HOST and PORT")
			}
			address, err := n.address(args)
			if err != nil {
				return err
			}
			ctx, stop := interrupted()
			defer stop()
			if o.has('l') {
				return netError(n.listen(ctx, address))
			}
			return netError(n.connect(ctx, address))
		},
	}
}

// ncat is one run of nc.
type ncat struct {
	*ctl
	family int
	udp    bool
	idle   time.Duration
}

func (n *ncat) protocol() string {
	if n.udp {
		return "udp"
	}
	return "tcp"
}

// address makes host:port of the operands.
func (n *ncat) address(args []string) (string, error) {
	port, err := parseCount("port", args[len(args)-1], 0, 65535)
	if err != nil {
		return "", err
	}
	host := "0.0.0.0"
	if n.family == abi.AF_INET6 {
		host = "::"
	}
	if len(args) == 2 {
		a, err := n.lookup(args[0], n.family)
		if err != nil {
			return "", err
		}
		host = a.String()
	}
	return net.JoinHostPort(host, strconv.Itoa(port)), nil
}

func (n *ncat) connect(ctx context.Context, address string) error {
	dial := ctx
	if n.idle > 0 {
		var cancel context.CancelFunc
		dial, cancel = context.WithTimeout(ctx, n.idle)
		defer cancel()
	}
	conn, err := n.c.Net().DialContext(dial, n.protocol(), address)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	return n.talk(ctx, conn)
}

// listen takes one connection, or talks to the first that sends a datagram.
func (n *ncat) listen(ctx context.Context, address string) error {
	if n.udp {
		pc, err := n.c.Net().ListenPacket("udp", address)
		if err != nil {
			return err
		}
		return n.talk(ctx, &firstPeer{PacketConn: pc, known: make(chan struct{}), closed: make(chan struct{})})
	}
	ln, err := n.c.Net().Listen("tcp", address)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = ln.Close() })
	conn, err := ln.Accept()
	stop()
	_ = ln.Close()
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	return n.talk(ctx, conn)
}

// grace is how long the input may take to end after the other side has sent
// all it has to send, and may still be listening.
const grace = 2 * time.Second

// talk copies both ways until both sides have ended, or ctx ends. An input that
// goes on when the other side has nothing more to say is given up after a while.
func (n *ncat) talk(ctx context.Context, conn net.Conn) error {
	var once sync.Once
	end := func() { once.Do(func() { _ = conn.Close() }) }
	defer end()
	defer context.AfterFunc(ctx, end)()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, err := io.Copy(conn, n.in)
		if half, ok := conn.(interface{ CloseWrite() error }); ok && err == nil && !n.udp {
			_ = half.CloseWrite() // the other side may have closed already
		}
	}()
	err := n.output(conn)
	if errors.Is(err, io.EOF) {
		select {
		case <-sent:
		case <-ctx.Done():
		case <-time.After(grace):
		}
	}
	if ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// output prints what comes, as it comes.
func (n *ncat) output(conn net.Conn) error {
	buf := make([]byte, copyBuf)
	for {
		if n.idle > 0 {
			if err := conn.SetReadDeadline(time.Now().Add(n.idle)); err != nil {
				return err
			}
		}
		size, err := conn.Read(buf)
		if size > 0 {
			if _, err := n.out.Write(buf[:size]); err != nil {
				return err
			}
			if err := n.out.Flush(); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
}

// firstPeer is a socket for datagrams that talks to the first who sends one.
type firstPeer struct {
	net.PacketConn
	once, end     sync.Once
	known, closed chan struct{}
	peer          net.Addr
}

// Read receives a datagram.
func (f *firstPeer) Read(p []byte) (int, error) {
	n, from, err := f.ReadFrom(p)
	if err == nil {
		f.once.Do(func() { f.peer = from; close(f.known) })
	}
	return n, err
}

// Write sends a datagram, once it is known to whom.
func (f *firstPeer) Write(p []byte) (int, error) {
	select {
	case <-f.known:
		return f.WriteTo(p, f.peer)
	case <-f.closed:
		return 0, net.ErrClosed
	}
}

// Close closes the socket.
func (f *firstPeer) Close() error {
	f.end.Do(func() { close(f.closed) })
	return f.PacketConn.Close()
}

// RemoteAddr is the other side, nil as long as nobody has sent.
func (f *firstPeer) RemoteAddr() net.Addr {
	select {
	case <-f.known:
		return f.peer
	default:
		return nil
	}
}
