// The methods of os.File that are made of others.

package client

import (
	"io"
	"io/fs"
	"os"
	"time"
)

var (
	_ io.ReaderFrom = (*File)(nil)
	_ io.WriterTo   = (*File)(nil)
)

// transfer is how many bytes ReadFrom and WriteTo move at once: few calls, for
// each costs a round trip when the kernel is behind a socket.
const transfer = 256 << 10

// ReadFrom writes all of r.
func (f *File) ReadFrom(r io.Reader) (int64, error) {
	return io.CopyBuffer(struct{ io.Writer }{f}, struct{ io.Reader }{r}, make([]byte, transfer))
}

// WriteTo writes what is left of the file to w.
func (f *File) WriteTo(w io.Writer) (int64, error) {
	return io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{f}, make([]byte, transfer))
}

// Readdir is ReadDir that tells of each file what Lstat tells. What is removed
// meanwhile is left out.
func (f *File) Readdir(n int) ([]fs.FileInfo, error) {
	entries, err := f.ReadDir(n)
	var infos []fs.FileInfo
	for _, e := range entries {
		info, infoErr := e.Info()
		switch {
		case infoErr == nil:
			infos = append(infos, info)
		case !isNotExist(infoErr):
			return infos, infoErr
		}
	}
	return infos, err
}

// Readdirnames is ReadDir that returns names only.
func (f *File) Readdirnames(n int) (names []string, err error) {
	entries, err := f.ReadDir(n)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

// Chdir makes the file, a directory, that of the process.
func (f *File) Chdir() error {
	return f.do("chdir", func(c *Client, fd int) error { return c.Fchdir(fd) })
}

// SetDeadline fails with os.ErrNoDeadline: files have none.
func (f *File) SetDeadline(time.Time) error { return f.err("set deadline", os.ErrNoDeadline) }

// SetReadDeadline fails like SetDeadline.
func (f *File) SetReadDeadline(t time.Time) error { return f.SetDeadline(t) }

// SetWriteDeadline fails like SetDeadline.
func (f *File) SetWriteDeadline(t time.Time) error { return f.SetDeadline(t) }
