// Who makes the calls.
package posixtest

import (
	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Process makes calls with an identity, a working directory and descriptors of
// its own. Flags and structures are NetBSD's, and errors are abi.Errno.
type Process interface {
	Descriptors
	Names
	Attributes

	Chdir(path string) error
	Setgroups(gidset []uint32) error
	Setgid(gid int) error
	Setuid(uid int) error
	// Exit ends the process and closes its files.
	Exit() error
}

// Descriptors are the calls on open files.
type Descriptors interface {
	Open(path string, flags int, mode uint32) (fd int, err error)
	Close(fd int) error
	Read(fd int, buf []byte) (n int, err error)
	Write(fd int, buf []byte) (n int, err error)
	Pread(fd int, buf []byte, offset int64) (n int, err error)
	Pwrite(fd int, buf []byte, offset int64) (n int, err error)
	Fstat(fd int, st *abi.Stat) error
}

// Names are the calls that make, move and remove names.
type Names interface {
	Mkdir(path string, mode uint32) error
	Rmdir(path string) error
	Mkfifo(path string, mode uint32) error
	Symlink(target, path string) error
	Link(path, link string) error
	Rename(from, to string) error
	Unlink(path string) error
	// RemoveAll removes a tree; none is no error.
	RemoveAll(path string) error
}

// Attributes are the calls that tell of files by name and change them.
type Attributes interface {
	Stat(path string, st *abi.Stat) error
	Lstat(path string, st *abi.Stat) error
	Access(path string, how int) error
	Chmod(path string, mode uint32) error
	Chown(path string, uid, gid int) error
	Truncate(path string, length int64) error
	Utimensat(dir int, path string, times *[2]abi.Timespec, flag int) error
}

var _ Process = (*client.Client)(nil)
