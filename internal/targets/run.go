// Package targets is the work of the magefile's targets: generating, building,
// measuring, testing.
package targets

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// root returns the directory of go.mod, from the working directory upwards.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no go.mod here or above: run this in the project's folder")
		}
		dir = up
	}
}

// goCmd returns a go command in the project's folder.
func goCmd(ctx context.Context, args ...string) (*exec.Cmd, error) {
	dir, err := root()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	return cmd, nil
}

// goRun runs a go command, its output to w.
func goRun(ctx context.Context, w io.Writer, args ...string) error {
	cmd, err := goCmd(ctx, args...)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return nil
}

// step says what begins, runs it, and says how long it took.
func step(what string, fn func() error) error {
	fmt.Printf("==> %s\n", what)
	start := time.Now()
	if err := fn(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if d := time.Since(start); d > 300*time.Millisecond {
		fmt.Printf("    %s in %.1f s\n", what, d.Seconds())
	}
	return nil
}

// table prints rows in aligned columns, the first row as a heading; columns
// after the first are aligned right.
func table(w io.Writer, rows [][]string) {
	width := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r {
			width[i] = max(width[i], len(c))
		}
	}
	for n, r := range rows {
		var b strings.Builder
		for i, c := range r {
			pad := strings.Repeat(" ", width[i]-len(c))
			if i == 0 {
				b.WriteString("  " + c + pad)
				continue
			}
			b.WriteString("  " + pad + c)
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
		if n == 0 {
			fmt.Fprintln(w, "  "+strings.Repeat("-", len(b.String())-2))
		}
	}
}
