// File systems: the same calls made of a kernel and of the host, for the rows
// that compare them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// system is who the calls are made of; names are below its directory. One
// goroutine uses it; another makes its own by thread.
type system interface {
	create(name string) (fd int, err error)
	open(name string) (fd int, err error)
	close(fd int) error
	pread(fd int, b []byte, off int64) (int, error)
	pwrite(fd int, b []byte, off int64) (int, error)
	fsync(fd int) error
	stat(name string) error
	mkdir(name string) error
	unlink(name string) error
	rename(from, to string) error
	// list reads a directory to its end, and calls each, if it is not nil, with
	// the names; . and .. are among them.
	list(name string, each func(name string) error) error
	thread() (s system, release func(), err error)
}

// guest is a kernel in this process.
type guest struct {
	c   *client.Client
	dir string
	buf []byte
}

func newGuest(c *client.Client, dir string) *guest { return &guest{c, dir, make([]byte, 32<<10)} }

func (g *guest) at(name string) string { return g.dir + name }

func (g *guest) create(name string) (int, error) {
	return g.c.Open(g.at(name), abi.O_CREAT|abi.O_RDWR, 0o644)
}
func (g *guest) open(name string) (int, error)                   { return g.c.Open(g.at(name), abi.O_RDWR, 0) }
func (g *guest) close(fd int) error                              { return g.c.Close(fd) }
func (g *guest) pread(fd int, b []byte, off int64) (int, error)  { return g.c.Pread(fd, b, off) }
func (g *guest) pwrite(fd int, b []byte, off int64) (int, error) { return g.c.Pwrite(fd, b, off) }
func (g *guest) fsync(fd int) error                              { return g.c.Fsync(fd) }
func (g *guest) mkdir(name string) error                         { return g.c.Mkdir(g.at(name), 0o755) }
func (g *guest) unlink(name string) error                        { return g.c.Unlink(g.at(name)) }
func (g *guest) rename(from, to string) error                    { return g.c.Rename(g.at(from), g.at(to)) }

func (g *guest) stat(name string) error {
	var st abi.Stat
	return g.c.Lstat(g.at(name), &st)
}

