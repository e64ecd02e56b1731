package client_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Calls into a kernel of this process allocate nothing, from the stub to the
// handler and back.
func TestNoAllocation(t *testing.T) {
	c := inProcess(t)
	own, err := c.NewThread()
	must(t, err)
	defer own.Release()
	fd, err := c.Open("/file", abi.O_CREAT|abi.O_RDWR, 0o644)
	must(t, err)
	r, w, err := c.Pipe()
	must(t, err)
	buf := make([]byte, 4096)
	_, err = c.Write(fd, buf)
	must(t, err)
	st, ts := new(abi.Stat), new(abi.Timespec)
	bufs := [][]byte{buf[:100], buf[100:300]}
	fds := []abi.Pollfd{{Fd: int32(fd), Events: abi.POLLIN}, {Fd: int32(r), Events: abi.POLLIN}}
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, call := range map[string]func(c *client.Client){
		"getpid":  func(c *client.Client) { c.Getpid() },
		"pread":   func(c *client.Client) { _, err := c.Pread(fd, buf, 0); check(err) },
		"pwrite":  func(c *client.Client) { _, err := c.Pwrite(fd, buf, 0); check(err) },
		"lseek":   func(c *client.Client) { _, err := c.Lseek(fd, 0, abi.SEEK_SET); check(err) },
		"stat":    func(c *client.Client) { check(c.Stat("/file", st)) },
		"access":  func(c *client.Client) { check(c.Access("/file", abi.R_OK)) },
		"clock":   func(c *client.Client) { check(c.ClockGettime(abi.CLOCK_MONOTONIC, ts)) },
		"fstat":   func(c *client.Client) { check(c.Fstat(fd, st)) },
		"preadv":  func(c *client.Client) { _, err := c.Preadv(fd, bufs, 0); check(err) },
		"pwritev": func(c *client.Client) { _, err := c.Pwritev(fd, bufs, 0); check(err) },
		"poll":    func(c *client.Client) { _, err := c.Poll(fds, 0); check(err) },
		"pipe": func(c *client.Client) {
			_, err := c.Write(w, buf[:1])
			check(err)
			_, err = c.Read(r, buf[:1])
			check(err)
		},
	} {
		for kind, c := range map[string]*client.Client{"borrowed": c, "own": own} {
			if n := testing.AllocsPerRun(200, func() { call(c) }); n != 0 {
				t.Errorf("%s on a %s lwp allocates %v times", name, kind, n)
			}
		}
	}
}
