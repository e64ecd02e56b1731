// Events and the text log: what is set up through kqueue(2) and sysctl(3).
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/usermem"
	"github.com/rumpkit/rumpkit/tailored/base"
)

// eventRows wake a waiter up, beside many registrations that stay quiet, and
// beside epoll(7) with few.
func eventRows(c *cleanup) ([]row, error) {
	native, err := c.epollWake()
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, n := range []int{10, 1000, 100_000} {
		ours, err := c.kqueueWake(n)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{name: fmt.Sprintf("kqueue wake-up, %d registrations (epoll: 1)", n), ours: ours, native: native})
	}
	return rows, nil
}

// kqueueWake returns a body that makes one of n registrations ready, waits for
// it and takes what made it so.
func (c *cleanup) kqueueWake(n int) (body, error) {
	_, _, cl, err := c.bootBase()
	if err != nil {
		return nil, err
	}
	files := abi.Rlimit{Cur: 150_000, Max: 150_000}
	if err := cl.Setrlimit(abi.RLIMIT_NOFILE, &files); err != nil {
		return nil, err
	}
	kq, err := cl.Kqueue()
	if err != nil {
		return nil, err
	}
	quiet, _, err := cl.Pipe()
	if err != nil {
		return nil, err
	}
	add := []abi.Kevent{{Filter: abi.EVFILT_READ, Flags: abi.EV_ADD}}
	register := func(fd int) error {
		add[0].Ident = uint64(fd)
		_, err := cl.Kevent(kq, add, nil, nil)
		return err
	}
	for range n - 1 {
		fd, err := cl.Dup(quiet)
		if err == nil {
			err = register(fd)
		}
		if err != nil {
			return nil, err
		}
	}
	r, w, err := cl.Pipe()
	if err != nil {
		return nil, err
	}
	got, b := make([]abi.Kevent, 4), make([]byte, 1)
	return repeat(func() error {
		_, err := cl.Write(w, b)
		if err == nil {
			_, err = cl.Kevent(kq, nil, got, nil)
		}
		if err == nil {
			_, err = cl.Read(r, b)
		}
		return err
	}), register(r)
}

// epollWake is kqueueWake of the host, with one registration.
func (c *cleanup) epollWake() (body, error) {
	ep, err := unix.EpollCreate1(0)
	if err != nil {
		return nil, err
	}
	var p [2]int
	if err := unix.Pipe(p[:]); err != nil {
		return nil, err
	}
	c.add(func() { _ = unix.Close(ep); _ = unix.Close(p[0]); _ = unix.Close(p[1]) })
	got, b := make([]unix.EpollEvent, 4), make([]byte, 1)
	return repeat(func() error {
		_, err := unix.Write(p[1], b)
		if err == nil {
			_, err = unix.EpollWait(ep, got, -1)
		}
		if err == nil {
			_, err = unix.Read(p[0], b)
		}
		return err
	}), unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, p[0], &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(p[0])})
}

// node returns the number of a node of sysctl(3) below mib, by its name.
func node(c *client.Client, mib []int32, name string) ([]int32, error) {
	req := abi.Sysctlnode{Flags: abi.SYSCTL_VERSION}
	nodes := make([]abi.Sysctlnode, 64)
	size := uint64(len(usermem.BytesOfSlice(nodes)))
	ask := append(append([]int32(nil), mib...), abi.CTL_QUERY)
	if err := c.Sysctl(ask, usermem.BytesOfSlice(nodes), &size, usermem.BytesOf(&req)); err != nil {
		return nil, err
	}
	for _, n := range nodes {
		if strings.TrimRight(string(n.Name[:]), "\x00") == name {
			return append(append([]int32(nil), mib...), n.Num), nil
		}
	}
	return nil, errors.New("no node " + name)
}

// textLog has every call of k but tracer's entered in the text log.
func textLog(tracer *client.Client) error {
	mib := []int32{abi.CTL_VENDOR}
	for _, name := range []string{"rumpkit", "trace", "pid"} {
		var err error
		if mib, err = node(tracer, mib, name); err != nil {
			return err
		}
	}
	return tracer.Sysctl(mib, nil, nil, binary.LittleEndian.AppendUint32(nil, 0))
}

// memories measures what a process and an lwp take.
func memories() ([]figure, error) {
	k, err := base.Boot(kernel.Config{Host: silent{hypercall.Real()}})
	if err != nil {
		return nil, err
	}
	defer k.Close()
	const n = 10_000
	before := inUse()
	for range n {
		if _, err := k.Attach("bench", nil); err != nil {
			return nil, err
		}
	}
	proc := (inUse() - before) / n
	p, err := k.Attach("bench", nil)
	if err != nil {
		return nil, err
	}
	before = inUse()
	for range n {
		if _, err := p.NewThread(); err != nil {
			return nil, err
		}
	}
	lwp := (inUse() - before) / n
	return []figure{
		{name: "memory of a process, with its first lwp", value: fmt.Sprintf("%d bytes", proc)},
		{name: "memory of an lwp", value: fmt.Sprintf("%d bytes", lwp)},
	}, nil
}
