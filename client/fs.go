// A directory of a kernel as an fs.FS.

package client

import (
	"io/fs"
	"path"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// FS is the files below a directory, to be read. Symbolic links are followed
// wherever they lead, which may be out of the directory.
type FS struct {
	c    *Client
	root string
}

var (
	_ fs.ReadDirFS  = FS{}
	_ fs.ReadFileFS = FS{}
	_ fs.StatFS     = FS{}
	_ fs.ReadLinkFS = FS{}
	_ fs.SubFS      = FS{}
)

// FS returns the files below the directory root.
func (c *Client) FS(root string) FS { return FS{c, root} }

// path is the kernel's name of a file.
func (f FS) path(op, name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	if name == "." {
		return f.root, checkPath(op, f.root)
	}
	return path.Join(f.root, name), checkPath(op, name)
}

// named gives an error the name that the caller knows.
func named(err error, name string) error {
	if e, ok := err.(*fs.PathError); ok {
		return &fs.PathError{Op: e.Op, Path: name, Err: e.Err}
	}
	return err
}

// Open opens a file for reading.
func (f FS) Open(name string) (fs.File, error) {
	p, err := f.path("open", name)
	if err != nil {
		return nil, err
	}
	file, err := f.c.OpenFile(p, abi.O_RDONLY, 0)
	if err != nil {
		return nil, named(err, name)
	}
	return file, nil
}

// Stat returns what is known of a file.
func (f FS) Stat(name string) (fs.FileInfo, error) {
	p, err := f.path("stat", name)
	if err != nil {
		return nil, err
	}
	info, err := f.c.info("stat", p, f.c.Stat)
	return info, named(err, name)
}

// Lstat is Stat that does not follow a symbolic link.
func (f FS) Lstat(name string) (fs.FileInfo, error) {
	p, err := f.path("lstat", name)
	if err != nil {
		return nil, err
	}
	info, err := f.c.info("lstat", p, f.c.Lstat)
	return info, named(err, name)
}

// ReadLink returns what a symbolic link points to.
func (f FS) ReadLink(name string) (string, error) {
	p, err := f.path("readlink", name)
	if err != nil {
		return "", err
	}
	target, err := f.c.ReadlinkName(p)
	return target, named(err, name)
}

// ReadFile returns what a file holds.
func (f FS) ReadFile(name string) ([]byte, error) {
	p, err := f.path("open", name)
	if err != nil {
		return nil, err
	}
	data, err := f.c.ReadFile(p)
	return data, named(err, name)
}

// ReadDir returns the entries of a directory by name.
func (f FS) ReadDir(name string) ([]fs.DirEntry, error) {
	p, err := f.path("open", name)
	if err != nil {
		return nil, err
	}
	entries, err := f.c.ReadDir(p)
	return entries, named(err, name)
}

// Sub returns the files below a directory.
func (f FS) Sub(dir string) (fs.FS, error) {
	p, err := f.path("sub", dir)
	if err != nil {
		return nil, err
	}
	return FS{f.c, p}, nil
}
