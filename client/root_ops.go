// The operations of a Root.

package client

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

const noFollow = abi.AT_SYMLINK_NOFOLLOW

// Open opens a file for reading.
func (r *Root) Open(name string) (*File, error) { return r.OpenFile(name, abi.O_RDONLY, 0) }

// Create makes a file, or empties the one there is, for reading and writing.
func (r *Root) Create(name string) (*File, error) {
	return r.OpenFile(name, abi.O_RDWR|abi.O_CREAT|abi.O_TRUNC, 0o666)
}

// OpenRoot opens a directory as a Root of its own.
func (r *Root) OpenRoot(name string) (*Root, error) {
	f, err := r.OpenFile(name, rootFlags, 0)
	if err != nil {
		return nil, err
	}
	return &Root{desc: desc{c: r.c, n: f.n}, name: f.name}, nil
}

// ReadFile returns what a file holds.
func (r *Root) ReadFile(name string) ([]byte, error) {
	f, err := r.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := f.readAll()
	return data, named(err, name)
}

// WriteFile makes a file hold data; perm is the mode of one that was not there,
// before umask.
func (r *Root) WriteFile(name string, data []byte, perm fs.FileMode) error {
	f, err := r.OpenFile(name, abi.O_WRONLY|abi.O_CREAT|abi.O_TRUNC, perm)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(named(err, name), named(f.Close(), name))
}

// Stat returns what is known of a file; its Sys is an *abi.Stat.
func (r *Root) Stat(name string) (fs.FileInfo, error) {
	info := &fileInfo{name: path.Base(name)}
	err := r.followed("stat", name, func(dir int, base string) error { return r.c.Fstatat(dir, base, &info.st, noFollow) })
	if err != nil {
		return nil, err
	}
	return info, nil
}

// Lstat is Stat that does not follow a symbolic link.
func (r *Root) Lstat(name string) (fs.FileInfo, error) {
	info := &fileInfo{name: path.Base(name)}
	err := r.at("lstat", name, func(dir int, base string) error { return r.c.Fstatat(dir, base, &info.st, noFollow) })
	if err != nil {
		return nil, err
	}
	return info, nil
}

// Readlink returns what a symbolic link points to.
func (r *Root) Readlink(name string) (target string, err error) {
	buf := make([]byte, abi.MAXPATHLEN)
	err = r.at("readlink", name, func(dir int, base string) error {
		n, err := r.c.Readlinkat(dir, base, buf)
		target = string(buf[:max(n, 0)])
		return err
	})
	return target, err
}

// Mkdir makes a directory; perm is its mode, before umask.
func (r *Root) Mkdir(name string, perm fs.FileMode) error {
	return r.at("mkdir", trimmed(name), func(dir int, base string) error {
		return r.c.Mkdirat(dir, base, Mode(perm))
	})
}

// MkdirAll makes a directory and those above it that are not there.
func (r *Root) MkdirAll(name string, perm fs.FileMode) error {
	parts := slices.DeleteFunc(strings.Split(name, "/"), func(s string) bool { return s == "" || s == "." })
	if strings.HasPrefix(name, "/") {
		return &fs.PathError{Op: "mkdir", Path: name, Err: ErrEscapes}
	}
	for i := range parts {
		dir := strings.Join(parts[:i+1], "/")
		if info, err := r.Stat(dir); err == nil && info.IsDir() {
			continue
		}
		err := r.Mkdir(dir, perm)
		if errors.Is(err, fs.ErrExist) { // somebody else made it, or it is no directory
			if info, statErr := r.Stat(dir); statErr == nil && info.IsDir() {
				err = nil
			} else if statErr == nil {
				err = abi.ENOTDIR
			}
		}
		if err != nil {
			return &fs.PathError{Op: "mkdir", Path: name, Err: bareError(err)}
		}
	}
	return nil
}

// bareError is an error without the name it is about.
func bareError(err error) error {
	if e, ok := err.(*fs.PathError); ok {
		return e.Err
	}
	return err
}

// Remove removes a file or an empty directory.
func (r *Root) Remove(name string) error { return r.at("remove", trimmed(name), r.c.removeAt) }

// trimmed is a name of a directory without slashes behind it.
func trimmed(name string) string {
	if t := strings.TrimRight(name, "/"); t != "" {
		return t
	}
	return name
}

