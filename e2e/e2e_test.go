// Package e2e drives the programs as a person does: kernels that are started,
// used with rumpctl, signalled and halted. The scripts are in testdata.
package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// bin is the folder of the programs, built once for all scripts, without the
// race detector: it is the programs of users that are tested.
var bin string

// programs are the main packages; a program has the name of its folder.
var programs = []string{
	"./tailored/base/rump-base", "./tailored/vfs/rump-vfs", "./tailored/net/rump-net", "./tailored/dev/rump-dev",
	"./tailored/vfsnet/rump-vfs-net", "./tailored/vfsdev/rump-vfs-dev", "./tailored/netdev/rump-net-dev",
	"./tailored/all/rump-all", "./cmd/rumpctl", "./gen", "./internal/demo",
}

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "rumpkit-e2e")
	if err == nil {
		defer os.RemoveAll(dir)
		bin, err = dir, build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	return m.Run()
}

// build links all programs into dir.
func build(dir string) error {
	cmd := exec.Command("go", append([]string{"build", "-o", dir + "/"}, programs...)...)
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}

func TestScripts(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if err := depend(root); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Setenv("RUMP_SERVER", "unix://"+env.WorkDir+"/k.sock")
			env.Setenv("ROOT", root)
			env.Setenv("BIN", bin)
			for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS", "GOPROXY"} {
				env.Setenv(name, goEnv(name))
			}
			env.Values[kernelsKey{}] = &kernels{byName: map[string]*kernelProgram{}}
			env.Defer(func() { env.Values[kernelsKey{}].(*kernels).kill() })
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"boot":    boot,
			"term":    term,
			"gone":    gone,
			"exits":   exits,
			"mode":    mode,
			"waitfor": waitFor,
			"stray":   stray,
		},
	})
}

// depend looks at the source of the programs, so that the go command knows
// that an earlier result of this test is void when it has changed.
func depend(root string) error {
	for _, dir := range []string{"client", "cmd", "factions", "gen", "internal/demo", "kernel", "tailored"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				_, err = os.Stat(path)
			}
			if errors.Is(err, fs.ErrNotExist) {
				return nil // it went meanwhile
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// goEnv is a setting of the go command, which scripts run in another home.
func goEnv(name string) string {
	out, _ := exec.Command("go", "env", name).Output()
	return strings.TrimSpace(string(out))
}

// exits runs a program and checks its exit status: exits 2 rumpctl nonsense.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// mode checks the permissions of a file: mode 0600 k.sock.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode OCTAL FILE")
	}
	st, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", st.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}

// stray listens on a socket and greets who connects with a line that no kernel
// says: stray SOCKET.
func stray(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: stray SOCKET")
	}
	ln, err := net.Listen("unix", ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Defer(func() { _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("220 mail.example.org ESMTP\n"))
			_ = conn.Close()
		}
	}()
}
