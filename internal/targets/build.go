// Building kernels: generate, then link.
package targets

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/gen/emit"
)

// Standard are the eight standard selections; each has a committed package
// under tailored/.
var Standard = []string{"base", "vfs", "net", "dev", "vfs,net", "vfs,dev", "net,dev", "all"}

// Generate writes every generated file.
func Generate(ctx context.Context) error {
	return step("generate", func() error { return goRun(ctx, os.Stdout, "run", "./gen", "generate") })
}

// Check fails when a generated file is not what the generators write.
func Check(ctx context.Context) error {
	return step("check generated files", func() error {
		return goRun(ctx, os.Stdout, "run", "./gen", "generate", "-check")
	})
}

// binaryName returns the name of a selection's program: rump-vfs-net.
func binaryName(selection string) string {
	r := strings.NewReplacer(",", "-", "/", "_", ".", "_", ":", "_")
	return "rump-" + r.Replace(strings.ReplaceAll(selection, " ", ""))
}

// packageName returns the name of a selection's package: vfsnet.
func packageName(selection string) string {
	keep := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}
	return strings.Map(keep, selection)
}

// normal returns the canonical spelling of a selection of factions, or the
// selection itself.
func normal(selection string) string {
	words := strings.Split(strings.ReplaceAll(selection, " ", ""), ",")
	order := []string{"base", "vfs", "net", "dev"}
	slices.SortStableFunc(words, func(a, b string) int {
		i, j := slices.Index(order, a), slices.Index(order, b)
		if i < 0 || j < 0 {
			return 0
		}
		return i - j
	})
	words = slices.Compact(words)
	if len(words) > 1 && words[0] == "base" {
		words = words[1:]
	}
	return strings.Join(words, ",")
}

// Kernel generates and links the kernel of a selection into bin/, and reports
// what it holds.
func Kernel(ctx context.Context, selection string) error {
	_, err := buildKernel(ctx, normal(selection), true)
	return err
}

// buildKernel builds one kernel and returns the path of its program. Standard
// selections are linked from their committed package.
func buildKernel(ctx context.Context, selection string, report bool) (string, error) {
	dir, err := root()
	if err != nil {
		return "", err
	}
	name, pkg := binaryName(selection), packageName(selection)
	src := "tailored/" + pkg
	args := []string{"run", "./gen", "kernel"}
	switch {
	case !slices.Contains(Standard, selection):
		src = "bin/_src/" + pkg
		args = append(args, "-o", src, "-pkg", pkg, selection)
	case report:
		args = append(args, "-list", selection)
	default:
		args = nil
	}
	if args != nil {
		if err := goRun(ctx, os.Stdout, args...); err != nil {
			return "", fmt.Errorf("%s was not built", name)
		}
	}
	out := filepath.Join(dir, "bin", name)
	if err := link(ctx, out, "./"+src+"/"+name); err != nil {
		return "", err
	}
	if report {
		fmt.Printf("bin/%s  %s\n", name, megabytes(fileSize(out)))
	}
	return out, nil
}

// link links a main package, stripped, without a trace of where it was built.
func link(ctx context.Context, out, pkg string) error {
	cmd, err := goCmd(ctx, "build", "-trimpath", "-buildvcs=false", emit.LinkFlags, "-o", out, pkg)
	if err != nil {
		return err
	}
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

func fileSize(path string) int64 {
	st, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return st.Size()
}

func megabytes(n int64) string { return fmt.Sprintf("%.2f MB", float64(n)/1e6) }

// Kernels builds the eight standard kernels and rumpctl.
func Kernels(ctx context.Context) error {
	for _, sel := range Standard {
		err := step("link bin/"+binaryName(sel), func() error {
			_, err := buildKernel(ctx, sel, false)
			return err
		})
		if err != nil {
			return err
		}
	}
	return Rumpctl(ctx)
}

// Rumpctl builds rumpctl.
func Rumpctl(ctx context.Context) error {
	dir, err := root()
	if err != nil {
		return err
	}
	return step("link bin/rumpctl", func() error {
		return link(ctx, filepath.Join(dir, "bin", "rumpctl"), "./cmd/rumpctl")
	})
}

// Clean removes everything in bin/ but its README.
func Clean() error {
	dir, err := root()
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(dir, "bin"))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == "README.md" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, "bin", e.Name())); err != nil {
			return err
		}
	}
	return nil
}
