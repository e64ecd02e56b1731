// A network namespace of the host, and the programs that join it to the host
// without privilege: what the uplink is measured beside.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// namespace is a thread of the host in a network of its own. It is gone when
// the thread is.
type namespace struct {
	jobs chan func()
	file *os.File // refers to it
}

// newNamespace makes one: errSkipped when the host does not let it.
func newNamespace() (*namespace, error) {
	n := &namespace{jobs: make(chan func())}
	failed := make(chan error)
	go n.run(failed)
	if err := <-failed; err != nil {
		return nil, fmt.Errorf("%w: no network namespace here: %w", errSkipped, err)
	}
	return n, nil
}

// run is the thread. It ends with the goroutine, as it stays locked.
func (n *namespace) run(failed chan<- error) {
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		failed <- err
		return
	}
	var err error
	n.file, err = os.Open("/proc/thread-self/ns/net")
	failed <- err
	for job := range n.jobs {
		job()
	}
}

// close ends the thread.
func (n *namespace) close() {
	close(n.jobs)
	_ = n.file.Close()
}

// dial connects from the namespace.
func (n *namespace) dial(network, to string) (c net.Conn, err error) {
	done := make(chan struct{})
	n.jobs <- func() {
		defer close(done)
		c, err = net.DialTimeout(network, to, 5*time.Second)
	}
	<-done
	return c, err
}

// joined reports whether the namespace has an IPv4 address that is not its
// loopback's.
func (n *namespace) joined() bool {
	found := make(chan bool)
	n.jobs <- func() {
		all, _ := net.InterfaceAddrs()
		found <- slices.ContainsFunc(all, func(a net.Addr) bool {
			p, err := netip.ParsePrefix(a.String())
			return err == nil && p.Addr().Is4() && !p.Addr().IsLoopback()
		})
	}
	return <-found
}

// hostSide is the host as a namespace sees it, by every program.
const hostSide = "10.0.2.2"

// inherited is the namespace as a program that got its file sees it: one opened
// by the path of a process of root's is refused to a program that has given its
// privilege up.
const inherited = "/proc/self/fd/3"

// lifetime is how long a connection through a program may last, for one whose
// streams stand still.
const lifetime = 10 * time.Second

// joiner is a program that joins a namespace to the host.
type joiner struct {
	name string
	// args returns what it is called with; the namespace is at inherited.
	args func(mtu int) []string
}

// joiners are those the uplink is measured beside.
func joiners() []joiner {
	return []joiner{
		{"slirp4netns", func(mtu int) []string {
			return []string{"-c", "-m", strconv.Itoa(mtu), "--netns-type=path", inherited, "tap0"}
		}},
		{"pasta", func(mtu int) []string {
			return []string{
				"-f", "-e", "-q", "-4", "--config-net", "-t", "none", "-u", "none", "-T", "none", "-U", "none",
				"-a", "10.0.2.15", "-n", "255.255.255.0", "-g", hostSide, "--ns-ifname", "tap0",
				"-m", strconv.Itoa(mtu), "--netns-only", "--runas", "0", "--netns", inherited,
			}
		}},
	}
}

// path is from a new namespace to the host, through the program: errSkipped
// where the host has it not, or does not let it work.
func (j joiner) path(ctx context.Context, mtu int) (path, error) {
	file, err := exec.LookPath(j.name)
	if err != nil {
		return path{}, fmt.Errorf("%w: %s is not there", errSkipped, j.name)
	}
	ns, err := newNamespace()
	if err != nil {
		return path{}, err
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, file, j.args(mtu)...)
	cmd.ExtraFiles = []*os.File{ns.file}
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		ns.close()
		return path{}, err
	}
	p := hostPath()
	p.name = j.name
	p.dial = func(network string, port int) (net.Conn, error) {
		c, err := ns.dial(network, net.JoinHostPort(hostSide, strconv.Itoa(port)))
		if err == nil {
			err = c.SetDeadline(time.Now().Add(lifetime))
		}
		return c, err
	}
	p.close = func() {
		_ = cmd.Process.Signal(os.Interrupt)
		stop := time.AfterFunc(time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		stop.Stop()
		ns.close()
	}
	if err := reachable(p, ns.joined); err != nil {
		p.close()
		return path{}, fmt.Errorf("%w: %s does not join a namespace: %w %s", errSkipped, j.name, err, firstLine(said.Bytes()))
	}
	return p, nil
}

// reachable waits until the path is ready and carries a connection.
func reachable(p path, ready func() bool) error {
	ln, err := p.listen()
	if err != nil {
		return err
	}
	defer ln.Close()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if !ready() {
			continue
		}
		c, err := p.dial("tcp", port(ln.Addr()))
		if err == nil {
			return c.Close()
		}
	}
	return errors.New("nothing gets through in 5 s")
}

// firstLine returns the first line of what a program said.
func firstLine(b []byte) string {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return string(line)
}
