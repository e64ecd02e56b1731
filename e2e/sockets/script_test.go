// Package sockets_test runs scripts of socket calls in a kernel and compares
// each answer with the one that stands beside it. The answers were recorded
// from NetBSD 7.99.34, except where a script says that we differ.
//
//	RUMPKIT_URL=unix:///tmp/k.sock go test ./e2e/sockets      another kernel
//	go test ./e2e/sockets -update                              record anew
package sockets_test

import (
	"bufio"
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/tailored/vfsnet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write the answers into the scripts")

// arrow stands between a command and its answer.
const arrow = " => "

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) { runFile(t, f) })
	}
}

// runFile runs the cases of a file, which empty lines part. Each has a process
// of its own.
func runFile(t *testing.T, name string) {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	k := newKernel(t)
	var out bytes.Buffer
	var m *machine
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			if m != nil && line == "" {
				m.end()
				m = nil
			}
			out.WriteString(line + "\n")
			continue
		}
		if m == nil {
			m = k(t)
		}
		cmd, want, _ := strings.Cut(line, arrow)
		want, note, noted := strings.Cut(want, " ## ")
		if testing.Verbose() {
			t.Log(line)
		}
		got := m.run(strings.Fields(cmd))
		if got != want && !*update {
			t.Errorf("%s:%d: %s: %s, want %s", name, n, strings.TrimSpace(cmd), got, want)
		}
		out.WriteString(strings.TrimRight(cmd, " ") + arrow + got)
		if noted && note != "NetBSD "+got {
			out.WriteString(" ## " + note)
		}
		out.WriteByte('\n')
	}
	if m != nil {
		m.end()
	}
	if *update {
		if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// newKernel returns what makes processes of a fresh kernel, or of the one that
// RUMPKIT_URL names.
func newKernel(t *testing.T) func(*testing.T) *machine {
	if url := os.Getenv("RUMPKIT_URL"); url != "" {
		return func(t *testing.T) *machine {
			c, err := client.Dial(t.Context(), url, "script")
			if err != nil {
				t.Fatal(err)
			}
			return newMachine(t, c)
		}
	}
	k, err := vfsnet.Boot(kernel.Config{Host: quiet{hypercall.Real()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return func(t *testing.T) *machine {
		c, err := client.New(k, "script")
		if err != nil {
			t.Fatal(err)
		}
		return newMachine(t, c)
	}
}

// quiet is the real host without its console.
type quiet struct{ hypercall.Host }

func (quiet) ConsoleWrite([]byte) {}
