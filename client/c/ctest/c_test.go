// Package ctest compiles the C client and runs it against a live kernel.
package ctest

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/tailored/all"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// library is the client library's source.
var library = []string{"../rumpclient.c", "../zrump_syscalls.c"}

// compile builds a program of C files and returns the path of the executable.
func compile(t *testing.T, files ...string) string {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("no gcc here to compile the C client with")
	}
	exe := filepath.Join(t.TempDir(), "program")
	args := []string{"-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O1", "-g", "-I..", "-pthread", "-o", exe}
	cmd := exec.Command(gcc, append(args, files...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return exe
}

// serve boots a kernel of all parts that listens at url.
func serve(t *testing.T, url string) string {
	t.Helper()
	k, err := all.Boot(kernel.Config{})
	if err != nil {
		t.Fatal(err)
	}
	s := sysproxy.New(k.BaseKernel(), sysproxy.Options{})
	if err := s.Listen(url); err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(s.Serve)
	t.Cleanup(func() {
		s.Close()
		serving.Wait()
		_ = k.Close()
	})
	return s.URLs()[0]
}

func TestDemo(t *testing.T) {
	exe := compile(t, append(library, "testdata/demo.c")...)
	for name, url := range map[string]string{
		"unix": "unix://" + filepath.Join(t.TempDir(), "k.sock"),
		"tcp":  "tcp://127.0.0.1:0",
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(exe)
			cmd.Env = append(os.Environ(), "RUMP_SERVER="+serve(t, url))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
		})
	}
}

// Without a server, or at one that is none, a program learns why.
func TestNoServer(t *testing.T) {
	exe := compile(t, append(library, "testdata/noserver.c")...)
	for _, url := range []string{"", "unix:///nowhere", "tcp://127.0.0.1", "tcp://127.0.0.1:99999", "tcp6://x", "x"} {
		cmd := exec.Command(exe)
		cmd.Env = []string{}
		if url != "" {
			cmd.Env = []string{"RUMP_SERVER=" + url}
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%q: %v\n%s", url, err, out)
		}
	}
}
