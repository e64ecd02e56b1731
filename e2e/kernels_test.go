// Script commands for kernels that run in the background.
package e2e

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a program may take for what should be quick.
const patience = 20 * time.Second

// kernels are the kernels of one script.
type kernels struct{ byName map[string]*kernelProgram }

type kernelsKey struct{}

func (k *kernels) kill() {
	for _, p := range k.byName {
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// kernelProgram is a kernel that was started.
type kernelProgram struct {
	cmd *exec.Cmd
	// ended is closed when the program has ended, as state says.
	ended chan struct{}
	state *os.ProcessState

	mu   sync.Mutex
	said strings.Builder
}

// boot starts a kernel in the background and returns when it is ready:
// boot NAME PROGRAM ARGS... What it said can be matched as standard output, and
// NAME_URL is where it listens.
func boot(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: boot NAME PROGRAM ARGS...")
	}
	path := args[1]
	if !filepath.IsAbs(path) {
		path = filepath.Join(bin, path)
	}
	p := &kernelProgram{cmd: exec.Command(path, args[2:]...), ended: make(chan struct{})}
	p.cmd.Dir = ts.Getenv("WORK")
	p.cmd.Env = os.Environ()
	for _, name := range []string{"RUMP_VERBOSE", "RUMP_NCPU", "RUMP_MEMLIMIT"} {
		if v := ts.Getenv(name); v != "" {
			p.cmd.Env = append(p.cmd.Env, name+"="+v)
		}
	}
	r, w, err := os.Pipe()
	ts.Check(err)
	p.cmd.Stdout, p.cmd.Stderr = w, w
	ts.Check(p.cmd.Start())
	ts.Check(w.Close())
	ready := make(chan struct{})
	go p.listen(r, ready)
	ts.Value(kernelsKey{}).(*kernels).byName[args[0]] = p
	select {
	case <-ready:
	case <-p.ended:
		ts.Fatalf("%s ended: %v\n%s", args[1], p.state, p.output())
	case <-time.After(patience):
		ts.Fatalf("%s is not ready after %v\n%s", args[1], patience, p.output())
	}
	_, _ = io.WriteString(ts.Stdout(), p.output())
	_, url, _ := strings.Cut(p.output(), ": ready on ")
	url, _, _ = strings.Cut(url, " ")
	ts.Setenv(args[0]+"_URL", url)
}

// listen keeps what the program says, tells when it says that it is ready,
// and waits for its end.
func (p *kernelProgram) listen(r io.ReadCloser, ready chan<- struct{}) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		p.mu.Lock()
		p.said.WriteString(lines.Text() + "\n")
		p.mu.Unlock()
		if ready != nil && strings.Contains(lines.Text(), ": ready on ") {
			close(ready)
			ready = nil
		}
	}
	_ = r.Close()
	_ = p.cmd.Wait()
	p.state = p.cmd.ProcessState
	close(p.ended)
}

func (p *kernelProgram) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

func kernelNamed(ts *testscript.TestScript, name string) *kernelProgram {
	p := ts.Value(kernelsKey{}).(*kernels).byName[name]
	if p == nil {
		ts.Fatalf("no kernel was booted as %q", name)
	}
	return p
}

// term sends a signal (SIGTERM when none is named) and checks that the program
// ends with status 0: term NAME [INT].
func term(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: term NAME [INT]")
	}
	sig := syscall.SIGTERM
	if len(args) == 2 && args[1] == "INT" {
		sig = syscall.SIGINT
	}
	ts.Check(kernelNamed(ts, args[0]).cmd.Process.Signal(sig))
	gone(ts, false, args[:1])
}

// gone waits until a program ends by itself, and checks that its status is 0,
// or what is asked for. What it said can be matched as standard output.
func gone(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: gone NAME [STATUS]")
	}
	status := 0
	if len(args) == 2 {
		var err error
		status, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	p := kernelNamed(ts, args[0])
	select {
	case <-p.ended:
	case <-time.After(patience):
		ts.Fatalf("%s still runs after %v\n%s", args[0], patience, p.output())
	}
	if p.state.ExitCode() != status {
		ts.Fatalf("%s: %v\n%s", args[0], p.state, p.output())
	}
	_, _ = io.WriteString(ts.Stdout(), p.output())
}

// waitFor runs a program again and again until it succeeds and prints a text:
// waitfor TEXT PROGRAM ARGS...; with !, until it fails: ! waitfor PROGRAM ARGS...
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	text := ""
	if !neg {
		if len(args) < 2 {
			ts.Fatalf("usage: waitfor TEXT PROGRAM ARGS...")
		}
		text, args = args[0], args[1:]
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		err := ts.Exec(args[0], args[1:]...)
		if neg && err != nil || !neg && err == nil && strings.Contains(ts.ReadFile("stdout"), text) {
			return
		}
	}
	ts.Fatalf("waited %v in vain", patience)
}
