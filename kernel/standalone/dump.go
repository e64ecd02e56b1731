// The dump that a kernel's program leaves when the kernel has panicked, or
// when reboot(2) asks for one with RB_DUMP.
package standalone

import (
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// exitDump is the exit code of a program that leaves a dump: what a shell
// shows of one that has aborted.
const exitDump = 128 + int(unix.SIGABRT)

// maxStacks bounds the stacks in a dump, in bytes.
const maxStacks = 1 << 20

// dump writes text, and the stacks of all goroutines, to a file in the working
// directory, says so, and returns the exit code.
func (p *program) dump(text string) int {
	stacks := make([]byte, maxStacks)
	stacks = stacks[:runtime.Stack(stacks, true)]
	name := p.name + "." + strconv.Itoa(unix.Getpid()) + ".dump"
	if err := writeFile(name, text+"stacks:\n"+string(stacks)); err != nil {
		return p.complain(exitDump, name+": "+err.Error())
	}
	return p.complain(exitDump, "dumped to "+name)
}

// writeFile makes a file that only its owner can read. One that is there is
// left alone: EEXIST.
func writeFile(name, text string) error {
	fd, err := unix.Open(name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	b := []byte(text)
	for len(b) > 0 && err == nil {
		var n int
		if n, err = unix.Write(fd, b); err == unix.EINTR {
			err = nil
		}
		b = b[max(n, 0):]
	}
	if e := unix.Close(fd); err == nil {
		err = e
	}
	return err
}
