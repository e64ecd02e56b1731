// Package posixtest is what every file system must do, as POSIX and NetBSD's
// manual have it: tables of calls and their results, run by processes over
// whatever is mounted on a directory. The processes are a kernel's, or the
// host's for what it shows of a kernel.
package posixtest

import (
	"testing"

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

// System is what is tested.
type System struct {
	// Dir is an empty directory of the file system.
	Dir string
	Can Can
	// Root returns a new process of root, whose umask is 022; the suite ends it.
	Root func(t *testing.T) Process
	// OneUser says that processes cannot become another user's: what needs
	// one is not tested.
	OneUser bool
	// Differs are the cases that end otherwise than the tables say, by name.
	Differs map[string]Difference
}

// Difference is how a case ends on a system that is not NetBSD's alone.
type Difference struct {
	// Want is what a call ends with; a behaviour with one is not run.
	Want error
	// Why says what is behind it.
	Why string
}

// The user that is not root, and its group.
const user = 100

// Run runs the suite.
func Run(t *testing.T, s System) {
	t.Run("differences", func(t *testing.T) { checkDiffers(t, s.Differs) })
	t.Run("calls", func(t *testing.T) { runCalls(t, s) })
	t.Run("behaviour", func(t *testing.T) { runBehaviour(t, s) })
}

// checkDiffers checks that each difference is one of a case, with a reason.
func checkDiffers(t *testing.T, differs map[string]Difference) {
	wants := map[string]error{}
	for _, c := range table() {
		wants[c.name] = c.want
	}
	for _, b := range behaviours() {
		wants[b.name] = abi.EINVAL // whatever is not nil
	}
	for name, d := range differs {
		if want, ok := wants[name]; !ok || d.Why == "" || want == d.Want {
			t.Errorf("%q: no case, no reason, or no difference", name)
		}
	}
}

// place is where one case runs: a fresh directory, and who makes its calls.
type place struct {
	t    *testing.T
	can  Can
	root Process
	user Process // nil where there is one user
	c    Process // who makes the calls of the case: one of the two
}

// enter makes a fresh directory and the processes, which are in it.
func enter(t *testing.T, s System) *place {
	t.Helper()
	p := &place{t: t, can: s.Can, root: s.Root(t)}
	dir := s.Dir + "/case"
	t.Cleanup(func() {
		p.do("chdir", p.root.Chdir("/"))
		p.do("remove", p.root.RemoveAll(dir))
		_ = p.root.Exit()
	})
	p.do("mkdir", p.root.Mkdir(dir, 0o755))
	p.do("chdir", p.root.Chdir(dir))
	p.c = p.root
	if !s.OneUser {
		u := s.Root(t)
		t.Cleanup(func() { _ = u.Exit() })
		p.do("chdir", u.Chdir(dir))
		p.do("setgroups", u.Setgroups(nil))
		p.do("setgid", u.Setgid(user))
		p.do("setuid", u.Setuid(user))
		p.user = u
	}
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
