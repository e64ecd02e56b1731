// Command gen reads the table of system calls and the parts' source, and writes
// kernels. Each subcommand stands in a file of its name.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/rumpkit/rumpkit/gen/master"
)

// command is one subcommand.
type command struct {
	name, args, doc string
	// setup declares the subcommand's flags and returns what runs it, with
	// the arguments behind the flags.
	setup func(fs *flag.FlagSet) func(args []string, stdout io.Writer) error
}

// commands lists the subcommands in the order that help shows them.
func commands() []command {
	return []command{
		{"table", "[FILE]", "print the model of a master file", tableCommand},
		{"kernel", "SELECTION", "write the kernel of a selection, and print what it holds", kernelCommand},
		{"generate", "", "write all generated files that are committed", generateCommand},
	}
}

// errUsage is an error in how the command was called.
var errUsage = errors.New("usage")

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run runs the subcommand that args name and returns the exit status: 0, 1 if
// it failed, 2 if it was called wrongly.
func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		usage(stderr)
		return 2
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(stdout)
		return 0
	}
	var names []string
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(args[1:], stdout, stderr)
		}
		names = append(names, c.name)
	}
	fmt.Fprintf(stderr, "gen: no subcommand %q%s\n", args[0], didYouMean(args[0], names))
	usage(stderr)
	return 2
}

// run parses the subcommand's flags and runs it.
func (c *command) run(args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		fmt.Fprintf(stderr, "usage: gen %s [flags] %s\n%s.\n", c.name, c.args, c.doc)
		fs.PrintDefaults()
	}
	act := c.setup(fs)
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	switch err := act(fs.Args(), stdout); {
	case errors.Is(err, errUsage):
		fmt.Fprintf(stderr, "gen %s: %v\n", c.name, err)
		fs.Usage()
		return 2
	case err != nil:
		fmt.Fprintf(stderr, "gen %s: %v\n", c.name, err)
		return 1
	}
	return 0
}

// usage lists the subcommands.
func usage(w io.Writer) {
	fmt.Fprintln(w, "usage: gen SUBCOMMAND [flags] [arguments]; gen SUBCOMMAND -h explains one")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-10s %-20s %s\n", c.name, c.args, c.doc)
	}
}

// didYouMean suggests the nearest name, or nothing.
func didYouMean(written string, names []string) string {
	if near := master.Nearest(written, names); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}
