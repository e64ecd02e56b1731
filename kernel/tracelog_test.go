package kernel_test

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
	"github.com/rumpkit/rumpkit/tailored/base"
)

// traced is a kernel with a client that traces and one that is traced.
type traced struct {
	t           *testing.T
	k           *base.Kernel
	tracer, app *client.Client
	// pid, follow and log are the names of the nodes.
	pid, follow, log []int32
}

func newTraced(t *testing.T) *traced {
	t.Helper()
	k, err := base.Boot(kernel.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	tr := &traced{t: t, k: k, tracer: newClient(t, k, "tracer"), app: newClient(t, k, "app")}
	dir := tr.find(tr.find([]int32{abi.CTL_VENDOR}, "rumpkit"), "trace")
	tr.pid, tr.follow, tr.log = tr.find(dir, "pid"), tr.find(dir, "follow"), tr.find(dir, "log")
	return tr
}

func newClient(t *testing.T, k *base.Kernel, name string) *client.Client {
	t.Helper()
	c, err := client.New(k, name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// find asks for the number of a node by its name.
func (tr *traced) find(mib []int32, name string) []int32 {
	tr.t.Helper()
	req := abi.Sysctlnode{Flags: abi.SYSCTL_VERSION}
	nodes := make([]abi.Sysctlnode, 32)
	size := uint64(len(usermem.BytesOfSlice(nodes)))
	ask := append(append([]int32(nil), mib...), abi.CTL_QUERY)
	if err := tr.app.Sysctl(ask, usermem.BytesOfSlice(nodes), &size, usermem.BytesOf(&req)); err != nil {
		tr.t.Fatal(err)
	}
	for _, n := range nodes {
		if strings.TrimRight(string(n.Name[:]), "\x00") == name {
			return append(append([]int32(nil), mib...), n.Num)
		}
	}
	tr.t.Fatalf("no node %s below %v", name, mib)
	return nil
}

func (tr *traced) set(c *client.Client, pid int32) error {
	return c.Sysctl(tr.pid, nil, nil, binary.LittleEndian.AppendUint32(nil, uint32(pid)))
}

func (tr *traced) get() int32 {
	b, n := make([]byte, 4), uint64(4)
	if err := tr.app.Sysctl(tr.pid, b, &n, nil); err != nil {
		tr.t.Fatal(err)
	}
	return int32(binary.LittleEndian.Uint32(b))
}

// read takes the log, room bytes at most.
func (tr *traced) read(room int) string {
	tr.t.Helper()
	b, n := make([]byte, room), uint64(room)
	if err := tr.tracer.Sysctl(tr.log, b, &n, nil); err != nil {
		tr.t.Fatal(err)
	}
	return string(b[:n])
}

func (tr *traced) must(err error) {
	tr.t.Helper()
	if err != nil {
		tr.t.Fatal(err)
	}
}

func TestTraceLogHoldsCallsOfOthers(t *testing.T) {
	tr := newTraced(t)
	tr.app.Getpid()
	tr.must(tr.set(tr.tracer, 0))
	tr.app.Getpid()
	tr.tracer.Getpid()
	_ = tr.app.Close(77)
	got := strings.Split(tr.read(4096), "\n")
	if len(got) != 3 || !strings.Contains(got[0], "app getpid() = ") ||
		!strings.HasSuffix(got[1], "app close(77) = -1 EBADF (bad file descriptor)") {
		t.Errorf("log: %q", got)
	}
	if again := tr.read(4096); again != "" {
		t.Errorf("read twice: %q", again)
	}
	tr.must(tr.set(tr.tracer, -1))
	tr.app.Getpid()
	if got := tr.read(4096); got != "" || tr.get() != -1 {
		t.Errorf("switched off, but pid is %d and the log has %q", tr.get(), got)
	}
}

func TestTraceLogOfOneProcessAndItsChildren(t *testing.T) {
	tr := newTraced(t)
	other := newClient(t, tr.k, "other")
	tr.must(tr.tracer.Sysctl(tr.follow, nil, nil, []byte{1}))
	tr.must(tr.set(tr.tracer, int32(tr.app.Getpid())))
	child, err := tr.app.Fork()
	tr.must(err)
	tr.must(child.Exec("child"))
	other.Getppid()
	child.Getppid()
	tr.app.Getppid()
	got := tr.read(4096)
	if strings.Contains(got, "other") || !strings.Contains(got, "child getppid") || !strings.Contains(got, "app getppid") {
		t.Errorf("log:\n%s", got)
	}
}

func TestTraceLogErrors(t *testing.T) {
	tr := newTraced(t)
	if err := tr.set(tr.tracer, 4711); err != abi.ESRCH {
		t.Errorf("a pid that does not exist: %v", err)
	}
	if err := tr.set(tr.tracer, -2); err != abi.EINVAL {
		t.Errorf("pid -2: %v", err)
	}
	tr.must(tr.set(tr.tracer, 0))
	if err := tr.set(tr.app, 0); err != abi.EBUSY {
		t.Errorf("traced by another already: %v", err)
	}
	if err := tr.app.Setuid(7); err != nil {
		t.Fatal(err)
	}
	if err := tr.set(tr.app, -1); err != abi.EPERM {
		t.Errorf("switched off by a user: %v", err)
	}
	b, n := make([]byte, 64), uint64(64)
	if err := tr.app.Sysctl(tr.log, b, &n, nil); err != abi.EPERM {
		t.Errorf("read by a user: %v", err)
	}
}

func TestTraceLogEndsWithItsOwner(t *testing.T) {
	tr := newTraced(t)
	tr.must(tr.set(tr.tracer, 0))
	used := tr.k.Mem.Used()
	tr.must(tr.tracer.Exit())
	if tr.get() != -1 {
		t.Errorf("the tracer is gone, but pid is %d", tr.get())
	}
	if used-tr.k.Mem.Used() < 256<<10 {
		t.Errorf("the log's memory was not given back: %d, then %d", used, tr.k.Mem.Used())
	}
	tr.must(tr.set(tr.app, 0))
}

func TestTraceLogIsBounded(t *testing.T) {
	tr := newTraced(t)
	tr.must(tr.set(tr.tracer, 0))
	for range 20000 {
		tr.app.Getppid()
	}
	got := tr.read(1 << 20)
	if len(got) > 257<<10 || !strings.HasPrefix(got, "... ") || !strings.HasSuffix(got, "\n") {
		t.Errorf("%d bytes, beginning %.40q", len(got), got)
	}
	tr.must(tr.set(tr.tracer, 0))
	for range 10 {
		tr.app.Getppid()
	}
	if got := tr.read(40); strings.Count(got, "\n") != 1 || !strings.HasSuffix(got, "\n") {
		t.Errorf("little room: %q", got)
	}
}

func TestTraceLogWhileOthersCall(t *testing.T) {
	tr := newTraced(t)
	var calls sync.WaitGroup
	for range 4 {
		calls.Go(func() {
			c, err := client.New(tr.k, "caller")
			if err != nil {
				t.Error(err)
				return
			}
			for range 500 {
				c.Getppid()
			}
			_ = c.Exit()
		})
	}
	for i := range 50 {
		tr.must(tr.set(tr.tracer, int32(i%2)-1))
		for line := range strings.Lines(tr.read(1 << 16)) {
			if !strings.HasSuffix(line, "\n") || !strings.Contains(line, " caller ") {
				t.Errorf("a line is broken: %q", line)
			}
		}
	}
	calls.Wait()
}

// A call that sleeps is told of while it does, and completed later; one that
// has slept in the meantime is a line like any other.
func TestTraceLogOfCallsThatSleep(t *testing.T) {
	tr := newTraced(t)
	r, w, err := tr.app.Pipe()
	tr.must(err)
	tr.must(tr.set(tr.tracer, int32(tr.app.Getpid())))
	read := func(done chan<- error) {
		_, err := tr.app.Read(r, make([]byte, 5))
		done <- err
	}
	done := make(chan error, 1)
	go read(done)
	asleep(tr.k, "app")
	if got := tr.read(4096); !strings.HasSuffix(got, fmt.Sprintf(" app read(%d <unfinished ...>\n", r)) {
		t.Errorf("while it sleeps: %q", got)
	}
	if got := tr.read(4096); got != "" {
		t.Errorf("while it still sleeps: %q", got)
	}
	_, err = tr.app.Write(w, []byte("hello"))
	tr.must(err)
	tr.must(<-done)
	got := tr.read(4096)
	if !strings.Contains(got, " app <... read resumed>, \"hello\", 5) = 5\n") || strings.Contains(got, "unfinished") {
		t.Errorf("after it slept: %q", got)
	}
	go read(done)
	asleep(tr.k, "app")
	_, err = tr.app.Write(w, []byte("again"))
	tr.must(err)
	tr.must(<-done)
	if got := tr.read(4096); !strings.Contains(got, "\"again\", 5) = 5\n") || strings.Count(got, "read") > 2 {
		t.Errorf("a call that slept while nobody read: %q", got)
	}
}

// asleep waits until an lwp of a process called name sleeps.
func asleep(k *base.Kernel, name string) {
	for {
		for _, p := range k.BaseKernel().Procs.All() {
			for _, l := range p.LWPs() {
				if p.Name() == name && l.Asleep() >= 0 {
					return
				}
			}
		}
		runtime.Gosched()
	}
}
