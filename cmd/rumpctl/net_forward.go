// The command forward: ports of the host that lead into the kernel's network,
// and ports of the kernel that lead out.
package main

import (
	"context"
	"net"

	"github.com/rumpkit/rumpkit/cmd/rumpctl/relay"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func forwardCommand() *command {
	return &command{
		name: "forward", args: "FROM TO", min: 2, max: 2, part: "net",
		doc: "lead a port of the host into the kernel's network, or out of it",
		more: `
FROM and TO are HOST:PORT. FROM is listened at on the host, and each connection
to it goes on to TO from inside the kernel; with -R it is the other way round.
Without a host, FROM is the host's loopback address (with -R any of the
kernel's). Port 0 chooses one, which is printed. Ends with ^C.`,
		opts: []option{
			{'R', "", "reverse: FROM is in the kernel, TO is reached from the host"},
			{'u', "", "UDP; who sends nothing for a minute is forgotten"},
		},
		examples: []string{
			"rumpctl forward 127.0.0.1:8080 10.0.0.2:80", "rumpctl forward -R :80 127.0.0.1:8080",
			"rumpctl forward -u :5353 10.0.0.2:53",
		},
		run: func(k *ctl, o options, args []string) error {
			f := &forwarding{ctl: k, reverse: o.has('R'), network: "tcp"}
			if o.has('u') {
				f.network = "udp"
			}
			if err := f.addresses(args[0], args[1]); err != nil {
				return err
			}
			ctx, stop := interrupted()
			defer stop()
			return netError(f.run(ctx))
		},
	}
}

// forwarding is one run of the command.
type forwarding struct {
	*ctl
	reverse  bool
	network  string
	from, to string
}

// addresses makes addresses of the operands. Names are looked up where they
// belong: those of the host by the host.
func (f *forwarding) addresses(from, to string) (err error) {
	def := "127.0.0.1"
	if f.reverse {
		def = "0.0.0.0"
	}
	if f.from, err = f.address(from, def, f.reverse); err != nil {
		return err
	}
	f.to, err = f.address(to, "127.0.0.1", !f.reverse)
	return err
}

func (f *forwarding) address(text, otherwise string, inKernel bool) (string, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return "", usagef("%q is not HOST:PORT", text)
	}
	if _, err := parseCount("port", port, 0, 65535); err != nil {
		return "", err
	}
	switch {
	case host == "":
		host = otherwise
	case inKernel:
		a, err := f.lookup(host, 0)
		if err != nil {
			return "", err
		}
		host = a.String()
	}
	return net.JoinHostPort(host, port), nil
}

func (f *forwarding) run(ctx context.Context) error {
	var host net.Dialer
	r := relay.Relay{Dial: func(ctx context.Context) (net.Conn, error) {
		if f.reverse {
			return host.DialContext(ctx, f.network, f.to)
		}
		return f.c.Net().DialContext(ctx, f.network, f.to)
	}, Failed: func(err error) { f.fail(netError(err)) }}
	var err error
	if f.network == "udp" {
		err = f.datagrams(ctx, &r)
	} else {
		err = f.connections(ctx, &r)
	}
	if ctx.Err() != nil {
		f.failed = false // a connection that failed is not the forwarding's failure
		return nil
	}
	return err
}

func (f *forwarding) connections(ctx context.Context, r *relay.Relay) error {
	listen := net.Listen
	if f.reverse {
		listen = f.c.Net().Listen
	}
	ln, err := listen(f.network, f.from)
	if err != nil {
		return f.inUse(err)
	}
	f.say(ln.Addr())
	return r.Connections(ctx, ln)
}

func (f *forwarding) datagrams(ctx context.Context, r *relay.Relay) error {
	listen := net.ListenPacket
	if f.reverse {
		listen = f.c.Net().ListenPacket
	}
	pc, err := listen(f.network, f.from)
	if err != nil {
		return f.inUse(err)
	}
	f.say(pc.LocalAddr())
	return r.Datagrams(ctx, pc)
}

func (f *forwarding) say(from net.Addr) {
	where := "in the kernel"
	if f.reverse {
		where = "on the host"
	}
	f.printf("forwarding %v to %s %s\n", from, f.to, where)
	_ = f.out.Flush()
}

// inUse says what to do when somebody listens at the port already.
func (f *forwarding) inUse(err error) error {
	if isErrno(err, abi.EADDRINUSE) {
		_, port, _ := net.SplitHostPort(f.from)
		return at("somebody in the kernel has port "+port+" already (rumpctl netstat -a)", err)
	}
	return err
}
