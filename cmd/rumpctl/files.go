// Files of the kernel as the commands see them: names and directories.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// kernelPath is an operand that names a file in the kernel: the colon that
// marks one for cp is allowed everywhere.
func kernelPath(operand string) string {
	if p, ok := strings.CutPrefix(operand, ":"); ok {
		if p == "" {
			return "/"
		}
		return p
	}
	return operand
}

// readDir returns the names in a directory but . and .., in order, each once.
// A kernel is not trusted: a name that could lead elsewhere is an error.
func readDir(c *client.Client, dir string) ([]string, error) {
	entries, err := c.ReadDir(dir)
	if err != nil {
		return nil, bare(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return fileNames(names)
}

// fileNames checks names that are in order, and drops repeated ones.
func fileNames(names []string) ([]string, error) {
	for _, n := range names {
		if n == "" || n == "." || n == ".." || strings.ContainsAny(n, "/\x00") {
			return nil, fmt.Errorf("%q in a directory is no file name", n)
		}
	}
	return slices.Compact(names), nil
}

// isDir reports a directory, symbolic links followed.
func isDir(c *client.Client, name string) bool {
	var st abi.Stat
	return c.Stat(name, &st) == nil && st.Mode&abi.S_IFMT == abi.S_IFDIR
}

// into returns where to put something called name at dst: in it, if it is a
// directory.
func into(c *client.Client, dst, name string) string {
	if isDir(c, dst) {
		return path.Join(dst, path.Base(name))
	}
	return dst
}

// bare is an error of package os or of client's file functions without the
// path, which is told by who reports it.
func bare(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		return le.Err
	}
	return err
}
