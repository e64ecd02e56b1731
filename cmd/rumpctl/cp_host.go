// The host's files as a side of a copy.
package main

import (
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// hostTree is the files of the host.
type hostTree struct{}

func (hostTree) stat(name string, follow bool) (info, error) {
	stat := os.Lstat
	if follow {
		stat = os.Stat
	}
	st, err := stat(name)
	if err != nil {
		return info{}, bare(err)
	}
	in := info{kind: kindOther, mode: client.Mode(st.Mode()), mtime: st.ModTime()}
	switch {
	case st.Mode().IsRegular():
		in.kind = kindFile
	case st.IsDir():
		in.kind = kindDir
	case st.Mode()&fs.ModeSymlink != 0:
		in.kind = kindLink
	}
	return in, nil
}

func (hostTree) names(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = e.Name()
	}
	return names, bare(err)
}

func (hostTree) open(name string) (io.ReadCloser, error) {
	f, err := os.Open(name)
	return f, bare(err)
}

func (hostTree) create(name string, mode uint32) (io.WriteCloser, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fs.FileMode(mode&0o777))
	return f, bare(err)
}

func (hostTree) mkdir(name string) error { return bare(os.Mkdir(name, 0o700)) }

func (hostTree) readlink(name string) (string, error) {
	s, err := os.Readlink(name)
	return s, bare(err)
}

func (hostTree) symlink(target, name string) error { return bare(os.Symlink(target, name)) }

func (hostTree) remove(name string) error { return bare(os.Remove(name)) }

// chmod leaves out set-user-id and set-group-id: a kernel's programs are not
// to run here with somebody's rights.
func (hostTree) chmod(name string, mode uint32) error {
	mode &^= abi.S_ISUID | abi.S_ISGID
	return bare(os.Chmod(name, client.FileMode(mode)))
}

func (hostTree) chtime(name string, t time.Time) error { return bare(os.Chtimes(name, t, t)) }
