// Waking an lwp up while very many others sleep.
package main

import (
	"fmt"
	"os"
	"sync"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// wakeRows pass a byte to a thread that sleeps and back, beside few and many
// lwps that sleep for something else.
func wakeRows(c *cleanup) ([]row, error) {
	native, err := c.hostWake()
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, n := range []int{10, 10_000} {
		ours, err := c.wake(n)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{name: fmt.Sprintf("wake-up and back, %d lwps asleep (host: 0)", n), ours: ours, native: native})
	}
	return rows, nil
}

// wake returns a body whose byte goes through two pipes, by way of an lwp that
// waits for it, while n others sleep in read, poll and kevent.
func (c *cleanup) wake(n int) (body, error) {
	_, first, cl, err := c.bootBase()
	if err != nil {
		return nil, err
	}
	var asleep sync.WaitGroup
	c.add(func() { _ = first.Exit(); asleep.Wait() })
	shared := first
	for i := range n {
		if i%100 == 0 { // some descriptors to a process
			if shared, err = shared.Fork(); err != nil {
				return nil, err
			}
			p := shared
			c.add(func() { _ = p.Exit() })
			if _, err := p.Fcntl(3, abi.F_CLOSEM, client.Arg{}); err != nil {
				return nil, err
			}
		}
		if err := sleeper(shared, &asleep, i%3); err != nil {
			return nil, err
		}
	}
	there, in, err := cl.Pipe()
	if err != nil {
		return nil, err
	}
	out, back, err := cl.Pipe()
	if err != nil {
		return nil, err
	}
	echo, err := cl.NewThread()
	if err != nil {
		return nil, err
	}
	asleep.Go(func() {
		b := make([]byte, 1)
		for {
			if n, err := echo.Read(there, b); n <= 0 || err != nil {
				return
			}
			_, _ = echo.Write(back, b)
		}
	})
	b := make([]byte, 1)
	return repeat(func() error {
		if _, err := cl.Write(in, b); err != nil {
			return err
		}
		_, err := cl.Read(out, b)
		return err
	}), nil
}

// sleeper has an lwp of p sleep until p ends, on a pipe of its own.
func sleeper(p *client.Client, asleep *sync.WaitGroup, how int) error {
	r, _, err := p.Pipe()
	if err != nil {
		return err
	}
	kq := -1
	if how == 2 {
		if kq, err = p.Kqueue(); err != nil {
			return err
		}
	}
	asleep.Go(func() {
		switch how {
		case 0:
			_, _ = p.Read(r, make([]byte, 1))
		case 1:
			_, _ = p.Poll([]abi.Pollfd{{Fd: int32(r), Events: abi.POLLIN}}, -1)
		default:
			on := []abi.Kevent{{Ident: uint64(r), Filter: abi.EVFILT_READ, Flags: abi.EV_ADD}}
			_, _ = p.Kevent(kq, on, make([]abi.Kevent, 1), nil)
		}
	})
	return nil
}

// hostWake is wake between two goroutines and the host's pipes.
func (c *cleanup) hostWake() (body, error) {
	there, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, back, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	var echo sync.WaitGroup
	echo.Go(func() {
		b := make([]byte, 1)
		for {
			if _, err := there.Read(b); err != nil {
				return
			}
			_, _ = back.Write(b)
		}
	})
	c.add(func() { _ = in.Close(); echo.Wait(); _, _, _ = out.Close(), back.Close(), there.Close() })
	b := make([]byte, 1)
	return repeat(func() error {
		if _, err := in.Write(b); err != nil {
			return err
		}
		_, err := out.Read(b)
		return err
	}), nil
}
