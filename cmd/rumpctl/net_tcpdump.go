// The command tcpdump: show or record the packets on an interface.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/rumpkit/rumpkit/client/bpf"
	"github.com/rumpkit/rumpkit/cmd/rumpctl/capture"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func tcpdumpCommand() *command {
	return &command{
		name: "tcpdump", args: "[FILTER...]", max: -1, part: "net",
		doc: "show or record the packets on an interface",
		more: `
FILTER is made of: tcp, udp, icmp, icmp6, arp, ip, ip6, host ADDRESS,
net ADDRESS/LENGTH, port N, with src or dst in front of these three,
ether host MAC; joined by and, or, not and parentheses.
Ends with ^C. The file is of the pcapng format, as Wireshark reads it.`,
		opts: []option{
			{'i', "INTERFACE", "the interface; else the first that is up and no loopback"},
			{'w', "FILE", "record into a file of the host, - for standard output"},
			{'c', "N", "end after so many packets"},
			{'p', "", "only what the interface would receive anyway"},
			{'n', "", "does nothing: numbers are all there is"},
		},
		examples: []string{"rumpctl tcpdump -i shmif0 tcp port 80", "rumpctl tcpdump -w /tmp/k.pcapng not arp",
			"rumpctl tcpdump -w - | wireshark -k -i -"},
		run: func(k *ctl, o options, args []string) error {
			ctx, stop := interrupted()
			defer stop()
			return k.tcpdump(ctx, o, args)
		},
	}
}

// capturing is one run of tcpdump.
type capturing struct {
	*ctl
	dev   *bpf.Device
	file  *capture.Writer
	flush func() error
	left  int // packets to come, negative for no end
	seen  int
}

func (k *ctl) tcpdump(ctx context.Context, o options, filter []string) (err error) {
	t := &capturing{ctl: k, left: -1, flush: k.out.Flush}
	if text, ok := o['c']; ok {
		if t.left, err = parseCount("-c", text, 1, 1<<30); err != nil {
			return err
		}
	}
	name, err := k.captureInterface(o['i'])
	if err != nil {
		return err
	}
	if err := t.open(name, filter, !o.has('p')); err != nil {
		return err
	}
	defer func() { _ = t.dev.Close() }()
	end, err := t.record(o, name)
	if err != nil {
		return err
	}
	fmt.Fprintf(k.errw, "listening on %s, link type %s\n", name, linkNames[t.dev.Link])
	err = t.loop(ctx)
	if e := end(); err == nil {
		err = e
	}
	t.counts()
	return err
}

var linkNames = map[int]string{
	abi.DLT_EN10MB: "EN10MB (Ethernet)", abi.DLT_NULL: "NULL (BSD loopback)", abi.DLT_LOOP: "LOOP", abi.DLT_RAW: "RAW (IP)",
}

// captureInterface is the interface that was named, or the one to take.
func (k *ctl) captureInterface(name string) (string, error) {
	if name != "" {
		i, err := k.network().Interface(name)
		return i.Name, err
	}
	list, err := k.network().Interfaces()
	if err != nil {
		return "", err
	}
	for _, loop := range []int{0, abi.IFF_LOOPBACK} {
		for _, i := range list {
			if i.Flags&(abi.IFF_UP|abi.IFF_LOOPBACK) == abi.IFF_UP|loop {
				return i.Name, nil
			}
		}
	}
	return "", errors.New("no interface is up: rumpctl ifconfig shows them")
}

// open opens the device; the filter can be compiled once its link type is
// known.
func (t *capturing) open(name string, filter []string, promiscuous bool) (err error) {
	if _, err := capture.Compile(filter, abi.DLT_EN10MB); err != nil {
		return usagef("%v", err)
	}
	if t.dev, err = bpf.Open(t.c, name, nil); err != nil {
		if errors.Is(err, bpf.ErrNoDevice) {
			return fmt.Errorf("%w: run a kernel that has, such as bin/rump-all", err)
		}
		return err
	}
	prog, err := capture.Compile(filter, t.dev.Link)
	if err == nil && prog != nil {
		err = t.dev.SetFilter(prog)
	}
	if err == nil && promiscuous {
		if err = t.dev.Promiscuous(); isErrno(err, abi.EINVAL) || isErrno(err, abi.EOPNOTSUPP) {
			err = nil // a loopback has nothing for others
		}
	}
	if err != nil {
		_ = t.dev.Close()
	}
	return err
}

// record begins the file that -w asks for, and returns what ends it.
func (t *capturing) record(o options, ifname string) (end func() error, err error) {
	path, ok := o['w']
	if !ok {
		return t.out.Flush, nil
	}
	var w io.Writer = t.out
	end = t.out.Flush
	if path != "-" {
		f, err := os.Create(path)
		if err != nil {
			return nil, err
		}
		b := bufio.NewWriter(f)
		w, t.flush = b, b.Flush
		end = func() error { return errors.Join(b.Flush(), f.Close()) }
	}
	t.file, err = capture.NewWriter(w, ifname, t.dev.Link)
	if err == nil {
		err = t.flush()
	}
	return end, err
}

// capturePoll is how long one look for packets waits.
const capturePoll = 50 * time.Millisecond

func (t *capturing) loop(ctx context.Context) error {
	for ctx.Err() == nil && t.left != 0 {
		list, err := t.dev.Read(capturePoll)
		if err != nil {
			return err
		}
		for _, p := range list {
			if t.left == 0 {
				break
			}
			if err := t.packet(&p); err != nil {
				return err
			}
			t.left--
			t.seen++
		}
		if len(list) > 0 {
			if err := t.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *capturing) packet(p *bpf.Packet) error {
	if t.file != nil {
		return t.file.Packet(p.Time, p.Data, p.Len)
	}
	t.printf("%s %s\n", p.Time.Format("15:04:05.000000"), capture.Summary(t.dev.Link, p.Data))
	return nil
}

// counts says how many packets there were.
func (t *capturing) counts() {
	fmt.Fprintf(t.errw, "%d packets captured\n", t.seen)
	if seen, lost, err := t.dev.Stats(); err == nil {
		fmt.Fprintf(t.errw, "%d packets received by filter\n%d packets dropped by kernel\n", seen, lost)
	}
}
