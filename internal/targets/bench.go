// The measurements.
package targets

import (
	"context"
	"path/filepath"
)

// benched are the selections whose programs are measured.
var benched = []string{"base", "vfs", "all"}

// Bench builds the kernels that are measured and runs the measurements.
func Bench(ctx context.Context) error {
	for _, sel := range benched {
		err := step("link bin/"+binaryName(sel), func() error {
			_, err := buildKernel(ctx, sel, false)
			return err
		})
		if err != nil {
			return err
		}
	}
	dir, err := root()
	if err != nil {
		return err
	}
	if err := Rumpctl(ctx); err != nil {
		return err
	}
	prog := filepath.Join(dir, "bin", "bench")
	err = step("link bin/bench", func() error { return link(ctx, prog, "./internal/bench") })
	if err != nil {
		return err
	}
	return run(ctx, dir, prog)
}
