// The command ping: ask a host for echoes, from inside the kernel.
package main

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func pingCommand() *command {
	return &command{
		name: "ping", args: "HOST", min: 1, max: 1, part: "net",
		doc: "ask a host for echoes, from inside the kernel",
		more: `
Ends after -c echoes, after -w seconds or with ^C, and prints what it counted.
Exit status: 0 if an echo came, 2 if none did, 1 for an error.`,
		opts: []option{
			{'6', "", "over IPv6, for a host that has both"},
			{'c', "N", "so many echoes"},
			{'i', "SEC", "so long between two, 1 at first"},
			{'s', "SIZE", "bytes of data, 56 at first"},
			{'w', "SEC", "end after so long"},
			{'n', "", "does nothing: numbers are all there is"},
		},
		examples: []string{"rumpctl ping -c 3 127.0.0.1", "rumpctl ping -c 1 fe80::1%lo0"},
		run: func(k *ctl, o options, args []string) error {
			p, err := k.parsePing(o, args[0])
			if err != nil {
				return err
			}
			ctx, stop := interrupted()
			defer stop()
			if p.limit > 0 {
				ctx, stop = context.WithTimeout(ctx, p.limit)
				defer stop()
			}
			return p.run(ctx)
		},
	}
}

// Bounds of the options.
const (
	maxPingSize  = 65507
	pingWait     = 10 * time.Second // for the last echo, when none came so far
	pingPoll     = 50 * time.Millisecond
	minPingPause = time.Millisecond
)

// ping is one run of the command.
type ping struct {
	*ctl
	host     string
	to       netip.Addr
	count    int // 0 for no end
	size     int
	interval time.Duration
	limit    time.Duration

	sock pingSocket
	stat pingStat
	sent map[uint16]time.Time
}

func (k *ctl) parsePing(o options, host string) (p *ping, err error) {
	p = &ping{ctl: k, host: host, size: 56, interval: time.Second, sent: map[uint16]time.Time{}}
	if text, ok := o['c']; ok {
		if p.count, err = parseCount("-c", text, 1, 1<<30); err != nil {
			return nil, err
		}
	}
	if text, ok := o['s']; ok {
		if p.size, err = parseCount("-s", text, 0, maxPingSize); err != nil {
			return nil, err
		}
	}
	if p.interval, err = parseSeconds(o, 'i', p.interval); err != nil {
		return nil, err
	}
	p.interval = max(p.interval, minPingPause)
	if p.limit, err = parseSeconds(o, 'w', 0); err != nil {
		return nil, err
	}
	family := 0
	if o.has('6') {
		family = abi.AF_INET6
	}
	p.to, err = k.lookup(host, family)
	return p, err
}

// parseSeconds reads a time in seconds, with a fraction if need be.
func parseSeconds(o options, letter byte, otherwise time.Duration) (time.Duration, error) {
	text, ok := o[letter]
	if !ok {
		return otherwise, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v <= 0 || v > 1e6 {
		return 0, usagef("-%c %q is no time in seconds", letter, text)
	}
	return time.Duration(v * float64(time.Second)), nil
}

func (p *ping) run(ctx context.Context) error {
	var err error
	if p.sock, err = newPingSocket(p.c, p.to); err != nil {
		return err
	}
	defer p.sock.close()
	p.printf("PING %s (%v): %d data bytes\n", p.host, p.to, p.size)
	if err := p.rounds(ctx); err != nil {
		return err
	}
	p.printf("\n%s", p.stat.summary(p.host))
	if p.stat.received == 0 {
		return exitStatus(exitNoEcho)
	}
	return nil
}

// exitNoEcho is the exit status when no echo came.
const exitNoEcho = 2

// rounds sends and receives until all is done or ctx ends.
func (p *ping) rounds(ctx context.Context) error {
	next := time.Now()
	var last time.Time
	for ctx.Err() == nil {
		now := time.Now()
		all := p.count > 0 && p.stat.sent >= p.count
		switch {
		case all && (p.stat.received >= p.count || len(p.sent) == 0 || now.After(last)):
			return nil
		case !all && !now.Before(next):
			p.send(now)
			next = now.Add(p.interval)
			last = now.Add(p.patience())
		}
		until := next
		if all {
			until = last
		}
		if err := p.receive(min(time.Until(until), pingPoll)); err != nil {
			return err
		}
	}
	return nil
}

// patience is how long to wait for the last echo.
func (p *ping) patience() time.Duration {
	if p.stat.received == 0 {
		return pingWait
	}
	return max(2*p.stat.max, time.Second)
}

func (p *ping) send(now time.Time) {
	seq := uint16(p.stat.sent)
	p.stat.sent++
	if err := p.sock.send(seq, p.size); err != nil {
		_ = p.out.Flush()
		fmt.Fprintf(p.errw, "rumpctl: ping: sendto: %v\n", err)
		return
	}
	p.sent[seq] = now
}

// receive prints what comes within a time.
func (p *ping) receive(within time.Duration) error {
	r, err := p.sock.receive(max(within, 0))
	if err != nil || r == nil {
		return err
	}
	now := time.Now()
	if r.what != "" {
		p.printf("%d bytes from %v: %s\n", r.size, r.from, r.what)
		return p.out.Flush()
	}
	at, known := p.sent[r.seq]
	dup := ""
	if !known {
		return nil
	}
	if at.IsZero() {
		p.stat.dups++
		dup = " (DUP!)"
	} else {
		p.stat.add(now.Sub(at))
		p.sent[r.seq] = time.Time{}
	}
	p.printf("%d bytes from %v: icmp_seq=%d", r.size, r.from, r.seq)
	if r.ttl >= 0 {
		p.printf(" ttl=%d", r.ttl)
	}
	if dup == "" {
		p.printf(" time=%s ms", millis(now.Sub(at)))
	}
	p.printf("%s\n", dup)
	return p.out.Flush()
}
