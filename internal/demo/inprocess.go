// The second chapter: a kernel inside this process, the same calls, and what
// they take in both.
package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/tailored/all"
)

// silent is the host without its console, so that kernels that boot and halt
// in this process do not print between our lines.
type silent struct{ hypercall.Host }

func (silent) ConsoleWrite([]byte) {}

func quiet() kernel.Config { return kernel.Config{Host: silent{hypercall.Real()}} }

// inProcess boots a kernel here, does the same steps, and compares times with
// those of p.
func (d *demo) inProcess(p *program) error {
	d.title("2. The same calls in a kernel inside this process")
	begin := time.Now()
	k, err := all.Boot(quiet())
	took := time.Since(begin)
	if err != nil {
		return fmt.Errorf("booting tailored/all: %w", err)
	}
	defer k.Close()
	c, err := client.New(k, "demo")
	if err != nil {
		return err
	}
	defer c.Exit()
	d.printf("  k, err := all.Boot(kernel.Config{})\n  It is another kernel, with files and a network of its own, up after %s.\n\n", duration(took))
	if err := d.show(c, steps()); err != nil {
		return err
	}
	return d.times(p.c, c)
}

// times measures some calls in both kernels.
func (d *demo) times(remote, local *client.Client) error {
	d.printf("\n  Time per call (median)                               over the socket   in process\n")
	for _, m := range measures() {
		there, err := m.median(remote)
		if err != nil {
			return fmt.Errorf("%s, over the socket: %w", m.what, err)
		}
		here, err := m.median(local)
		if err != nil {
			return fmt.Errorf("%s, in process: %w", m.what, err)
		}
		d.printf("  %-52s %15s %12s\n", m.what, duration(there), duration(here))
	}
	return nil
}

// measure is a call to time: begin prepares it and returns what to time and
// what to do afterwards.
type measure struct {
	what  string
	begin func(c *client.Client) (call func() error, end func(), err error)
}

func measures() []measure {
	return []measure{
		{"getpid", func(c *client.Client) (func() error, func(), error) {
			return func() error { c.Getpid(); return nil }, func() {}, nil
		}},
		{"open and close a file", func(c *client.Client) (func() error, func(), error) {
			return func() error {
				fd, err := c.Open("/demo/hello", abi.O_RDONLY, 0)
				if err != nil {
					return err
				}
				return c.Close(fd)
			}, func() {}, nil
		}},
		{"read 4096 bytes of a file", beginRead},
		{"send and receive 64 bytes over TCP", beginTCP},
	}
}

func beginRead(c *client.Client) (func() error, func(), error) {
	fd, err := c.Open("/demo/block", abi.O_CREAT|abi.O_RDWR, 0o644)
	if err != nil {
		return nil, nil, err
	}
	buf := make([]byte, 4096)
	if _, err := c.Write(fd, buf); err != nil {
		return nil, nil, err
	}
	call := func() error { _, err := c.Pread(fd, buf, 0); return err }
	return call, func() { _ = c.Close(fd) }, nil
}

func beginTCP(c *client.Client) (func() error, func(), error) {
	pair, err := connect(c)
	if err != nil {
		return nil, nil, err
	}
	buf := make([]byte, 64)
	call := func() error {
		if _, err := c.Write(pair.client, buf); err != nil {
			return err
		}
		_, err := c.Read(pair.server, buf)
		return err
	}
	return call, func() { pair.close(c) }, nil
}

// median times rounds of a few calls each.
func (m *measure) median(c *client.Client) (time.Duration, error) {
	call, end, err := m.begin(c)
	if err != nil {
		return 0, err
	}
	defer end()
	const rounds, calls = 51, 40
	var times []time.Duration
	for range rounds {
		begin := time.Now()
		for range calls {
			if err := call(); err != nil {
				return 0, err
			}
		}
		times = append(times, time.Since(begin)/calls)
	}
	slices.Sort(times)
	return times[rounds/2], nil
}

// duration is a time with three digits at most.
func duration(d time.Duration) string {
	for _, u := range []struct {
		name string
		unit time.Duration
	}{{"s", time.Second}, {"ms", time.Millisecond}, {"µs", time.Microsecond}} {
		if d < u.unit {
			continue
		}
		v := float64(d) / float64(u.unit)
		if v < 9.95 {
			return fmt.Sprintf("%.1f %s", v, u.name)
		}
		return fmt.Sprintf("%.0f %s", v, u.name)
	}
	return fmt.Sprintf("%d ns", d.Nanoseconds())
}
