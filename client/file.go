// Open files, with the methods that os.File has.

package client

import (
	"errors"
	"io"
	"io/fs"
	"path"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// File is an open file of a kernel. Its methods are those of os.File and may
// be called by several goroutines; errors are *fs.PathError. A call that is
// under way when Close is called goes on until it would have returned anyway.
type File struct {
	desc
	name string
	// appends says that it was opened with O_APPEND.
	appends bool
	// root is what it was opened below by the name inRoot, or nil.
	root   *Root
	inRoot string
	dir    dirReader
}

var (
	_ fs.ReadDirFile  = (*File)(nil)
	_ io.ReaderAt     = (*File)(nil)
	_ io.WriterAt     = (*File)(nil)
	_ io.ReadSeeker   = (*File)(nil)
	_ io.StringWriter = (*File)(nil)
)

// OpenFile opens a file. The flags are those of open(2), abi.O_RDONLY and so
// on; perm is the mode of a file that O_CREAT makes, before umask.
func (c *Client) OpenFile(name string, flags int, perm fs.FileMode) (*File, error) {
	if err := checkPath("open", name); err != nil {
		return nil, err
	}
	fd, err := c.Open(name, flags|abi.O_CLOEXEC, Mode(perm))
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	f := c.NewFile(fd, name)
	f.appends = flags&abi.O_APPEND != 0
	return f, nil
}

// Create makes a file, or empties the one there is, for reading and writing.
func (c *Client) Create(name string) (*File, error) {
	return c.OpenFile(name, abi.O_RDWR|abi.O_CREAT|abi.O_TRUNC, 0o666)
}

// NewFile returns a File of an open descriptor, which belongs to it from then
// on.
func (c *Client) NewFile(fd int, name string) *File {
	return &File{desc: desc{c: c, n: fd}, name: name}
}

// Name is the name the file was opened by.
func (f *File) Name() string { return f.name }

// Fd is the descriptor. It is the file's until Close.
func (f *File) Fd() int { return f.n }

// err wraps the error of an operation on the file.
func (f *File) err(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &fs.PathError{Op: op, Path: f.name, Err: err}
}

// do performs an operation on the descriptor.
func (f *File) do(op string, call func(c *Client, fd int) error) error {
	err := f.use()
	if err == nil {
		err = call(f.c, f.n)
		f.done()
	}
	return f.err(op, err)
}

// Read reads what is there, at most len(p) bytes; io.EOF at the end.
func (f *File) Read(p []byte) (n int, err error) {
	err = f.do("read", func(c *Client, fd int) error {
		n, err = atEOF(p)(c.Read(fd, p))
		return err
	})
	return n, err
}

// atEOF makes io.EOF of a read into p that returned nothing.
func atEOF(p []byte) func(n int, err error) (int, error) {
	return func(n int, err error) (int, error) {
		switch {
		case err != nil:
			return 0, err
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

// ReadAt reads len(p) bytes at off, less only at the end of the file, with
// io.EOF.
func (f *File) ReadAt(p []byte, off int64) (n int, err error) {
	err = f.do("read", func(c *Client, fd int) error {
		for n < len(p) {
			m, err := atEOF(p)(c.Pread(fd, p[n:], off+int64(n)))
			if err != nil {
				return err
			}
			n += m
		}
		return nil
	})
	return n, err
}

// Write writes all of p.
func (f *File) Write(p []byte) (n int, err error) {
	err = f.do("write", func(c *Client, fd int) error {
		n, err = writeAll(p, func(p []byte, _ int) (int, error) { return c.Write(fd, p) })
		return err
	})
	return n, err
}

// errAppends is the error of WriteAt where all is written at the end.
var errAppends = errors.New("WriteAt of a file opened with O_APPEND")

// WriteAt writes all of p at off. It fails on a file opened with O_APPEND.
func (f *File) WriteAt(p []byte, off int64) (n int, err error) {
	if f.appends {
		return 0, f.err("write", errAppends)
	}
	err = f.do("write", func(c *Client, fd int) error {
		n, err = writeAll(p, func(p []byte, done int) (int, error) { return c.Pwrite(fd, p, off+int64(done)) })
		return err
	})
	return n, err
}

// writeAll calls write until all of p is written; done is how much is.
func writeAll(p []byte, write func(rest []byte, done int) (int, error)) (n int, err error) {
	for {
		m, err := write(p[n:], n)
		if err != nil {
			return n, err
		}
		n += m
		if n >= len(p) {
			return n, nil
		}
		if m == 0 {
			return n, io.ErrShortWrite
		}
	}
}

// WriteString writes all of s.
func (f *File) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

// Seek sets the position of the next Read or Write, and returns it.
func (f *File) Seek(offset int64, whence int) (pos int64, err error) {
	err = f.do("seek", func(c *Client, fd int) error {
		f.dir.reset()
		pos, err = c.Lseek(fd, offset, whence)
		return err
	})
	return pos, err
}

// Stat returns what is known of the file; its Sys is an *abi.Stat.
func (f *File) Stat() (fs.FileInfo, error) {
	info := &fileInfo{name: path.Base(f.name)}
	if err := f.do("stat", func(c *Client, fd int) error { return c.Fstat(fd, &info.st) }); err != nil {
		return nil, err
	}
	return info, nil
}

// Truncate sets the size of the file.
func (f *File) Truncate(size int64) error {
	return f.do("truncate", func(c *Client, fd int) error { return c.Ftruncate(fd, size) })
}

// Sync writes what the kernel keeps of the file to where it is kept.
func (f *File) Sync() error {
	return f.do("sync", func(c *Client, fd int) error { return c.Fsync(fd) })
}

// Chmod sets the mode of the file.
func (f *File) Chmod(mode fs.FileMode) error {
	return f.do("chmod", func(c *Client, fd int) error { return c.Fchmod(fd, Mode(mode)) })
}

// Chown sets the owner and group of the file; -1 leaves one as it is.
func (f *File) Chown(uid, gid int) error {
	return f.do("chown", func(c *Client, fd int) error { return c.Fchown(fd, uid, gid) })
}

// Close closes the file.
func (f *File) Close() error { return f.err("close", f.close()) }
