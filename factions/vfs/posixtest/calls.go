// Single calls and the errors they end with.
package posixtest

import (
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// act is one call, and the names it is about.
type act struct {
	call  func(c Process) error
	names []string
}

func on(call func(c Process) error, names ...string) act { return act{call, names} }

func open(name string, flags int) act {
	return on(func(c Process) error {
		fd, err := c.Open(name, flags, 0o644)
		if err == nil {
			err = c.Close(fd)
		}
		return err
	}, name)
}

func mkdir(name string) act {
	return on(func(c Process) error { return c.Mkdir(name, 0o755) }, name)
}

func rmdir(name string) act  { return on(func(c Process) error { return c.Rmdir(name) }, name) }
func unlink(name string) act { return on(func(c Process) error { return c.Unlink(name) }, name) }

func rename(from, to string) act {
	return on(func(c Process) error { return c.Rename(from, to) }, from, to)
}

func link(name, other string) act {
	return on(func(c Process) error { return c.Link(name, other) }, name, other)
}

func symlink(target, name string) act {
	return on(func(c Process) error { return c.Symlink(target, name) }, name)
}

func chmod(name string, mode uint32) act {
	return on(func(c Process) error { return c.Chmod(name, mode) }, name)
}

func chown(name string, uid, gid int) act {
	return on(func(c Process) error { return c.Chown(name, uid, gid) }, name)
}

func truncate(name string, n int64) act {
	return on(func(c Process) error { return c.Truncate(name, n) }, name)
}

func access(name string, how int) act {
	return on(func(c Process) error { return c.Access(name, how) }, name)
}

func mkfifo(name string) act {
	return on(func(c Process) error { return c.Mkfifo(name, 0o600) }, name)
}

func stat(name string) act {
	return on(func(c Process) error { return c.Stat(name, new(abi.Stat)) }, name)
}

func utimes(name string, sec int64) act {
	return on(func(c Process) error {
		return c.Utimensat(abi.AT_FDCWD, name, &[2]abi.Timespec{{Sec: sec}, {Sec: sec}}, 0)
	}, name)
}

func touch(name string) act {
	return on(func(c Process) error { return c.Utimensat(abi.AT_FDCWD, name, nil, 0) }, name)
}

// call is a case: who calls (root unless user), what a file system must be able
// to store, and how it ends.
type call struct {
	name string
	act  act
	want error
	user bool
	need Can
	// lack is what the file system must not be able to store: how it says so.
	lack Can
}

// table returns the cases.
func table() []call {
	long := strings.Repeat("n", 256)
	sym, lnk, own := Can{Symlinks: true}, Can{Links: true}, Can{Owners: true}
	ok := error(nil)
	list := []call{
		{name: "open what is not there", act: open("none", abi.O_RDONLY), want: abi.ENOENT},
		{name: "open below a file", act: open("file/x", abi.O_RDONLY), want: abi.ENOTDIR},
		{name: "open the empty name", act: open("", abi.O_RDONLY), want: abi.ENOENT},
		{name: "open a name too long", act: open(long, abi.O_RDONLY), want: abi.ENAMETOOLONG},
		{name: "create a name too long", act: open(long, abi.O_CREAT|abi.O_RDWR), want: abi.ENAMETOOLONG},
		{name: "create the longest name", act: open(long[1:], abi.O_CREAT|abi.O_RDWR), want: ok},
		{name: "mkdir of a name too long", act: mkdir(long), want: abi.ENAMETOOLONG},
		{name: "rename to a name too long", act: rename("file", long), want: abi.ENAMETOOLONG},
		{name: "link to a name too long", act: link("file", long), want: abi.ENAMETOOLONG, need: lnk},
		{name: "symlink of a name too long", act: symlink("x", long), want: abi.ENAMETOOLONG, need: sym},
		{name: "unlink a name too long", act: unlink(long), want: abi.ENAMETOOLONG},
		{name: "open a path too long", act: open(strings.Repeat("./", 512)+"file", 0), want: abi.ENAMETOOLONG},
		{name: "create what is there", act: open("file", abi.O_CREAT|abi.O_EXCL|abi.O_RDWR), want: abi.EEXIST},
		{name: "open a directory for writing", act: open("full", abi.O_WRONLY), want: abi.EISDIR},
		{name: "open a directory with O_TRUNC", act: open("full", abi.O_TRUNC), want: abi.EISDIR},
		{name: "open a directory", act: open("full", abi.O_RDONLY|abi.O_DIRECTORY), want: ok},
		{name: "open a file as a directory", act: open("file", abi.O_RDONLY|abi.O_DIRECTORY), want: abi.ENOTDIR},
		{name: "open a file with a slash", act: open("file/", abi.O_RDONLY), want: abi.ENOTDIR},
		{name: "mkdir what is there", act: mkdir("full"), want: abi.EEXIST},
		{name: "mkdir over a file", act: mkdir("file"), want: abi.EEXIST},
		{name: "mkdir in nothing", act: mkdir("none/x"), want: abi.ENOENT},
		{name: "mkdir with a slash", act: mkdir("new/"), want: ok},
		{name: "mkdir of dot", act: mkdir("."), want: abi.EEXIST},
		{name: "rmdir a full one", act: rmdir("full"), want: abi.ENOTEMPTY},
		{name: "rmdir an empty one", act: rmdir("empty"), want: ok},
		{name: "rmdir a file", act: rmdir("file"), want: abi.ENOTDIR},
		{name: "rmdir of dot", act: rmdir("empty/."), want: abi.EINVAL},
		{name: "rmdir of dot-dot", act: rmdir("empty/.."), want: abi.ENOTEMPTY},
		{name: "rmdir nothing", act: rmdir("none"), want: abi.ENOENT},
		{name: "unlink a directory", act: unlink("empty"), want: abi.EPERM},
		{name: "unlink nothing", act: unlink("none"), want: abi.ENOENT},
		{name: "unlink below a file", act: unlink("file/x"), want: abi.ENOTDIR},
		{name: "rename nothing", act: rename("none", "x"), want: abi.ENOENT},
		{name: "rename over a file", act: rename("secret", "file"), want: ok},
		{name: "rename a file over a directory", act: rename("file", "empty"), want: abi.EISDIR},
		{name: "rename a directory over a file", act: rename("empty", "file"), want: abi.ENOTDIR},
		{name: "rename over an empty directory", act: rename("full", "empty"), want: ok},
		{name: "rename over a full directory", act: rename("empty", "full"), want: abi.ENOTEMPTY},
		{name: "rename into itself", act: rename("full", "full/x"), want: abi.EINVAL},
		{name: "rename over what it is in", act: rename("full/file", "full"), want: abi.ENOTEMPTY},
		{name: "rename to itself", act: rename("file", "file"), want: ok},
		{name: "rename dot", act: rename("full/.", "x"), want: abi.EINVAL},
		{name: "rename a directory across mounts", act: rename("full", "/tmp/posixtest"), want: abi.EXDEV},
		{name: "rename across mounts", act: rename("file", "/tmp/posixtest"), want: abi.EXDEV},
		{name: "truncate to less than nothing", act: truncate("file", -1), want: abi.EINVAL},
		{name: "truncate a directory", act: truncate("full", 0), want: abi.EISDIR},
		{name: "access in an unknown way", act: access("file", 8), want: abi.EINVAL},
		{name: "access of nothing", act: access("none", abi.F_OK), want: abi.ENOENT},
		{name: "mkfifo over a file", act: mkfifo("file"), want: abi.EEXIST, need: Can{Fifos: true}},

		{name: "link a directory", act: link("full", "x"), want: abi.EPERM},
		{name: "link over a file", act: link("file", "secret"), want: abi.EEXIST, need: lnk},
		{name: "link nothing", act: link("none", "x"), want: abi.ENOENT},
		{name: "link across mounts", act: link("file", "/tmp/posixtest"), want: abi.EXDEV, need: lnk},
		{name: "link", act: link("file", "x"), want: ok, need: lnk},

		{name: "open a loop", act: open("loop", abi.O_RDONLY), want: abi.ELOOP, need: sym},
		{name: "stat through a loop", act: stat("loop/x"), want: abi.ELOOP, need: sym},
		{name: "mkdir through a loop", act: mkdir("loop/x"), want: abi.ELOOP, need: sym},
		{name: "rename into a loop", act: rename("file", "loop/x"), want: abi.ELOOP, need: sym},
		{name: "chmod a loop", act: chmod("loop", 0o600), want: abi.ELOOP, need: sym},
		{name: "truncate a loop", act: truncate("loop", 0), want: abi.ELOOP, need: sym},
		{name: "rename over a loop", act: rename("file", "loop"), want: ok, need: sym},
		{name: "unlink a loop", act: unlink("loop"), want: ok, need: sym},
		{name: "chmod a dangling link", act: chmod("dangling", 0o600), want: abi.ENOENT, need: sym},
		{name: "truncate a dangling link", act: truncate("dangling", 0), want: abi.ENOENT, need: sym},
		{name: "open a dangling link", act: open("dangling", abi.O_RDONLY), want: abi.ENOENT, need: sym},
		{name: "create through a dangling link", act: open("dangling", abi.O_CREAT|abi.O_RDWR), want: ok, need: sym},
		{name: "create a link's name", act: open("dangling", abi.O_CREAT|abi.O_EXCL|abi.O_RDWR), want: abi.EEXIST, need: sym},
		{name: "open a link, not following", act: open("link", abi.O_NOFOLLOW), want: abi.EFTYPE, need: sym},
		{name: "mkdir over a dangling link", act: mkdir("dangling"), want: abi.EEXIST, need: sym},
		{name: "rmdir a link to a directory", act: rmdir("dirlink"), want: abi.ENOTDIR, need: sym},
		{name: "symlink over a file", act: symlink("x", "file"), want: abi.EEXIST, need: sym},
		{name: "stat through a link", act: stat("dirlink/file"), want: ok, need: sym},
		{name: "make a symbolic link where there are none", act: symlink("file", "x"), want: abi.EOPNOTSUPP, lack: sym},
		{name: "link where files have one name", act: link("file", "x"), want: abi.EOPNOTSUPP, lack: lnk},
		{name: "make a fifo where there are none", act: mkfifo("x"), want: abi.EINVAL, lack: Can{Fifos: true}},
		{name: "chown where nobody owns", act: chown("file", user, user), want: abi.EINVAL, lack: own},
		{name: "chown to who has all", act: chown("file", 0, -1), want: ok, lack: own},
		{name: "chmod where there are no modes", act: chmod("file", 0o444), want: ok, lack: own},

		{name: "stat through a link to a file", act: stat("link/x"), want: abi.ENOTDIR, need: sym},
	}
	for _, c := range []call{
		{name: "open to read", act: open("secret", abi.O_RDONLY), want: abi.EACCES},
		{name: "open to write", act: open("file", abi.O_WRONLY), want: abi.EACCES},
		{name: "open to truncate", act: open("file", abi.O_TRUNC), want: abi.EACCES},
		{name: "open its own", act: open("open/mine", abi.O_RDWR), want: ok},
		{name: "search a shut directory", act: open("shut/file", abi.O_RDONLY), want: abi.EACCES},
		{name: "stat in a shut directory", act: stat("shut/file"), want: abi.EACCES},
		{name: "list a shut directory", act: open("shut", abi.O_RDONLY), want: abi.EACCES},
		{name: "create in another's directory", act: open("new", abi.O_CREAT|abi.O_RDWR), want: abi.EACCES},
		{name: "create in its read-only one", act: open("open/ro/new", abi.O_CREAT|abi.O_RDWR), want: abi.EACCES},
		{name: "create in an open one", act: open("open/new", abi.O_CREAT|abi.O_RDWR), want: ok},
		{name: "mkdir", act: mkdir("new"), want: abi.EACCES},
		{name: "rmdir", act: rmdir("empty"), want: abi.EACCES},
		{name: "unlink", act: unlink("file"), want: abi.EACCES},
		{name: "unlink in an open directory", act: unlink("full/file"), want: ok},
		{name: "unlink another's in a sticky one", act: unlink("sticky/root"), want: abi.EPERM},
		{name: "unlink its own in a sticky one", act: unlink("sticky/mine"), want: ok},
		{name: "rename another's in a sticky one", act: rename("sticky/root", "sticky/x"), want: abi.EPERM},
		{name: "rename over another's in a sticky one", act: rename("sticky/mine", "sticky/root"), want: abi.EPERM},
		{name: "rename out of another's directory", act: rename("file", "open/x"), want: abi.EACCES},
		{name: "rename into another's directory", act: rename("open/mine", "x"), want: abi.EACCES},
		{name: "rename a directory into another's", act: rename("open/ro", "ro"), want: abi.EACCES},
		{name: "rename into its read-only directory", act: rename("open/mine", "open/ro/x"), want: abi.EACCES},
		{name: "rename its own", act: rename("open/mine", "full/x"), want: ok},
		{name: "rename its own in a sticky one", act: rename("sticky/mine", "sticky/x"), want: ok},
		{name: "rename through a shut directory", act: rename("shut/file", "open/x"), want: abi.EACCES},
		{name: "link into another's directory", act: link("open/mine", "x"), want: abi.EACCES},
		{name: "link its own", act: link("open/mine", "open/x"), want: ok},
		{name: "symlink in another's directory", act: symlink("file", "x"), want: abi.EACCES},
		{name: "symlink in an open one", act: symlink("file", "open/x"), want: ok},
		{name: "mkfifo in another's directory", act: mkfifo("x"), want: abi.EACCES},
		{name: "mkfifo in an open one", act: mkfifo("open/x"), want: ok},
		{name: "mkdir in an open one", act: mkdir("open/x"), want: ok},
		{name: "rmdir its own", act: rmdir("open/ro"), want: ok},
		{name: "truncate its own", act: truncate("open/mine", 0), want: ok},
		{name: "truncate what it may write", act: truncate("sticky/root", 0), want: ok},
		{name: "set times of its own", act: utimes("open/mine", 1), want: ok},
		{name: "chmod another's that it may write", act: chmod("sticky/root", 0o600), want: abi.EPERM},
		{name: "chmod in a shut directory", act: chmod("shut/file", 0o666), want: abi.EACCES},
		{name: "list its read-only directory", act: open("open/ro", abi.O_RDONLY|abi.O_DIRECTORY), want: ok},
		{name: "open to create what is there", act: open("file", abi.O_CREAT|abi.O_RDONLY), want: ok},
		{name: "open to create what it may not read", act: open("secret", abi.O_CREAT|abi.O_RDONLY), want: abi.EACCES},
		{name: "chmod another's", act: chmod("file", 0o777), want: abi.EPERM},
		{name: "chmod its own", act: chmod("open/mine", 0o600), want: ok},
		{name: "chmod sticky on a file", act: chmod("open/mine", 0o1644), want: abi.EFTYPE},
		{name: "chown its own", act: chown("open/mine", 0, -1), want: abi.EPERM},
		{name: "chgrp to another group", act: chown("open/mine", -1, 7), want: abi.EPERM},
		{name: "chgrp to its own group", act: chown("open/mine", -1, user), want: ok},
		{name: "truncate another's", act: truncate("file", 0), want: abi.EACCES},
		{name: "set times of another's", act: utimes("file", 1), want: abi.EPERM},
		{name: "touch another's", act: touch("file"), want: abi.EACCES},
		{name: "touch what it may write", act: touch("sticky/root"), want: ok},
		{name: "set times of what it may write", act: utimes("sticky/root", 1), want: abi.EPERM},
		{name: "access to write", act: access("file", abi.W_OK), want: abi.EACCES},
		{name: "access to read", act: access("file", abi.R_OK), want: ok},
		{name: "access to write a directory", act: access("open", abi.W_OK|abi.X_OK), want: ok},
		{name: "access in a shut directory", act: access("shut/file", abi.F_OK), want: abi.EACCES},
		{name: "access to execute", act: access("file", abi.X_OK), want: abi.EACCES},
	} {
		c.name, c.user, c.need = "user: "+c.name, true, own
		list = append(list, c)
	}
	return list
}

// covers reports whether can is all that need asks for.
func (can Can) covers(need Can) bool {
	return (can.Owners || !need.Owners) && (can.Symlinks || !need.Symlinks) &&
		(can.Links || !need.Links) && (can.Fifos || !need.Fifos)
}

// lacks reports whether can is nothing of what lack says.
func (can Can) lacks(lack Can) bool {
	return !(can.Owners && lack.Owners || can.Symlinks && lack.Symlinks || can.Links && lack.Links || can.Fifos && lack.Fifos)
}

// runCalls runs the table. A call that is refused changes nothing, so those have
// one directory; each of the others has a fresh one.
func runCalls(t *testing.T, s System) {
	var refused, done []call
	for _, c := range table() {
		if !s.Can.covers(c.need) || !s.Can.lacks(c.lack) || c.user && s.OneUser {
			continue
		}
		if d, ok := s.Differs[c.name]; ok {
			c.want = d.Want
		}
		if c.want != nil {
			refused = append(refused, c)
		} else {
			done = append(done, c)
		}
	}
	t.Run("refused", func(t *testing.T) {
		p := enter(t, s)
		p.buildAll()
		for _, c := range refused {
			t.Run(c.name, func(t *testing.T) { c.check(t, p) })
		}
	})
	for _, c := range done {
		t.Run(c.name, func(t *testing.T) {
			p := enter(t, s)
			p.build(c.act.names...)
			c.check(t, p)
		})
	}
}

// check makes the call.
func (c *call) check(t *testing.T, p *place) {
	t.Helper()
	who := p.root
	if c.user {
		who = p.user
	}
	if err := c.act.call(who); err != c.want {
		t.Errorf("%v, want %v", err, c.want)
	}
}
