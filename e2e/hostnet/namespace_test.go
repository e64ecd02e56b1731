// A network namespace of the host that lives as long as a test.
package hostnet_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// namespace is a thread of the host in a network of its own. It is gone when
// the thread is, also when the test is killed.
type namespace struct {
	t    *testing.T
	jobs chan func()
	path string // for ip(8)
}

// newNamespace makes one, or skips the test and says what it lacks.
func newNamespace(t *testing.T) *namespace {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("namespaces need root")
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		t.Skip("the host has no tap interfaces:", err)
	}
	tool(t, "ip")
	n := &namespace{t: t, jobs: make(chan func())}
	failed := make(chan error)
	go n.run(failed)
	if err := <-failed; err != nil {
		t.Skip("the host refuses a namespace:", err)
	}
	t.Cleanup(func() { close(n.jobs) })
	n.command("ip", "link", "set", "lo", "up")
	return n
}

// run is the thread. It ends with the goroutine, as it stays locked.
func (n *namespace) run(failed chan<- error) {
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		failed <- err
		return
	}
	n.path = "/proc/" + strconv.Itoa(os.Getpid()) + "/task/" + strconv.Itoa(unix.Gettid()) + "/ns/net"
	failed <- nil
	for job := range n.jobs {
		job()
	}
}

// in runs fn in the namespace: sockets that it makes stay there.
func (n *namespace) in(fn func()) {
	done := make(chan struct{})
	n.jobs <- func() { defer close(done); fn() }
	<-done
}

// start starts a program in the namespace.
func (n *namespace) start(cmd *exec.Cmd) (err error) {
	n.in(func() { err = cmd.Start() })
	return err
}

// command runs a program in the namespace, and returns what it printed.
func (n *namespace) command(name string, args ...string) string {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	err := n.start(cmd)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		n.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, &out)
	}
	return out.String()
}

// listen accepts streams in the namespace.
func (n *namespace) listen(at string) net.Listener {
	n.t.Helper()
	var l net.Listener
	var err error
	n.in(func() { l, err = net.Listen("tcp", at) })
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { _ = l.Close() })
	return l
}

// dial connects from the namespace.
func (n *namespace) dial(network, to string) net.Conn {
	n.t.Helper()
	var c net.Conn
	var err error
	n.in(func() { c, err = net.DialTimeout(network, to, 10*time.Second) })
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

// tool skips the test when the host lacks a program.
func tool(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip("the host has no", name)
	}
}
