// The host's files, as the nodes and devices that show them have them.
package vfs

import (
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// host opens files of the host.
type host struct {
	hypercall.Host
	procs *proc.Table
}

func (v *VFS) host() host { return host{v.b.Host, v.b.Procs} }

// open opens a host file for reading and writing, or only for reading when the
// host allows no more.
func (h host) open(path string) (f hypercall.File, readOnly bool, err error) {
	if f, err = h.Open(path, hypercall.ReadWrite); err != nil {
		readOnly = true
		f, err = h.Open(path, hypercall.ReadOnly)
	}
	if err == nil && h.procs.Bounded() {
		f = lentFile{f, h.procs}
	}
	return f, readOnly, err
}

// lentFile is a host file where virtual CPUs are bounded: whoever waits for the
// host, with whatever locks, lends its own.
type lentFile struct {
	hypercall.File
	procs *proc.Table
}

func (f lentFile) ReadAt(b []byte, off int64) (n int, err error) {
	f.procs.Lend(func() { n, err = f.File.ReadAt(b, off) })
	return n, err
}

func (f lentFile) WriteAt(b []byte, off int64) (n int, err error) {
	f.procs.Lend(func() { n, err = f.File.WriteAt(b, off) })
	return n, err
}

func (f lentFile) Sync() (err error) {
	f.procs.Lend(func() { err = f.File.Sync() })
	return err
}
