// The demonstration: build everything, then show it at work.
package targets

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
)

// Demo generates and links the eight kernels and runs the demonstration.
func Demo(ctx context.Context) error {
	err := step("generate from syscalls.master and the parts' source", func() error {
		return goRun(ctx, os.Stdout, "run", "./gen", "generate", "-deps=false")
	})
	if err != nil {
		return err
	}
	if err := Kernels(ctx); err != nil {
		return err
	}
	dir, err := root()
	if err != nil {
		return err
	}
	prog := filepath.Join(dir, "bin", "demo")
	err = step("link bin/demo", func() error { return link(ctx, prog, "./internal/demo") })
	if err != nil {
		return err
	}
	return run(ctx, dir, prog)
}

// run runs a program of ours, in the project's folder, with this terminal.
// What it has to say about a failure it has said.
func run(ctx context.Context, dir, prog string, args ...string) error {
	cmd := exec.CommandContext(ctx, prog, args...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return errors.New(filepath.Base(prog) + " failed, see above")
	}
	return err
}
