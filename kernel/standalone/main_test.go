// The program as a person runs it: this test binary starts itself as one.
package standalone_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/standalone"
	"github.com/rumpkit/rumpkit/tailored/base"
)

const asProgram = "STANDALONE_TEST"

func TestMain(m *testing.M) {
	if v := os.Getenv(asProgram); v != "" {
		standalone.Main("rump-test", func(c kernel.Config) (standalone.Kernel, error) {
			if v == "noboot" {
				return nil, errors.New("no boot today")
			}
			k, err := base.Boot(c)
			if v == "panics" {
				k.BaseKernel().Go(func() { panic("out of order") })
			}
			return k, err
		})
	}
	os.Exit(m.Run())
}

// program is a command that runs the program.
func program(t *testing.T, args ...string) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.Dir = t.TempDir()
	return cmd
}

// start starts the program and waits until it is ready.
func start(t *testing.T, cmd *exec.Cmd) (line string) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	n, err := out.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:n])
}

func TestReadyAndTerm(t *testing.T) {
	for _, sig := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		cmd := program(t, "unix://k.sock")
		path := filepath.Join(cmd.Dir, "k.sock")
		want := "rump-test: ready on unix://" + path + " (pid "
		line := start(t, cmd)
		if want += strconv.Itoa(cmd.Process.Pid) + ")\n"; line != want {
			t.Errorf("%q, want %q", line, want)
		}
		c, err := client.Dial(t.Context(), "unix://"+path, "test")
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("after %v: %v", sig, err)
		}
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("the socket is still there: %v", err)
		}
		_ = c.Exit()
	}
}

func TestRebootEndsTheProgram(t *testing.T) {
	cmd := program(t, "unix://k.sock")
	start(t, cmd)
	c, err := client.Dial(t.Context(), "unix://"+cmd.Dir+"/k.sock", "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Reboot(abi.RB_AUTOBOOT, ""); err != nil {
		t.Errorf("reboot: %v", err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	_ = c.Exit()
}

// With RB_HALT the program stays, without a kernel in it.
func TestHaltedProgramStays(t *testing.T) {
	cmd := program(t, "unix://k.sock")
	start(t, cmd)
	c, err := client.Dial(t.Context(), "unix://"+cmd.Dir+"/k.sock", "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Reboot(abi.RB_HALT, ""); err != nil {
		t.Errorf("reboot: %v", err)
	}
	_ = c.Exit()
	time.Sleep(50 * time.Millisecond)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("it is gone: %v", err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestDaemon(t *testing.T) {
	cmd := program(t, "-d", "--ncpu", "2", "unix://k.sock")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(out), "(pid ")
	pid, err := strconv.Atoi(strings.TrimSuffix(rest, ")\n"))
	if !ok || err != nil {
		t.Fatalf("%q: %v", out, err)
	}
	defer syscall.Kill(pid, syscall.SIGKILL)
	c, err := client.Dial(t.Context(), "unix://"+cmd.Dir+"/k.sock", "test")
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Exit()

	again := program(t, "-d", "unix://"+cmd.Dir+"/k.sock")
	var complaint bytes.Buffer
	again.Stderr = &complaint
	if err := again.Run(); err == nil || !strings.Contains(complaint.String(), "in use") {
		t.Errorf("a second one: %v, %q", err, &complaint)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		if _, err := os.Stat(cmd.Dir + "/k.sock"); os.IsNotExist(err) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Error("the daemon does not end")
}

func TestExitCodes(t *testing.T) {
	tests := []struct {
		args string
		mode string
		code int
		out  string
	}{
		{"-h", "1", 0, "usage: rump-test"},
		{"", "1", 2, "missing"},
		{"--ncpu none unix://x", "1", 2, "--ncpu none"},
		{"-d nonsense", "1", 2, "not a URL"},
		{"unix:///nonexistent/dir/k", "1", 1, "no such directory"},
		{"-d unix:///nonexistent/dir/k", "1", 1, "no such directory"},
		{"unix://k", "noboot", 1, "no boot today"},
		{"-d unix://k", "noboot", 1, "no boot today"},
	}
	for _, tt := range tests {
		cmd := program(t, strings.Fields(tt.args)...)
		cmd.Env = append(cmd.Env, asProgram+"="+tt.mode)
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != tt.code || !strings.Contains(string(out), tt.out) {
			t.Errorf("%s: exit %d, %q; want %d, %q", tt.args, code, out, tt.code, tt.out)
		}
	}
}

// A kernel that panics leaves a dump, and its program a status that tells.
func TestPanicLeavesADump(t *testing.T) {
	cmd := program(t, "unix://"+filepath.Join(t.TempDir(), "k"))
	cmd.Env = append(cmd.Env, asProgram+"=panics")
	var said bytes.Buffer
	cmd.Stderr = &said
	err := cmd.Run()
	if e, ok := errors.AsType[*exec.ExitError](err); !ok || e.ExitCode() != 134 {
		t.Errorf("it ended with %v", err)
	}
	names, _ := filepath.Glob(filepath.Join(cmd.Dir, "rump-test.*.dump"))
	if len(names) != 1 || !strings.Contains(said.String(), filepath.Base(names[0])) {
		t.Fatalf("dumps %q, but it said %q", names, said.String())
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"panic: out of order\n", "log:\n", "processes:\n 0 system\n", "locks:\n", "stacks:\n", "goroutine "} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in the dump", want)
		}
	}
}