// removeAt removes a name in a directory.
func (c *Client) removeAt(dir int, base string) error {
	err := c.Unlinkat(dir, base, 0)
	if err == nil {
		return nil
	}
	dirErr := c.Unlinkat(dir, base, abi.AT_REMOVEDIR)
	if dirErr == abi.ENOTDIR {
		return err
	}
	return dirErr
}

// RemoveAll removes a file, or a directory and all that is in it. It is no
// error when there is none.
func (r *Root) RemoveAll(name string) error {
	if p := path.Clean(name); name != "" && p == "." {
		return &fs.PathError{Op: "remove", Path: name, Err: abi.EINVAL}
	}
	err := r.at("remove", trimmed(name), r.c.removeAllAt)
	if isNotExist(err) && name != "" {
		return nil
	}
	return err
}

// removeAllAt removes a name in a directory with all that is below it.
func (c *Client) removeAllAt(dir int, base string) error {
	err := c.removeAt(dir, base)
	if err != abi.ENOTEMPTY {
		return err
	}
	fd, err := c.Openat(dir, base, rootFlags|abi.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	f := c.NewFile(fd, base)
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return bareError(err)
	}
	for _, n := range names {
		if err := c.removeAllAt(fd, n); err != nil && !isNotExist(err) {
			return err
		}
	}
	return c.removeAt(dir, base)
}

func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// two calls f with the places of two names. Errors are *os.LinkError.
func (r *Root) two(op, oldName, newName string, f func(dir int, base string, newDir int, newBase string) error) error {
	var inner error
	err := r.at(op, trimmed(oldName), func(dir int, base string) error {
		inner = r.at(op, trimmed(newName), func(newDir int, newBase string) error { return f(dir, base, newDir, newBase) })
		return nil
	})
	if err == nil {
		err = inner
	}
	if err != nil {
		return &os.LinkError{Op: op, Old: oldName, New: newName, Err: bareError(err)}
	}
	return nil
}

// Rename renames a file.
func (r *Root) Rename(oldName, newName string) error {
	return r.two("rename", oldName, newName, r.c.Renameat)
}

// Link gives a file another name.
func (r *Root) Link(oldName, newName string) error {
	return r.two("link", oldName, newName, func(dir int, base string, newDir int, newBase string) error {
		return r.c.Linkat(dir, base, newDir, newBase, 0)
	})
}

// Symlink makes a symbolic link. Its target is not looked at: one that leads out
// of the Root is not followed by it.
func (r *Root) Symlink(target, name string) error {
	err := r.at("symlink", name, func(dir int, base string) error { return r.c.Symlinkat(target, dir, base) })
	if err != nil {
		return &os.LinkError{Op: "symlink", Old: target, New: name, Err: bareError(err)}
	}
	return nil
}

// Chmod sets the mode of a file.
func (r *Root) Chmod(name string, mode fs.FileMode) error {
	return r.followed("chmod", name, func(dir int, base string) error { return r.c.Fchmodat(dir, base, Mode(mode), noFollow) })
}

// Chown sets the owner and group of a file; -1 leaves one as it is.
func (r *Root) Chown(name string, uid, gid int) error {
	return r.followed("chown", name, func(dir int, base string) error { return r.c.Fchownat(dir, base, uid, gid, noFollow) })
}

// Lchown is Chown that does not follow a symbolic link.
func (r *Root) Lchown(name string, uid, gid int) error {
	return r.at("lchown", name, func(dir int, base string) error { return r.c.Fchownat(dir, base, uid, gid, noFollow) })
}

// Chtimes sets the times of access and of modification; a zero one is left as
// it is.
func (r *Root) Chtimes(name string, atime, mtime time.Time) error {
	ts := timespecs(atime, mtime)
	return r.followed("chtimes", name, func(dir int, base string) error { return r.c.Utimensat(dir, base, &ts, noFollow) })
}

// timespecs are times as utimensat(2) takes them.
func timespecs(times ...time.Time) (ts [2]abi.Timespec) {
	for i, t := range times {
		ts[i] = abi.Timespec{Nsec: abi.UTIME_OMIT}
		if !t.IsZero() {
			ts[i] = abi.Timespec{Sec: t.Unix(), Nsec: int64(t.Nanosecond())}
		}
	}
	return ts
}