func (g *guest) list(name string, each func(string) error) error {
	fd, err := g.c.Open(g.at(name), abi.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer func() { _ = g.c.Close(fd) }()
	for {
		n, err := g.c.Getdents(fd, g.buf)
		if err != nil || n == 0 {
			return err
		}
		for rest := g.buf[:n]; each != nil && len(rest) > 0; {
			var d client.Dirent
			if d, rest, err = client.NextDirent(rest); err == nil {
				err = each(d.Name)
			}
			if err != nil {
				return err
			}
		}
	}
}

func (g *guest) thread() (system, func(), error) {
	c, err := g.c.NewThread()
	if err != nil {
		return nil, nil, err
	}
	return newGuest(c, g.dir), c.Release, nil
}

// host is the host's own.
type host struct {
	dir string
	buf []byte
}

func newHost(dir string) *host { return &host{dir + "/", make([]byte, 32<<10)} }

func (h *host) at(name string) string { return h.dir + name }

func (h *host) create(name string) (int, error) {
	return unix.Open(h.at(name), unix.O_CREAT|unix.O_RDWR, 0o644)
}
func (h *host) open(name string) (int, error)                   { return unix.Open(h.at(name), unix.O_RDWR, 0) }
func (h *host) close(fd int) error                              { return unix.Close(fd) }
func (h *host) pread(fd int, b []byte, off int64) (int, error)  { return unix.Pread(fd, b, off) }
func (h *host) pwrite(fd int, b []byte, off int64) (int, error) { return unix.Pwrite(fd, b, off) }
func (h *host) fsync(fd int) error                              { return unix.Fsync(fd) }
func (h *host) mkdir(name string) error                         { return unix.Mkdir(h.at(name), 0o755) }
func (h *host) unlink(name string) error                        { return unix.Unlink(h.at(name)) }
func (h *host) rename(from, to string) error                    { return unix.Rename(h.at(from), h.at(to)) }

func (h *host) stat(name string) error {
	var st unix.Stat_t
	return unix.Lstat(h.at(name), &st)
}

func (h *host) list(name string, each func(string) error) error {
	fd, err := unix.Open(h.at(name), unix.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	var names []string
	for {
		n, err := unix.Getdents(fd, h.buf)
		if err != nil || n == 0 {
			return err
		}
		if each == nil {
			continue
		}
		_, _, names = unix.ParseDirent(h.buf[:n], -1, names[:0])
		for _, name := range names {
			if err := each(name); err != nil {
				return err
			}
		}
	}
}

func (h *host) thread() (system, func(), error) {
	return &host{h.dir, make([]byte, 32<<10)}, func() {}, nil
}

// work is something that a system does n times; who tells clients apart.
type work func(s system, who, n int) error

// by returns a body in which clients of s do the work, n times each.
func by(s system, clients int, w work) body {
	return func(n int) error {
		errs := make([]error, clients)
		var working sync.WaitGroup
		for who := range clients {
			working.Go(func() {
				t, release, err := s.thread()
				if err == nil {
					err = w(t, who, n)
					release()
				}
				errs[who] = err
			})
		}
		working.Wait()
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// pair returns a row in which both systems do the same.
func pair(name string, goal float64, clients int, ours, native system, w func() work) row {
	return row{name: name, goal: goal, long: true, ours: by(ours, clients, w()), native: by(native, clients, w())}
}

// fillFile makes a file of size bytes.
func fillFile(s system, name string, size int64) error {
	fd, err := s.create(name)
	if err != nil {
		return err
	}
	b := make([]byte, 1<<20)
	for off := int64(0); off < size; off += int64(len(b)) {
		b[0] = byte(off >> 20)
		if _, err := s.pwrite(fd, b, off); err != nil {
			return err
		}
	}
	return s.close(fd)
}

// fillDir makes a directory with n empty files 0, 1 and so on.
func fillDir(s system, dir string, n int) error {
	if err := s.mkdir(dir); err != nil {
		return err
	}
	return createMany(s, dir, n)
}

func createMany(s system, dir string, n int) error {
	for i := range n {
		fd, err := s.create(dir + "/" + strconv.Itoa(i))
		if err == nil {
			err = s.close(fd)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// walkTree calls stat for each file below dir, whose files have names of digits
// and whose directories do not.
func walkTree(s system, dir string) error {
	var below []string
	err := s.list(dir, func(name string) error {
		if name == "." || name == ".." {
			return nil
		}
		p := filepath.Join(dir, name)
		if name[0] < '0' || name[0] > '9' {
			below = append(below, p)
		}
		return s.stat(p)
	})
	for _, d := range below {
		if err == nil {
			err = walkTree(s, d)
		}
	}
	return err
}

// runVFS measures file systems only.
func runVFS(ctx context.Context, bin, out string, size int64) error {
	tmp, err := os.MkdirTemp(memoryDir(), "rumpkit-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	results, err := vfsRatios(ctx, bin, tmp, size)
	return errors.Join(err, save(out, results))
}

// vfsRatios measures the groups of rows of file systems.
func vfsRatios(ctx context.Context, bin, tmp string, size int64) ([]result, error) {
	return groupRatios(
		func(c *cleanup) ([]row, error) { return tmpfsRows(c, tmp) },
		func(c *cleanup) ([]row, error) { return imageRows(c, tmp, size) },
		func(c *cleanup) ([]row, error) { return fuseRows(ctx, c, bin, tmp) },
	)
}

// groupRatios measures groups of rows, each by itself, and says which the host
// does not permit.
func groupRatios(groups ...func(c *cleanup) ([]row, error)) (results []result, err error) {
	for _, group := range groups {
		c := new(cleanup)
		rows, err := group(c)
		var more []result
		if err == nil {
			more, err = measure(rows)
		}
		c.run()
		switch {
		case errors.Is(err, errSkipped):
			fmt.Println("  " + err.Error())
		case err != nil:
			return results, err
		}
		results = append(results, more...)
	}
	return results, nil
}
