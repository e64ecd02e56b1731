package daemon_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/daemon"
	"github.com/rumpkit/rumpkit/tailored/base"
)

// TestMain is the program of the tests when RUMPKIT_TEST says so.
func TestMain(m *testing.M) {
	if what := os.Getenv("RUMPKIT_TEST"); what != "" {
		os.Exit(program(what))
	}
	os.Exit(m.Run())
}

func program(what string) int {
	d, err := daemon.Begin()
	if err != nil {
		return 3
	}
	if _, err := daemon.Begin(); err != abi.EALREADY {
		_ = d.Done(errors.New("it begins twice"))
		return 3
	}
	switch what {
	case "fails":
		_ = d.Done(abi.ENXIO)
	case "greets":
		_ = d.Ready("here I am\n")
	case "dies":
	default:
		k, err := base.Boot(kernel.Config{})
		_ = d.Done(err)
		_ = k.Close()
	}
	return 0
}

func TestDaemon(t *testing.T) {
	for _, tc := range []struct {
		what, says string
		ok         bool
	}{
		{"runs", "", true},
		{"greets", "here i am\n", true},
		{"fails", "failed: device not configured", false},
		{"dies", "failed: it ended before it was ready", false},
	} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "RUMPKIT_TEST="+tc.what)
		out, err := cmd.CombinedOutput()
		if (err == nil) != tc.ok || !strings.Contains(strings.ToLower(string(out)), tc.says) {
			t.Errorf("%s: %v, %q", tc.what, err, out)
		}
	}
}

// A program that boots a kernel in the background.
func ExampleBegin() {
	d, err := daemon.Begin()
	if err != nil {
		panic(err)
	}
	k, err := base.Boot(kernel.Config{})
	_ = d.Done(err) // who started us learns that the kernel is up, or why not
	if err == nil {
		<-k.Done()
	}
}
