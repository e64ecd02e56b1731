package vfs

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// slowHost is a host whose disk is slow: reads wait until gate is closed.
type slowHost struct {
	hypercall.Host
	reading chan struct{} // told of each read
	gate    chan struct{}
}

type slowFile struct {
	hypercall.File
	h *slowHost
}

func (h *slowHost) Open(name string, mode hypercall.OpenMode) (hypercall.File, error) {
	f, err := h.Host.Open(name, mode)
	return slowFile{f, h}, err
}

func (f slowFile) ReadAt(b []byte, off int64) (int, error) {
	f.h.reading <- struct{}{}
	<-f.h.gate
	return f.File.ReadAt(b, off)
}

// While one waits for the host, and another for the lock that it holds, there
// is a virtual CPU for those who wait for nobody.
func TestSlowHostKeepsNoVirtualCPU(t *testing.T) {
	disk := filepath.Join(t.TempDir(), "disk")
	if err := os.WriteFile(disk, []byte("contents"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := &slowHost{Host: hypercall.Real(), reading: make(chan struct{}, 1), gate: make(chan struct{})}
	a := boot(t, kernel.Config{Host: h, NCPU: 1, Etfs: []kernel.Etfs{{Key: "/slow", HostPath: disk, Type: kernel.EtfsReg}}})
	b, c := a.as(0, 0), a.as(0, 0)
	fd := a.mustOpen("/slow", abi.O_RDONLY, 0)
	read := make(chan string)
	go func() {
		a.l.Enter(0)
		buf := make([]byte, 8)
		n, err := a.v.SysPread(a.l, fd, out(buf), 0)
		a.l.Leave()
		if err != nil {
			t.Error(err)
		}
		read <- string(buf[:n])
	}()
	<-h.reading
	f, vp, err := openVnodeOf(a.l, fd)
	a.do("the vnode", err)
	defer f.Drop(a.l)
	locked := make(chan struct{})
	go func() {
		b.l.Enter(0)
		vp.Lock()
		how := vp.Locked()
		vp.Unlock()
		b.l.Leave()
		if how != "exclusively" {
			t.Errorf("a locked vnode says %q", how)
		}
		close(locked)
	}()
	for b.b.Procs.Busy() < 1 {
		runtime.Gosched()
	}
	done := make(chan struct{})
	go func() {
		for range 100 {
			c.l.Enter(0)
			c.l.Leave()
		}
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("nobody gets on while the host reads")
	}
	close(h.gate)
	if got := <-read; got != "contents" {
		t.Errorf("it read %q", got)
	}
	<-locked
	if n := a.b.Procs.Busy(); n != 0 {
		t.Errorf("%d virtual CPUs are gone", n)
	}
}
