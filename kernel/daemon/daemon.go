// Package daemon puts a program that runs a kernel into the background in two
// steps, as rump_daemonize_begin and rump_daemonize_done do: the process that
// was started waits until the one in the background is ready or has failed,
// and ends with its word.
package daemon

import (
	"os"
	"strconv"
	"syscall"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// variable tells the background process that its parent listens on statusFD:
// its value is waits. After Begin it is the process's id.
const (
	variable = "RUMPKIT__DAEMON"
	statusFD = 3
	waits    = "waits"
)

// What comes before the background process's word.
const (
	ready  = "+"
	failed = "-"
)

// Daemon is the background process, before it has said how it went.
type Daemon struct{ status int }

// Begin starts the program again, with the same arguments, in a session of its
// own and with nothing on its descriptors 0 to 2. It returns in that process
// only; the one that called it waits for Ready, Fail or Done there, and ends.
// Call it first of all in main, before a kernel is booted: everything done
// before is done twice. EALREADY in a process that has begun already.
func Begin() (*Daemon, error) {
	self := strconv.Itoa(os.Getpid())
	switch v := os.Getenv(variable); {
	case v == self:
		return nil, abi.EALREADY
	case v == waits && isPipe(statusFD):
		syscall.CloseOnExec(statusFD)
		return &Daemon{statusFD}, os.Setenv(variable, self)
	}
	word, err := spawn()
	if err != nil {
		return nil, err
	}
	if word[:1] == ready {
		_, _ = os.Stdout.WriteString(word[1:])
		os.Exit(0)
	}
	_, _ = os.Stderr.WriteString(word[1:])
	os.Exit(1)
	return nil, nil
}

func isPipe(fd int) bool {
	var st syscall.Stat_t
	return syscall.Fstat(fd, &st) == nil && st.Mode&syscall.S_IFMT == syscall.S_IFIFO
}

// Ready tells the waiting process that all went well: it prints text and ends
// with success.
func (d *Daemon) Ready(text string) error { return d.say(ready + text) }

// Fail tells it that something went wrong: it prints text as an error and ends
// with status 1. The background process goes on, and should end.
func (d *Daemon) Fail(text string) error { return d.say(failed + text) }

// Done is Ready without a word or, with an error, Fail with that.
func (d *Daemon) Done(err error) error {
	if err != nil {
		return d.Fail("failed: " + err.Error() + "\n")
	}
	return d.Ready("")
}

func (d *Daemon) say(word string) error {
	_, err := syscall.Write(d.status, []byte(word))
	if e := syscall.Close(d.status); err == nil {
		err = e
	}
	return err
}

// spawn starts the background process and returns its word.
func spawn() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	var p [2]int
	if err := syscall.Pipe2(p[:], syscall.O_CLOEXEC); err != nil {
		return "", err
	}
	defer syscall.Close(p[0])
	err = start(exe, p[1])
	_ = syscall.Close(p[1])
	if err != nil {
		return "", err
	}
	if word := hear(p[0]); word != "" {
		return word, nil
	}
	return failed + "failed: it ended before it was ready\n", nil
}

// hear reads, as much as anybody would say, until the other end is closed.
func hear(fd int) string {
	buf := make([]byte, 4096)
	n := 0
	for n < len(buf) {
		got, err := syscall.Read(fd, buf[n:])
		if err == syscall.EINTR {
			continue
		}
		if err != nil || got == 0 {
			break
		}
		n += got
	}
	return string(buf[:n])
}

// start runs exe in the background with status as its statusFD.
func start(exe string, status int) error {
	null, err := syscall.Open("/dev/null", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(null)
	fd := uintptr(null)
	_, err = syscall.ForkExec(exe, os.Args, &syscall.ProcAttr{
		Env:   append(os.Environ(), variable+"="+waits),
		Files: []uintptr{fd, fd, fd, uintptr(status)},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	return err
}
