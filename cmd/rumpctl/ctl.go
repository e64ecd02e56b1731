// One run of rumpctl: global options, the command, its errors and exit status.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// ctl is one run.
type ctl struct {
	in     io.Reader
	out    *bufio.Writer
	errw   io.Writer
	getenv func(string) string
	// term is the width of the terminal that out is, 0 if it is none; errTerm
	// that of errw.
	term, errTerm int

	url    string
	cmd    *command
	c      *client.Client
	failed bool
	// status is the exit status of a command that has others than the usual.
	status int
	// partial is the file that is being copied, progress shows how far it is;
	// guarded says that a signal is waited for.
	partial  partial
	progress *progress
	guarded  bool
	// readOnly says that the kernel has an image that is not to change.
	readOnly bool
}

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// exitStatus is the error of a command that has said all there is to say and
// ends with a status of its own.
type exitStatus int

func (exitStatus) Error() string { return "" }

func (k *ctl) setOut(f *os.File) {
	k.out = bufio.NewWriterSize(f, 64<<10)
	k.term = width(f)
}

// main runs the command line and returns the exit status.
func (k *ctl) main(words []string) int {
	err := k.command(words)
	if k.c != nil {
		_ = k.c.Exit() // all that could still fail has been reported by its call
	}
	if e := k.out.Flush(); err == nil {
		err = e
	}
	var usage usageError
	var status exitStatus
	switch {
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &usage):
		k.fail(err)
		k.seeHelp()
		return exitUsage
	case err != nil:
		k.fail(err)
	}
	switch {
	case k.status != 0:
		return k.status
	case k.failed && k.cmd != nil && k.cmd.failed != 0:
		return k.cmd.failed
	case k.failed:
		return exitFailed
	}
	return exitOK
}

// command takes the global options and runs the command.
func (k *ctl) command(words []string) error {
	k.url = k.getenv("RUMP_SERVER")
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		switch w := words[0]; {
		case w == "-h" || w == "--help":
			return k.overview()
		case w == "--version":
			words = []string{"version"}
		case w == "-s" && len(words) > 1:
			k.url, words = words[1], words[2:]
		case strings.HasPrefix(w, "-s") && len(w) > 2:
			k.url, words = w[2:], words[1:]
		case w == "-s":
			return usagef("option -s needs a value: -s unix:///tmp/k.sock")
		default:
			return usagef("unknown option %s", w)
		}
	}
	if len(words) == 0 {
		return usagef("no command")
	}
	if words[0] == completeWord {
		return k.complete(words[1:])
	}
	if k.cmd = find(words[0]); k.cmd == nil {
		return unknown(words[0])
	}
	return k.run(words[1:])
}

func (k *ctl) run(words []string) error {
	o, args, err := k.cmd.parse(words)
	if errors.Is(err, helpWanted{}) {
		return k.describe(k.cmd)
	}
	if err != nil {
		return err
	}
	if !k.cmd.local {
		if err := k.connect(); err != nil {
			return err
		}
	}
	return k.cmd.run(k, o, args)
}

func (k *ctl) seeHelp() {
	if k.cmd == nil {
		fmt.Fprintln(k.errw, "See: rumpctl help")
		return
	}
	fmt.Fprintln(k.errw, "Usage: "+k.cmd.synopsis())
	fmt.Fprintln(k.errw, "See: rumpctl help "+k.cmd.name)
}

// fail reports an error; the run's exit status will be 1, but the command may
// go on with its next operand.
func (k *ctl) fail(err error) {
	k.failed = true
	k.progress.clear()
	_ = k.out.Flush()
	who := "rumpctl: "
	if k.cmd != nil {
		who += k.cmd.name + ": "
	}
	fmt.Fprintln(k.errw, who+k.explain(err))
}

// explain is the text of an error. That a kernel lacks the part that would
// answer, or does not run any more, is said in words.
func (k *ctl) explain(err error) string {
	if k.cmd != nil && k.cmd.part != "" && errors.Is(err, abi.ENOSYS) {
		return fmt.Sprintf("the kernel at %s has no %s in it: run one that has, such as bin/rump-%s or bin/rump-all",
			k.url, partWords[k.cmd.part], k.cmd.part)
	}
	if k.c != nil && errors.Is(err, abi.ENOTCONN) {
		return fmt.Sprintf("the kernel at %s has gone", k.url)
	}
	return err.Error() + k.readOnlyHint(err)
}

// partWords say what a part is.
var partWords = map[string]string{"vfs": "file systems (vfs)", "net": "network (net)"}

// printf prints to standard output; an error shows when it is flushed.
func (k *ctl) printf(format string, a ...any) { fmt.Fprintf(k.out, format, a...) }

// at adds what an error is about, unless the error says so itself.
func at(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", path, err)
}
