// Package posixtest is what every file system must do, as POSIX and NetBSD's
// manual have it: tables of calls and their results, run through a client over
// whatever is mounted on a directory.
package posixtest

import (
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Can is what a file system can store; what it cannot is not tested.
type Can struct {
	// Owners are users, groups and modes of their own for each file, Symlinks
	// symbolic links, Links several names of a file, Fifos fifos.
	Owners, Symlinks, Links, Fifos bool
	// Tick is the unit of its times in nanoseconds.
	Tick int64
}

// Everything returns what a Unix file system can store, with times to the
// nanosecond.
func Everything() Can {
	return Can{Owners: true, Symlinks: true, Links: true, Fifos: true, Tick: 1}
}

// The user that is not root, and its group.
const user = 100

// Run runs the suite in dir, an empty directory of the file system. root
// returns a new process of root, which the suite ends.
func Run(t *testing.T, dir string, can Can, root func(t *testing.T) *client.Client) {
	t.Run("calls", func(t *testing.T) { runCalls(t, dir, can, root) })
	t.Run("behaviour", func(t *testing.T) { runBehaviour(t, dir, can, root) })
}

// place is where one case runs: a fresh directory, and who makes its calls.
type place struct {
	t    *testing.T
	can  Can
	root *client.Client
	user *client.Client
	c    *client.Client // who makes the calls of the case: one of the two
}

// enter makes a fresh directory and the processes, which are in it. Their umask
// is 022.
func enter(t *testing.T, dir string, can Can, root func(t *testing.T) *client.Client) *place {
	t.Helper()
	p := &place{t: t, can: can, root: root(t)}
	t.Cleanup(func() {
		p.do("chdir", p.root.Chdir("/"))
		p.do("remove", p.root.RemoveAll(dir+"/case"))
		_ = p.root.Exit()
	})
	p.do("mkdir", p.root.Mkdir(dir+"/case", 0o755))
	p.do("chdir", p.root.Chdir(dir+"/case"))
	u, err := p.root.Fork()
	p.do("fork", err)
	p.do("setgroups", u.Setgroups([]uint32{user}))
	p.do("setgid", u.Setgid(user))
	p.do("setuid", u.Setuid(user))
	t.Cleanup(func() { _ = u.Exit() })
	p.user, p.c = u, p.root
	return p
}

// do fails the test for an error.
func (p *place) do(what string, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// put makes a file with contents.
func (p *place) put(name, contents string, mode uint32) {
	p.t.Helper()
	fd, err := p.c.Open(name, abi.O_CREAT|abi.O_TRUNC|abi.O_WRONLY, mode)
	p.do("open "+name, err)
	_, err = p.c.Write(fd, []byte(contents))
	p.do("write "+name, err)
	p.do("close", p.c.Close(fd))
	if p.can.Owners {
		p.do("chmod", p.c.Chmod(name, mode))
	}
}

// mkdir makes a directory of exactly that mode.
func (p *place) mkdir(name string, mode uint32) {
	p.t.Helper()
	p.do("mkdir "+name, p.c.Mkdir(name, mode))
	if p.can.Owners {
		p.do("chmod "+name, p.c.Chmod(name, mode))
	}
}

// open opens a file.
func (p *place) open(name string, flags int) int {
	p.t.Helper()
	fd, err := p.c.Open(name, flags, 0o644)
	p.do("open "+name, err)
	return fd
}

// stat describes a file or symbolic link.
func (p *place) stat(name string) (st abi.Stat) {
	p.t.Helper()
	p.do("lstat "+name, p.c.Lstat(name, &st))
	return st
}

// want fails the test when a call did not end as it should.
func (p *place) want(what string, err, want error) {
	p.t.Helper()
	if err != want {
		p.t.Errorf("%s: %v, want %v", what, err, want)
	}
}
