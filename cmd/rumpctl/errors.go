// Errors that say what to do.
package main

import (
	"errors"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

var (
	errIsDir      = errors.New("is a directory (-r takes directories)")
	errInside     = errors.New("a directory can't be copied into itself")
	errSame       = errors.New("source and destination are the same file")
	errNoKids     = errors.New("it lists no variables: its values are had by number only")
	errRootStays  = errors.New("the root stays mounted until the kernel halts")
	errKept       = errors.New("not moved: it could not be copied")
	errTraced     = errors.New("somebody traces this kernel already")
	errReadOnly   = errors.New("it can only be read")
	errNotMounted = errors.New("nothing is mounted there")
	errNoRoute    = errors.New("rumpctl route shows those there are")
	errNoDir      = errors.New("is no directory, but several files are to go there")
)

// isErrno reports that err is, or wraps, the errno.
func isErrno(err error, e abi.Errno) bool {
	var got abi.Errno
	return errors.As(err, &got) && got == e
}
