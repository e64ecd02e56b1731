// Files of the kernel as the commands see them: names, directories, contents.
package main

import (
	"encoding/binary"
	"io"
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

// dirBuf is the size of the buffer for directory entries.
const dirBuf = 32 << 10

// readDir returns the names in a directory but . and .., in order.
func readDir(c *client.Client, dir string) ([]string, error) {
	fd, err := c.Open(dir, abi.O_RDONLY|abi.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer c.Close(fd)
	var names []string
	buf := make([]byte, dirBuf)
	for {
		n, err := c.Getdents(fd, buf)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			slices.Sort(names)
			return names, nil
		}
		names = appendNames(names, buf[:n])
	}
}

// appendNames takes the names out of directory entries; an entry that is cut
// short ends them.
func appendNames(names []string, b []byte) []string {
	for len(b) >= abi.DirentNameOffset {
		ino := binary.LittleEndian.Uint64(b)
		reclen := int(binary.LittleEndian.Uint16(b[8:]))
		end := abi.DirentNameOffset + int(binary.LittleEndian.Uint16(b[10:]))
		if reclen < end || reclen > len(b) {
			break
		}
		name := string(b[abi.DirentNameOffset:end])
		if ino != 0 && name != "." && name != ".." {
			names = append(names, name)
		}
		b = b[reclen:]
	}
	return names
}

// readLink returns what a symbolic link says.
func readLink(c *client.Client, name string) (string, error) {
	buf := make([]byte, 1024)
	n, err := c.Readlink(name, buf)
	if err != nil {
		return "", err
	}
	return string(buf[:n]), nil
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

// kernelFile is an open file of the kernel.
type kernelFile struct {
	c  *client.Client
	fd int
}

func (f *kernelFile) Read(p []byte) (int, error) {
	n, err := f.c.Read(f.fd, p)
	switch {
	case err != nil:
		return 0, err
	case n == 0 && len(p) > 0:
		return 0, io.EOF
	}
	return n, nil
}

func (f *kernelFile) Write(p []byte) (done int, err error) {
	for done < len(p) {
		n, err := f.c.Write(f.fd, p[done:])
		if err != nil {
			return done, err
		}
		if n == 0 {
			return done, io.ErrShortWrite
		}
		done += n
	}
	return done, nil
}

func (f *kernelFile) Close() error { return f.c.Close(f.fd) }
