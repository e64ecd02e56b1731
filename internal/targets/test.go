// The test target: everything CI runs, in the order in which failures are
// cheapest to find.
package targets

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// fuzzTime is how long each fuzz target runs.
const fuzzTime = 3 * time.Second

// Test runs all checks and tests, and prints the totals last.
func Test(ctx context.Context) error {
	checks := []struct {
		what string
		fn   func(context.Context) error
	}{
		{"format", checkFormat},
		{"go vet", vet},
		{"staticcheck", staticcheck},
		{"generated files", func(ctx context.Context) error {
			return goRun(ctx, os.Stdout, "run", "./gen", "generate", "-check")
		}},
	}
	for _, c := range checks {
		if err := step(c.what, func() error { return c.fn(ctx) }); err != nil {
			return err
		}
	}
	var total tally
	err := step("tests, with the race detector", func() error { return total.test(ctx) })
	if err == nil {
		err = step("fuzzing, "+fuzzTime.String()+" each", func() error { return total.fuzz(ctx) })
	}
	total.rest()
	fmt.Printf("%d passed, %d failed, %d skipped\n", total.passed, total.failed, total.skipped)
	return err
}

// checkFormat fails when gofmt would change a tracked file.
func checkFormat(ctx context.Context) error {
	dir, err := root()
	if err != nil {
		return err
	}
	files, err := goFiles(ctx, dir)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "gofmt", append([]string{"-l"}, files...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("gofmt: %w\n%s", err, out)
	}
	if len(out) > 0 {
		return fmt.Errorf("not formatted; run gofmt -w on:\n%s", out)
	}
	return nil
}

// goFiles lists the Go files of the project, what was built left out.
func goFiles(_ context.Context, dir string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != dir && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin") {
			return filepath.SkipDir
		}
		if !d.IsDir() && strings.HasSuffix(name, ".go") {
			files = append(files, path)
		}
		return nil
	})
	return files, err
}

func vet(ctx context.Context) error {
	if err := goRun(ctx, os.Stdout, "vet", "./..."); err != nil {
		return err
	}
	return goRun(ctx, os.Stdout, "vet", "-tags", "mage", "magefile.go")
}

func staticcheck(ctx context.Context) error {
	return goRun(ctx, os.Stdout, "tool", "staticcheck", "./...")
}

// fuzz runs each fuzz target of the project for a short time, from its
// committed corpus.
func (t *tally) fuzz(ctx context.Context) error {
	targets, err := fuzzTargets(ctx)
	if err != nil {
		return err
	}
	for _, f := range targets {
		var out bytes.Buffer
		err := goRun(ctx, &out, "test", "-run", "^$", "-fuzz", "^"+f.name+"$", "-fuzztime", fuzzTime.String(), f.pkg)
		if err != nil && !onlyLate(out.String()) {
			t.failed++
			return fmt.Errorf("%s in %s:\n%s", f.name, f.pkg, out.String())
		}
		t.passed++
		fmt.Printf("fuzz\t%s\t%s\n", f.pkg, f.name)
	}
	return nil
}

// onlyLate reports whether all that a fuzzing run complains of is that its time
// was over while a worker still ran: go test may say so of inputs that are
// fine. An input that fails is named, or told of in more lines.
func onlyLate(out string) bool {
	_, after, found := strings.Cut(out, "--- FAIL: Fuzz")
	lines := strings.Split(after, "\n")
	return found && len(lines) > 2 && strings.TrimSpace(lines[1]) == "context deadline exceeded" && lines[2] == "FAIL"
}

type fuzzTarget struct{ pkg, name string }

// fuzzTargets finds the fuzz targets by their declarations.
func fuzzTargets(ctx context.Context) ([]fuzzTarget, error) {
	dir, err := root()
	if err != nil {
		return nil, err
	}
	files, err := goFiles(ctx, dir)
	if err != nil {
		return nil, err
	}
	var found []fuzzTarget
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(dir, filepath.Dir(f))
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(src)) {
			if name, ok := strings.CutPrefix(line, "func Fuzz"); ok {
				name, _, _ = strings.Cut(name, "(")
				found = append(found, fuzzTarget{"./" + filepath.ToSlash(rel), "Fuzz" + name})
			}
		}
	}
	return found, nil
}
