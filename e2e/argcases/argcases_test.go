// Package argcases holds, for every call of the table that a kernel serves,
// cases of its arguments and what NetBSD specifies of each: results, errors,
// memory. The cases are in testdata, a file for each family of calls, a line
// for each case; README.md says how they read.
//
// They run on our kernels in this process, through a socket, and, when
// RUMPKIT_PEER holds the URL of a NetBSD 7.99.34 rump kernel, on that.
package argcases

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/client/wire"
	"github.com/rumpkit/rumpkit/gen/master"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/tailored/all"
	"github.com/rumpkit/rumpkit/tailored/base"
	"github.com/rumpkit/rumpkit/tailored/net"
	"github.com/rumpkit/rumpkit/tailored/vfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rows are the rows with a client's stub, by name.
func rows(t *testing.T) map[string]*master.Entry {
	t.Helper()
	tab, err := master.ParseFile("../../syscalls.master", master.Native())
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]*master.Entry{}
	for i := range tab.Entries {
		if e := &tab.Entries[i]; e.Rump {
			byName[e.Name] = e
		}
	}
	return byName
}

// booted is what all kernels have.
type booted interface {
	BaseKernel() *kernel.Base
	Close() error
}

// started returns the base of a kernel that was just booted; it is closed when
// the test ends.
func started(t *testing.T, k booted, err error) *kernel.Base {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return k.BaseKernel()
}

// boot boots the selection of a table.
func boot(t *testing.T, name string) *kernel.Base {
	cfg := kernel.Config{}
	switch name {
	case "base":
		k, err := base.Boot(cfg)
		return started(t, k, err)
	case "vfs":
		k, err := vfs.Boot(cfg)
		return started(t, k, err)
	case "net":
		k, err := net.Boot(cfg)
		return started(t, k, err)
	}
	k, err := all.Boot(cfg)
	return started(t, k, err)
}

// TestLocal runs each table on the selection it names, in this process.
func TestLocal(t *testing.T) {
	ts, names, rows := loadTables(t), loadNames(t), rows(t)
	kernels := map[string]*runner{}
	for i := range ts.files {
		tab := &ts.files[i]
		if kernels[tab.kernel] == nil {
			kernels[tab.kernel] = newRunner(t, &runner{k: boot(t, tab.kernel), names: names, rows: rows, local: true})
		}
		kernels[tab.kernel].table(t, tab)
	}
}

// TestSocket runs all tables on a kernel of all parts, behind a socket.
func TestSocket(t *testing.T) {
	b := boot(t, "all")
	s := sysproxy.New(b, sysproxy.Options{})
	url := "unix://" + filepath.Join(t.TempDir(), "s")
	if err := s.Listen(url); err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() { defer close(served); s.Serve() }()
	defer func() { s.Close(); <-served }()
	remote(t, url, false)
}

// TestPeer runs all tables whose rows it serves on the kernel at RUMPKIT_PEER.
func TestPeer(t *testing.T) {
	url := os.Getenv("RUMPKIT_PEER")
	if url == "" {
		t.Skip("RUMPKIT_PEER names no kernel")
	}
	remote(t, url, true)
}

func remote(t *testing.T, url string, peer bool) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	k, err := wire.Dial(ctx, url, wire.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	r := newRunner(t, &runner{k: k, names: loadNames(t), rows: rows(t), peer: peer})
	ts := loadTables(t)
	for i := range ts.files {
		if tab := &ts.files[i]; !peer || r.serves(tab.kernel) {
			r.table(t, tab)
		}
	}
	t.Log(r.cases, "cases")
}

// table runs the cases of a table.
func (r *runner) table(t *testing.T, tab *table) {
	for i := range tab.cases {
		c := &tab.cases[i]
		if _, err := r.run(c); err != nil {
			t.Errorf("%s\n\t%v", c, err)
		}
	}
}

// newRunner makes a file system for cases, where there can be one.
func newRunner(t *testing.T, r *runner) *runner {
	t.Helper()
	if !r.serves("vfs") {
		return r
	}
	for _, line := range []string{
		`mkdir "/argcases" 0755`,
		`__mount50 "tmpfs" "/argcases" 0 TmpfsArgs{Version:1 RootMode:0777} sizeof.TmpfsArgs`,
	} {
		c, err := parseCase(line)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.run(&c); err != nil {
			t.Log(line, ": ", err)
		}
	}
	r.dir = "/argcases"
	return r
}

// probes are calls that only one kind of kernel serves.
var probes = map[string]int{"vfs": sysent.SYS_umask, "net": sysent.SYS___socket30}

// serves says that the kernel serves the rows of a selection.
func (r *runner) serves(kind string) bool {
	num, ok := probes[kind]
	if !ok {
		return true
	}
	p, err := r.k.Attach("probe", nil)
	if err != nil {
		return false
	}
	defer p.Close()
	t, err := p.NewThread()
	if err != nil {
		return false
	}
	defer t.Close()
	return t.Syscall(num, new(sysent.Frame)) != abi.ENOSYS
}
