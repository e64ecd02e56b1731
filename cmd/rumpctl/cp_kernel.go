// The kernel's files as a side of a copy.
package main

import (
	"io"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// kernelTree is the files of the kernel.
type kernelTree struct{ c *client.Client }

func (t *kernelTree) stat(name string, follow bool) (info, error) {
	var st abi.Stat
	stat := t.c.Lstat
	if follow {
		stat = t.c.Stat
	}
	if err := stat(name, &st); err != nil {
		return info{}, err
	}
	in := info{
		kind: kindOther, mode: st.Mode & abi.ALLPERMS, id: [2]uint64{st.Dev, st.Ino},
		mtime: time.Unix(st.Mtim.Sec, st.Mtim.Nsec),
	}
	switch st.Mode & abi.S_IFMT {
	case abi.S_IFREG:
		in.kind = kindFile
	case abi.S_IFDIR:
		in.kind = kindDir
	case abi.S_IFLNK:
		in.kind = kindLink
	}
	return in, nil
}

func (t *kernelTree) names(dir string) ([]string, error) { return readDir(t.c, dir) }

func (t *kernelTree) open(name string) (io.ReadCloser, error) {
	f, err := t.c.OpenFile(name, abi.O_RDONLY, 0)
	return f, bare(err)
}

func (t *kernelTree) create(name string, mode uint32) (io.WriteCloser, error) {
	f, err := t.c.OpenFile(name, abi.O_WRONLY|abi.O_CREAT|abi.O_TRUNC, client.FileMode(mode))
	return f, bare(err)
}

func (t *kernelTree) mkdir(name string) error { return t.c.Mkdir(name, 0o700) }

func (t *kernelTree) readlink(name string) (string, error) { return t.c.ReadlinkName(name) }

func (t *kernelTree) symlink(target, name string) error { return t.c.Symlink(target, name) }

func (t *kernelTree) remove(name string) error { return t.c.Unlink(name) }

func (t *kernelTree) chmod(name string, mode uint32) error { return t.c.Chmod(name, mode) }

func (t *kernelTree) chtime(name string, mtime time.Time) error {
	ts := abi.Timespec{Sec: mtime.Unix(), Nsec: int64(mtime.Nanosecond())}
	return t.c.Utimensat(abi.AT_FDCWD, name, &[2]abi.Timespec{ts, ts}, 0)
}
