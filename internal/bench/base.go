// What the base kernel costs: pipes, processes, events, calls on several cores.
package main

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/tailored/base"
)

// cleanup is what is to be done when rows are measured, last first.
type cleanup []func()

func (c *cleanup) add(fn func()) { *c = append(*c, fn) }

func (c *cleanup) run() {
	for i := len(*c) - 1; i >= 0; i-- {
		(*c)[i]()
	}
}

// bootBase boots a base kernel with a client, and a client of it bound to one
// lwp.
func (c *cleanup) bootBase() (k *base.Kernel, shared, bound *client.Client, err error) {
	if k, err = base.Boot(kernel.Config{Host: silent{hypercall.Real()}}); err != nil {
		return nil, nil, nil, err
	}
	c.add(func() { _ = k.Close() })
	if shared, err = client.New(k, "bench"); err != nil {
		return nil, nil, nil, err
	}
	if bound, err = shared.NewThread(); err != nil {
		return nil, nil, nil, err
	}
	c.add(bound.Release)
	return k, shared, bound, nil
}

// baseRows returns the rows of the base kernel, each group on a kernel of its
// own.
func baseRows() (rows []row, done func(), err error) {
	c := new(cleanup)
	for _, group := range []func(*cleanup) ([]row, error){pipeRow, forkRow, coreRows, eventRows, wakeRows, traceRows} {
		r, err := group(c)
		if err != nil {
			c.run()
			return nil, nil, err
		}
		rows = append(rows, r...)
	}
	return rows, c.run, nil
}

// runBase measures only the base kernel.
func runBase(out string) error {
	rows, done, err := baseRows()
	if err != nil {
		return err
	}
	defer done()
	results, err := measure(rows)
	return errors.Join(err, save(out, results))
}

// pipeRow moves 64 KiB through a pipe.
func pipeRow(c *cleanup) ([]row, error) {
	_, _, cl, err := c.bootBase()
	if err != nil {
		return nil, err
	}
	r, w, err := cl.Pipe()
	if err != nil {
		return nil, err
	}
	var host [2]int
	if err := unix.Pipe(host[:]); err != nil {
		return nil, err
	}
	c.add(func() { _ = unix.Close(host[0]); _ = unix.Close(host[1]) })
	buf := make([]byte, 64<<10)
	return []row{{
		name: "pipe write + read 64 KiB", goal: 1,
		ours: repeat(func() error {
			return through(func() (int, error) { return cl.Write(w, buf) }, func() (int, error) { return cl.Read(r, buf) })
		}),
		native: repeat(func() error {
			return through(func() (int, error) { return unix.Write(host[1], buf) }, func() (int, error) { return unix.Read(host[0], buf) })
		}),
	}}, nil
}

// through writes once and reads until all of that has come.
func through(write, read func() (int, error)) error {
	n, err := write()
	for n > 0 && err == nil {
		var m int
		m, err = read()
		n -= m
	}
	return err
}

// forkRow makes a process and ends it.
func forkRow(c *cleanup) ([]row, error) {
	_, shared, _, err := c.bootBase()
	return []row{{
		name: "fork + exit of a client (beside /bin/true)",
		ours: repeat(func() error {
			child, err := shared.Fork()
			if err != nil {
				return err
			}
			return child.Exit()
		}),
		native: repeat(func() error {
			p, err := os.StartProcess("/bin/true", []string{"true"}, &os.ProcAttr{})
			if err != nil {
				return err
			}
			_, err = p.Wait()
			return err
		}),
	}}, err
}

// coreRows make null calls on several cores at a time: the time for one call
// of each falls as they grow.
func coreRows(c *cleanup) ([]row, error) {
	k, _, _, err := c.bootBase()
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, cores := range []int{1, 2} {
		var calls []func() error
		for range cores {
			p, err := k.Attach("bench", nil)
			if err != nil {
				return nil, err
			}
			t, err := p.NewThread()
			if err != nil {
				return nil, err
			}
			f := new(sysent.Frame)
			calls = append(calls, func() error { return t.Syscall(sysent.SYS_getpid, f) })
		}
		native := make([]func() error, cores)
		for i := range native {
			native[i] = func() error { unix.Getppid(); return nil }
		}
		rows = append(rows, row{
			name: fmt.Sprintf("null call, threads: %d", cores), goal: 0.05,
			ours: together(calls), native: together(native),
		})
	}
	return rows, nil
}

// together returns a body that shares its calls among threads.
func together(fns []func() error) body {
	return func(n int) error {
		errs := make([]error, len(fns))
		var all sync.WaitGroup
		for i, fn := range fns {
			all.Go(func() { errs[i] = repeat(fn)(max(1, n/len(fns))) })
		}
		all.Wait()
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// traceRows make null calls that are traced. What they cost untraced is the
// row of getpid.
func traceRows(c *cleanup) ([]row, error) {
	native := repeat(func() error { unix.Getppid(); return nil })
	_, shared, cl, err := c.bootBase()
	if err != nil {
		return nil, err
	}
	if err := c.ktrace(shared); err != nil {
		return nil, err
	}
	k, _, logged, err := c.bootBase()
	if err != nil {
		return nil, err
	}
	tracer, err := client.New(k, "tracer")
	if err != nil {
		return nil, err
	}
	if err := textLog(tracer); err != nil {
		return nil, err
	}
	return []row{
		{name: "getpid, ktrace to a pipe", ours: repeat(func() error { cl.Getpid(); return nil }), native: native},
		{name: "getpid, text log", ours: repeat(func() error { logged.Getpid(); return nil }), native: native},
	}, nil
}

// ktrace traces a client's calls to a pipe that its child reads.
func (c *cleanup) ktrace(shared *client.Client) error {
	r, w, err := shared.Pipe()
	if err != nil {
		return err
	}
	reader, err := shared.Fork()
	if err != nil {
		return err
	}
	if err := reader.Close(w); err != nil {
		return err
	}
	const calls = abi.KTRFAC_SYSCALL | abi.KTRFAC_SYSRET
	if err := shared.Fktrace(w, abi.KTROP_SET|abi.KTRFACv2, calls, shared.Getpid()); err != nil {
		return err
	}
	var reading sync.WaitGroup
	reading.Go(func() {
		buf := make([]byte, 64<<10)
		for {
			if n, err := reader.Read(r, buf); n <= 0 || err != nil {
				return
			}
		}
	})
	c.add(func() { _ = reader.Exit(); reading.Wait() })
	return nil
}
