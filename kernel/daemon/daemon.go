// Package daemon puts a program that embeds a kernel into the background in
// two steps, as rump_daemonize_begin and rump_daemonize_done do: the process
// that was started waits until the one in the background is ready or has
// failed, and ends with its word.
package daemon

import (
	"errors"
	"io"
	"os"
	"strconv"
	"syscall"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// variable tells the background process on which descriptor its parent
// listens; statusFD is that descriptor. Once taken, the variable is taken.
const (
	variable = "RUMPKIT__DAEMON"
	statusFD = 3
	taken    = "taken"
)

// Daemon is the background process, before it has said how it went.
type Daemon struct{ status *os.File }

// Begin starts the program again, with the same arguments, in a session of its
// own and with nothing on its descriptors 0 to 2. It returns in that process
// only; the one that called it waits for Done there, and ends. Call it first
// of all in main, before a kernel is booted: everything done before is done
// twice. EALREADY in a process that has begun already.
func Begin() (*Daemon, error) {
	switch os.Getenv(variable) {
	case taken:
		return nil, abi.EALREADY
	case strconv.Itoa(statusFD):
		return &Daemon{os.NewFile(statusFD, "status")}, os.Setenv(variable, taken)
	}
	text, err := spawn()
	if err != nil {
		return nil, err
	}
	if text != "" {
		_, _ = os.Stderr.WriteString(text + "\n")
		os.Exit(1)
	}
	os.Exit(0)
	return nil, nil
}

// Done tells the waiting process how it went: with nil it ends with success,
// otherwise it prints the error and fails. The background process goes on
// either way.
func (d *Daemon) Done(err error) error {
	text := "ok"
	if err != nil {
		text = "failed: " + err.Error()
	}
	_, werr := d.status.WriteString(text)
	return errors.Join(werr, d.status.Close())
}

// spawn starts the background process and returns what it has to complain of.
func spawn() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer r.Close()
	err = start(exe, w)
	w.Close()
	if err != nil {
		return "", err
	}
	said, err := io.ReadAll(io.LimitReader(r, 4096))
	switch {
	case err != nil:
		return "", err
	case string(said) == "ok":
		return "", nil
	case len(said) == 0:
		return "failed: it ended before it was ready", nil
	}
	return string(said), nil
}

// start runs exe in the background with status as its statusFD.
func start(exe string, status *os.File) error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	_, err = syscall.ForkExec(exe, os.Args, &syscall.ProcAttr{
		Env:   append(os.Environ(), variable+"="+strconv.Itoa(statusFD)),
		Files: []uintptr{null.Fd(), null.Fd(), null.Fd(), status.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	return err
}
