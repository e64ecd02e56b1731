// Copying between two trees of files, whichever side each is on.
package main

import (
	"fmt"
	"io"
	"path"
	"strings"
	"time"
)

// tree is files of one side: the kernel's or the host's.
type tree interface {
	// stat tells of a file, of what a symbolic link leads to if follow is set.
	stat(name string, follow bool) (info, error)
	names(dir string) ([]string, error)
	open(name string) (io.ReadCloser, error)
	// create makes or empties a file.
	create(name string, mode uint32) (io.WriteCloser, error)
	mkdir(name string) error
	readlink(name string) (string, error)
	symlink(target, name string) error
	remove(name string) error
	chmod(name string, mode uint32) error
	chtime(name string, t time.Time) error
}

// kind is the type of a file.
type kind int

const (
	kindFile kind = iota
	kindDir
	kindLink
	kindOther
)

// info is what copying must know of a file.
type info struct {
	kind kind
	// mode is the permission bits, as stat(2) has them.
	mode  uint32
	mtime time.Time
	// id is the same for two names of one file of one side.
	id [2]uint64
}

// copier is one copy.
type copier struct {
	from, to tree
	// all takes directories, too.
	all bool
	// report is told of what could not be copied.
	report   func(error)
	partial  *partial
	progress *progress
}

// operand copies what the command line names: a symbolic link is followed.
func (c *copier) operand(from, to string) {
	in, err := c.from.stat(from, true)
	switch {
	case err != nil:
		c.report(at(from, err))
	case in.kind == kindDir && !c.all:
		c.report(at(from, errIsDir))
	case c.sameTree() && in.kind == kindDir && inside(to, from):
		c.report(at(to, errInside))
	default:
		c.info(from, to, in)
	}
}

func (c *copier) sameTree() bool {
	_, a := c.from.(*kernelTree)
	_, b := c.to.(*kernelTree)
	return a && b
}

// inside reports that name is dir or below it.
func inside(name, dir string) bool {
	name, dir = path.Clean(name), path.Clean(dir)
	return name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/")
}

// copy copies a file found on the way; it reports whether all went well.
func (c *copier) copy(from, to string) bool {
	in, err := c.from.stat(from, false)
	if err != nil {
		c.report(at(from, err))
		return false
	}
	return c.info(from, to, in)
}

func (c *copier) info(from, to string, in info) bool {
	var err error
	switch in.kind {
	case kindDir:
		return c.dir(from, to, in)
	case kindLink:
		err = c.link(from, to)
	case kindFile:
		err = c.file(from, to, in)
	default:
		err = at(from, fmt.Errorf("not copied: neither file, directory nor link"))
	}
	if err != nil {
		c.report(err)
	}
	return err == nil
}

func (c *copier) file(from, to string, in info) error {
	out, statErr := c.to.stat(to, true)
	if statErr == nil && c.sameTree() && out.id == in.id {
		return at(to, errSame)
	}
	r, err := c.from.open(from)
	if err != nil {
		return at(from, err)
	}
	defer r.Close()
	c.progress.file(from)
	c.partial.begin(c.to, to, statErr == nil)
	w, err := c.to.create(to, in.mode&0o777|0o200)
	if err != nil {
		c.partial.end(false)
		return at(to, err)
	}
	err = stream(w, c.progress.counted(r))
	c.partial.end(err != nil)
	if err != nil {
		return at(from+" to "+to, bare(err))
	}
	return at(to, c.attributes(to, in))
}

// attributes gives a copy the permissions and time of what it is a copy of.
func (c *copier) attributes(to string, in info) error {
	if err := c.to.chmod(to, in.mode); err != nil {
		return err
	}
	return c.to.chtime(to, in.mtime)
}

func (c *copier) link(from, to string) error {
	target, err := c.from.readlink(from)
	if err != nil {
		return at(from, bare(err))
	}
	return at(to, c.to.symlink(target, to))
}

// dir copies a directory; its permissions come last, for they may forbid to
// write in it.
func (c *copier) dir(from, to string, in info) bool {
	names, err := c.from.names(from)
	if err != nil {
		c.report(at(from, err))
		return false
	}
	if !treeDir(c.to, to) {
		if err := c.to.mkdir(to); err != nil {
			c.report(at(to, err))
			return false
		}
	}
	ok := true
	for _, n := range names {
		ok = c.copy(path.Join(from, n), path.Join(to, n)) && ok
	}
	if err := c.attributes(to, in); err != nil {
		c.report(at(to, err))
		return false
	}
	return ok
}

// stream copies all of r to w and closes w.
func stream(w io.WriteCloser, r io.Reader) error {
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r}, make([]byte, copyBuf))
	if e := w.Close(); err == nil {
		err = e
	}
	return err
}
