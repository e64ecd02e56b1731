// Calls in process beside the host's own.
package main

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// callRows returns the rows of calls that c, bound to one lwp, makes beside
// the same calls to the host, on files in dir of a host memory file system.
func callRows(c *client.Client, dir string) ([]row, func(), error) {
	const size = 4096
	buf := make([]byte, size)
	ours, err := c.Open("/tmp/bench", abi.O_CREAT|abi.O_RDWR, 0o644)
	if err != nil {
		return nil, nil, err
	}
	if _, err := c.Write(ours, buf); err != nil {
		return nil, nil, err
	}
	name := filepath.Join(dir, "bench")
	host, err := unix.Open(name, unix.O_CREAT|unix.O_RDWR, 0o644)
	if err != nil {
		return nil, nil, err
	}
	if _, err := unix.Write(host, buf); err != nil {
		return nil, nil, err
	}
	pr, pw, err := c.Pipe()
	if err != nil {
		return nil, nil, err
	}
	var hp [2]int
	if err := unix.Pipe(hp[:]); err != nil {
		return nil, nil, err
	}
	done := func() {
		_ = unix.Close(host)
		_ = unix.Close(hp[0])
		_ = unix.Close(hp[1])
		_ = os.Remove(name)
	}
	created := filepath.Join(dir, "created")
	one := buf[:1]
	rows := []row{
		{
			name: "getpid", goal: 0.05,
			ours:   repeat(func() error { c.Getpid(); return nil }),
			native: repeat(func() error { unix.Getppid(); return nil }),
		},
		{
			name: "pread 4 KiB, tmpfs", goal: 0.20,
			ours:   repeat(func() error { _, err := c.Pread(ours, buf, 0); return err }),
			native: repeat(func() error { _, err := unix.Pread(host, buf, 0); return err }),
		},
		{
			name:   "pwrite 4 KiB, tmpfs",
			ours:   repeat(func() error { _, err := c.Pwrite(ours, buf, 0); return err }),
			native: repeat(func() error { _, err := unix.Pwrite(host, buf, 0); return err }),
		},
		{
			name: "open + close", goal: 0.25,
			ours: repeat(func() error {
				fd, err := c.Open("/tmp/bench", abi.O_RDONLY, 0)
				if err != nil {
					return err
				}
				return c.Close(fd)
			}),
			native: repeat(func() error {
				fd, err := unix.Open(name, unix.O_RDONLY, 0)
				if err != nil {
					return err
				}
				return unix.Close(fd)
			}),
		},
		{
			name: "create + unlink", goal: 0.20,
			ours: repeat(func() error {
				fd, err := c.Open("/tmp/created", abi.O_CREAT|abi.O_RDWR, 0o644)
				if err != nil {
					return err
				}
				if err := c.Close(fd); err != nil {
					return err
				}
				return c.Unlink("/tmp/created")
			}),
			native: repeat(func() error {
				fd, err := unix.Open(created, unix.O_CREAT|unix.O_RDWR, 0o644)
				if err != nil {
					return err
				}
				if err := unix.Close(fd); err != nil {
					return err
				}
				return unix.Unlink(created)
			}),
		},
		{
			name: "pipe write + read 1 byte", goal: 0.12,
			ours: repeat(func() error {
				if _, err := c.Write(pw, one); err != nil {
					return err
				}
				_, err := c.Read(pr, one)
				return err
			}),
			native: repeat(func() error {
				if _, err := unix.Write(hp[1], one); err != nil {
					return err
				}
				_, err := unix.Read(hp[0], one)
				return err
			}),
		},
	}
	return rows, done, nil
}

// repeat returns a body that calls fn.
func repeat(fn func() error) body {
	return func(n int) error {
		for range n {
			if err := fn(); err != nil {
				return err
			}
		}
		return nil
	}
}
