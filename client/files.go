// Files by name, with the functions that package os has. Names are the
// kernel's; those that do not begin with a slash count from the process's
// directory. Errors are *fs.PathError.

package client

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// checkPath fails for a name that C cannot say.
func checkPath(op, name string) error {
	if strings.IndexByte(name, 0) >= 0 {
		return &fs.PathError{Op: op, Path: name, Err: abi.EINVAL}
	}
	return nil
}

// ReadFile returns what the file holds.
func (c *Client) ReadFile(name string) ([]byte, error) {
	f, err := c.OpenFile(name, abi.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.readAll()
}

// readAll reads the file to its end.
func (f *File) readAll() ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	// One byte more than the size lets the end show without growing.
	data := make([]byte, 0, min(max(info.Size(), 0), 1<<30)+512)
	for {
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return data, err
		}
		if len(data) == cap(data) {
			data = slices.Grow(data, 512)
		}
	}
}

// WriteFile makes the file hold data; perm is the mode of one that was not
// there, before umask.
func (c *Client) WriteFile(name string, data []byte, perm fs.FileMode) error {
	f, err := c.OpenFile(name, abi.O_WRONLY|abi.O_CREAT|abi.O_TRUNC, perm)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// ReadDir returns the entries of a directory by name.
func (c *Client) ReadDir(name string) ([]fs.DirEntry, error) {
	f, err := c.OpenFile(name, abi.O_RDONLY|abi.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// ReadlinkName returns what the symbolic link name points to.
func (c *Client) ReadlinkName(name string) (string, error) {
	if err := checkPath("readlink", name); err != nil {
		return "", err
	}
	buf := make([]byte, abi.MAXPATHLEN)
	n, err := c.Readlink(name, buf)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	return string(buf[:n]), nil
}

// MkdirAll makes a directory and those above it that are not there. perm is
// their mode, before umask.
func (c *Client) MkdirAll(name string, perm fs.FileMode) error {
	if err := checkPath("mkdir", name); err != nil {
		return err
	}
	err := c.Mkdir(name, Mode(perm))
	if up := path.Dir(path.Clean(name)); err == abi.ENOENT && up != path.Clean(name) {
		if err := c.MkdirAll(up, perm); err != nil {
			return err
		}
		err = c.Mkdir(name, Mode(perm))
	}
	if err == nil {
		return nil
	}
	var st abi.Stat
	if c.Stat(name, &st) == nil && st.Mode&abi.S_IFMT == abi.S_IFDIR {
		return nil
	}
	return &fs.PathError{Op: "mkdir", Path: name, Err: err}
}

// Chtimes sets the times of access and of modification; a zero one is left as
// it is.
func (c *Client) Chtimes(name string, atime, mtime time.Time) error {
	if err := checkPath("chtimes", name); err != nil {
		return err
	}
	ts := timespecs(atime, mtime)
	if err := c.Utimensat(abi.AT_FDCWD, name, &ts, 0); err != nil {
		return &fs.PathError{Op: "chtimes", Path: name, Err: err}
	}
	return nil
}

// Remove removes a file or an empty directory.
func (c *Client) Remove(name string) error {
	if err := checkPath("remove", name); err != nil {
		return err
	}
	err := c.Unlink(name)
	if err == nil {
		return nil
	}
	dirErr := c.Rmdir(name)
	if dirErr == nil {
		return nil
	}
	// What unlink says of a directory is of no use, nor what rmdir says of
	// anything else.
	if dirErr != abi.ENOTDIR {
		err = dirErr
	}
	return &fs.PathError{Op: "remove", Path: name, Err: err}
}

// RemoveAll removes a file, or a directory and all that is in it. It is no
// error when there is none.
func (c *Client) RemoveAll(name string) error {
	err := c.Remove(name)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if !errors.Is(err, abi.ENOTEMPTY) {
		return err
	}
	entries, err := c.ReadDir(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if err := c.RemoveAll(name + "/" + e.Name()); err != nil {
			return err
		}
	}
	if err := c.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
