// Reading directories.

package client

import (
	"io"
	"io/fs"
	"path"
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// dirReader holds entries that were read from a directory and not yet given
// out.
type dirReader struct {
	mu   sync.Mutex
	buf  []byte
	rest []byte // of buf
}

// dirBuffer is how many bytes of entries are read at once.
const dirBuffer = 8192

func (r *dirReader) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rest = nil
}

// next returns the next entry, "." and ".." left out; io.EOF at the end.
func (r *dirReader) next(c *Client, fd int) (Dirent, error) {
	for {
		if len(r.rest) == 0 {
			if r.buf == nil {
				r.buf = make([]byte, dirBuffer)
			}
			n, err := atEOF(r.buf)(c.Getdents(fd, r.buf))
			if err != nil {
				return Dirent{}, err
			}
			r.rest = r.buf[:n]
		}
		d, rest, err := NextDirent(r.rest)
		r.rest = rest
		if err != nil {
			return Dirent{}, err
		}
		if d.Ino != 0 && d.Type != abi.DT_WHT && d.Name != "." && d.Name != ".." {
			return d, nil
		}
	}
}

// ReadDir returns the next n entries of the directory, io.EOF when there are
// none left; with n <= 0 all that are left.
func (f *File) ReadDir(n int) (entries []fs.DirEntry, err error) {
	err = f.do("readdir", func(c *Client, fd int) error {
		f.dir.mu.Lock()
		defer f.dir.mu.Unlock()
		for n <= 0 || len(entries) < n {
			d, err := f.dir.next(c, fd)
			if err == io.EOF && (n <= 0 || len(entries) > 0) {
				return nil
			}
			if err != nil {
				return err
			}
			entries = append(entries, &dirEntry{f: f, d: d})
		}
		return nil
	})
	return entries, err
}

// dirEntry is an fs.DirEntry.
type dirEntry struct {
	f *File
	d Dirent
}

func (e *dirEntry) Name() string   { return e.d.Name }
func (e *dirEntry) IsDir() bool    { return e.Type().IsDir() }
func (e *dirEntry) String() string { return fs.FormatDirEntry(e) }

// Type is the type of the file. Where the file system does not tell, it is
// asked for.
func (e *dirEntry) Type() fs.FileMode {
	if e.d.Type != abi.DT_UNKNOWN {
		return typeMode(uint32(e.d.Type) << 12)
	}
	info, err := e.Info()
	if err != nil {
		return fs.ModeIrregular
	}
	return info.Mode().Type()
}

func (e *dirEntry) Info() (fs.FileInfo, error) {
	if r := e.f.root; r != nil {
		return r.Lstat(path.Join(e.f.inRoot, e.d.Name))
	}
	return e.f.c.info("lstat", path.Join(e.f.name, e.d.Name), e.f.c.Lstat)
}

// info asks for what is known of the file name with stat, or lstat.
func (c *Client) info(op, name string, stat func(string, *abi.Stat) error) (fs.FileInfo, error) {
	if err := checkPath(op, name); err != nil {
		return nil, err
	}
	info := &fileInfo{name: path.Base(name)}
	if err := stat(name, &info.st); err != nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return info, nil
}
