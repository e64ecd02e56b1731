// Counting what the go command's test runner reports.
package targets

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// tally is the outcome of tests so far.
type tally struct {
	passed, failed, skipped int
	skippedWhy, failures    []string
}

// testEvent is one line of go test -json.
type testEvent struct {
	Action, Package, Test, Output string
}

// test runs all tests, prints the runner's line for each package and the
// output of what failed.
func (t *tally) test(ctx context.Context) error {
	cmd, err := goCmd(ctx, "test", "-race", "-json", "-timeout", "8m", "./...")
	if err != nil {
		return err
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	t.read(out, os.Stdout)
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%d tests failed", max(t.failed, 1))
	}
	return nil
}

// read takes the events of one run from r and prints what a person wants to
// see of them to w.
func (t *tally) read(r io.Reader, w io.Writer) {
	said := map[string][]string{} // output of tests under way
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e testEvent
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(w, lines.Text())
			continue
		}
		key := e.Package + "." + e.Test
		switch e.Action {
		case "output", "build-output":
			if e.Test == "" && !quiet(e.Output) {
				fmt.Fprint(w, e.Output)
				continue
			}
			said[key] = append(said[key], e.Output)
		case "pass", "fail", "skip":
			t.count(e, said[key], w)
			delete(said, key)
			if e.Test == "" && e.Action == "fail" {
				t.unfinished(e.Package, said, w)
			}
		}
	}
}

// quiet reports lines of the runner that say nothing.
func quiet(line string) bool {
	return line == "PASS\n" || strings.Contains(line, "[no test files]")
}

func (t *tally) count(e testEvent, said []string, w io.Writer) {
	if e.Test == "" {
		return
	}
	switch e.Action {
	case "pass":
		t.passed++
	case "fail":
		t.failed++
		t.failures = append(t.failures, e.Package+" "+e.Test)
		fmt.Fprint(w, strings.Join(said, ""))
	case "skip":
		t.skipped++
		t.skippedWhy = append(t.skippedWhy, e.Test+": "+reason(said))
	}
}

// unfinished counts the tests that were under way when those of a package
// ended, by a panic or because time was up, and prints their output.
func (t *tally) unfinished(pkg string, said map[string][]string, w io.Writer) {
	for key, lines := range said {
		name, ok := strings.CutPrefix(key, pkg+".")
		if !ok || name == "" {
			continue
		}
		t.failed++
		t.failures = append(t.failures, pkg+" "+name+", which did not end")
		fmt.Fprint(w, strings.Join(lines, ""))
		delete(said, key)
	}
}

// reason returns what a test said when it skipped.
func reason(said []string) string {
	for _, line := range said {
		if _, why, ok := strings.Cut(line, ".go:"); ok {
			_, why, _ = strings.Cut(why, ": ")
			return strings.TrimSpace(why)
		}
	}
	return "no reason given"
}

// rest says which tests did not run, and why, and which failed.
func (t *tally) rest() {
	for _, s := range t.skippedWhy {
		fmt.Println("skipped\t" + s)
	}
	for _, s := range t.failures {
		fmt.Println("failed\t" + s)
	}
}
