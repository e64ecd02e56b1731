// Files below a directory that names do not lead out of, as os.Root has them.

package client

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Root is the files below a directory of a kernel. Its methods are those of
// os.Root: no name, and no symbolic link on the way, leads out of the directory,
// and one that would is an error, whoever moves files meanwhile. It may be used
// by several goroutines.
type Root struct {
	desc
	name string
}

// ErrEscapes is the error of names that lead out of a Root.
var ErrEscapes = errors.New("path escapes from parent")

// errFollow is what an operation returns for a symbolic link that is to be
// followed.
var errFollow = errors.New("a symbolic link")

const (
	rootFlags = abi.O_RDONLY | abi.O_DIRECTORY | abi.O_CLOEXEC
	// maxLinks is how many symbolic links a name may lead through.
	maxLinks = 32
)

// OpenRoot opens a directory as a Root. Close closes it.
func (c *Client) OpenRoot(dir string) (*Root, error) {
	if err := checkPath("open", dir); err != nil {
		return nil, err
	}
	fd, err := c.Open(dir, rootFlags, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: err}
	}
	return &Root{desc: desc{c: c, n: fd}, name: dir}, nil
}

// Name is the name the directory was opened by.
func (r *Root) Name() string { return r.name }

// Close closes the directory. Files opened by it stay open.
func (r *Root) Close() error {
	if err := r.close(); err != nil {
		return &fs.PathError{Op: "close", Path: r.name, Err: err}
	}
	return nil
}

// at calls f with a descriptor of the directory that name is in, and the last
// part of name; f returns errFollow to be called with where that symbolic link
// leads. Errors are *fs.PathError.
func (r *Root) at(op, name string, f func(dir int, base string) error) error {
	err := r.use()
	if err == nil {
		err = r.walk(name, f)
		r.done()
	}
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// walk is one walk: the directories it went through are open.
type walk struct {
	c     *Client
	dirs  []int // the first is the Root's
	parts []string
	links int
}

// walk walks to the last part of a name, and calls f.
func (r *Root) walk(name string, f func(dir int, base string) error) error {
	w := &walk{c: r.c, dirs: []int{r.n}}
	defer func() { w.leave(1) }()
	if err := w.push(name, nil); err != nil {
		return err
	}
	for {
		for len(w.parts) > 1 {
			if err := w.step(); err != nil {
				return err
			}
		}
		last := w.parts[0]
		if last == ".." {
			if err := w.up(); err != nil {
				return err
			}
			last, w.parts = ".", []string{"."}
		}
		err := f(w.dir(), last)
		if err != errFollow {
			return err
		}
		if err := w.follow(nil); err != nil {
			return err
		}
	}
}

// dir is the directory the walk is in.
func (w *walk) dir() int { return w.dirs[len(w.dirs)-1] }

// leave closes all directories but the first n.
func (w *walk) leave(n int) {
	for _, fd := range w.dirs[n:] {
		_ = w.c.Close(fd)
	}
	w.dirs = w.dirs[:n]
}

// push puts the parts of a name before rest.
func (w *walk) push(name string, rest []string) error {
	switch {
	case name == "":
		return abi.ENOENT
	case strings.IndexByte(name, 0) >= 0:
		return abi.EINVAL
	case strings.HasPrefix(name, "/"):
		return ErrEscapes
	}
	parts := slices.DeleteFunc(strings.Split(name, "/"), func(s string) bool { return s == "" || s == "." })
	if strings.HasSuffix(name, "/") && len(rest) == 0 {
		parts = append(parts, ".") // it must be a directory
	}
	if w.parts = append(parts, rest...); len(w.parts) == 0 {
		w.parts = []string{"."}
	}
	return nil
}

// up goes to the directory above.
func (w *walk) up() error {
	if len(w.dirs) == 1 {
		return ErrEscapes
	}
	w.leave(len(w.dirs) - 1)
	return nil
}

// step goes into the first part of what is left.
func (w *walk) step() error {
	part := w.parts[0]
	switch part {
	case ".":
		w.parts = w.parts[1:]
		return nil
	case "..":
		w.parts = w.parts[1:]
		return w.up()
	}
	fd, err := w.c.Openat(w.dir(), part, rootFlags|abi.O_NOFOLLOW, 0)
	if err == nil {
		w.dirs = append(w.dirs, fd)
		w.parts = w.parts[1:]
		return nil
	}
	if !maybeLink(err) {
		return err
	}
	return w.follow(err)
}

// maybeLink reports an error of opening that a symbolic link may end with.
func maybeLink(err error) bool { return err == abi.EFTYPE || err == abi.ELOOP || err == abi.ENOTDIR }

// follow replaces the first part of what is left, a symbolic link, by what it
// points to. If it is none, otherwise is the error.
func (w *walk) follow(otherwise error) error {
	if w.links++; w.links > maxLinks {
		return abi.ELOOP
	}
	buf := make([]byte, abi.MAXPATHLEN)
	n, err := w.c.Readlinkat(w.dir(), w.parts[0], buf)
	if err != nil {
		if otherwise != nil {
			return otherwise
		}
		return err
	}
	return w.push(string(buf[:n]), w.parts[1:])
}

// isLink reports a symbolic link.
func (r *Root) isLink(dir int, base string) bool {
	var st abi.Stat
	return r.c.Fstatat(dir, base, &st, abi.AT_SYMLINK_NOFOLLOW) == nil && st.Mode&abi.S_IFMT == abi.S_IFLNK
}

// followed is at for operations on what a symbolic link points to.
func (r *Root) followed(op, name string, f func(dir int, base string) error) error {
	return r.at(op, name, func(dir int, base string) error {
		if r.isLink(dir, base) {
			return errFollow
		}
		return f(dir, base)
	})
}

// OpenFile opens a file, as Client.OpenFile does.
func (r *Root) OpenFile(name string, flags int, perm fs.FileMode) (f *File, err error) {
	err = r.at("open", name, func(dir int, base string) error {
		fd, err := r.c.Openat(dir, base, flags|abi.O_NOFOLLOW|abi.O_CLOEXEC, Mode(perm))
		switch {
		case err == nil:
			f = r.c.NewFile(fd, path.Join(r.name, name))
			f.appends, f.root, f.inRoot = flags&abi.O_APPEND != 0, r, name
		case flags&abi.O_NOFOLLOW == 0 && flags&(abi.O_CREAT|abi.O_EXCL) != abi.O_CREAT|abi.O_EXCL && r.isLink(dir, base):
			return errFollow
		}
		return err
	})
	return f, err
}
