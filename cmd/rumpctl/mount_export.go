// The command mount that shows the files of a kernel, or of an image, to the
// programs of the host.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/cmd/rumpctl/export"
)

// export mounts source on the host's directory dir until it ends.
func (k *ctl) export(o options, source, dir string) (err error) {
	dir, err = mountPoint(dir)
	if err != nil {
		return err
	}
	signals := catchSignals()
	defer signal.Stop(signals)
	c, opts, leave, err := k.exported(o, source)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at(source, leave())) }()
	m, err := export.New(c, dir, opts)
	if err != nil {
		return at(dir, err)
	}
	k.printf("%s is mounted; to end it: fusermount3 -u %s\n", dir, dir)
	if err := k.out.Flush(); err != nil {
		return errors.Join(err, k.unmountExport(m, dir))
	}
	return k.serve(m, dir, signals)
}

// mountPoint checks the directory, before it is one that must not be looked at.
func mountPoint(dir string) (string, error) {
	st, err := os.Stat(dir)
	if err != nil {
		return "", at(dir, bare(err))
	}
	if !st.IsDir() {
		return "", fmt.Errorf("%s: files are shown in a directory, and it is none", dir)
	}
	return filepath.Abs(dir)
}

// exported finds the kernel, or boots one for an image; leave ends what was
// begun.
func (k *ctl) exported(o options, source string) (c *client.Client, opts export.Options, leave func() error, err error) {
	opts = export.Options{Source: source, ReadOnly: o.has('r'), Private: o.has('p')}
	isURL, isPath := strings.Contains(source, "://"), strings.HasPrefix(source, ":")
	if !isURL && !isPath {
		m, err := openImage(source, o)
		if err != nil {
			return nil, opts, nil, at(source, err)
		}
		opts.Alone, opts.ReadOnly = true, !m.writable
		if c, err = m.enter(); err != nil {
			return nil, opts, nil, errors.Join(at(source, err), m.leave())
		}
		return c, opts, m.leave, nil
	}
	if isURL {
		k.url = source
	} else {
		opts.Root, opts.Source = kernelPath(source), k.url+source
	}
	err = k.connect()
	leave = func() error { return nil }
	if err == nil && !opts.ReadOnly {
		leave = func() error { k.c.Sync(); return nil }
	}
	return k.c, opts, leave, err
}

// serve waits for the end of the mount. A signal ends it as soon as nobody uses
// it, a second one at once.
func (k *ctl) serve(m *export.Mount, dir string, signals <-chan os.Signal) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.Wait()
	}()
	gone, err := m.Gone()
	if err != nil {
		return errors.Join(err, k.unmountExport(m, dir))
	}
	asked := false
	for {
		select {
		case <-done:
			return nil
		case <-gone:
			return errors.Join(fmt.Errorf("the kernel at %s has gone", k.url), k.unmountExport(m, dir))
		case <-signals:
			if asked {
				return fmt.Errorf("%s was in use: programs that have files open there lose them", dir)
			}
			asked = true
			if err := k.unmountExport(m, dir); err != nil {
				return err
			}
		}
	}
}

// unmountExport unmounts, or says why it takes time.
func (k *ctl) unmountExport(m *export.Mount, dir string) error {
	busy, err := m.Unmount()
	if busy && err == nil {
		fmt.Fprintf(k.errw, "rumpctl: mount: %s is in use: it is unmounted when the last file there is closed\n", dir)
	}
	return at(dir, err)
}
