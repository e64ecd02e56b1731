package client_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
)

// serve serves a new kernel at url until the function it returns is called.
func serve(t *testing.T, url string) func() {
	t.Helper()
	s := sysproxy.New(boot(t).BaseKernel(), sysproxy.Options{})
	must(t, s.Listen(url))
	var serving sync.WaitGroup
	serving.Go(s.Serve)
	return sync.OnceFunc(func() {
		s.Close()
		serving.Wait()
	})
}

// A client that reconnects finds the kernel that took the place of the one it
// knew; another one learns that its kernel is gone.
func TestReconnect(t *testing.T) {
	url := "unix://" + filepath.Join(t.TempDir(), "k.sock")
	stop := serve(t, url)
	patient, err := client.Dial(t.Context(), url, "patient", client.Reconnect(10*time.Second))
	must(t, err)
	defer func() { _ = patient.Exit() }()
	hasty, err := client.Dial(t.Context(), url, "hasty", client.StallTime(time.Second))
	must(t, err)
	defer func() { _ = hasty.Exit() }()
	must(t, patient.WriteFile("/file", []byte("old"), 0o644))
	stop()
	if _, err := hasty.Umask(0); err != abi.ENOTCONN {
		t.Errorf("without a kernel: %v, want ENOTCONN", err)
	}
	defer serve(t, url)()
	if _, err := patient.ReadFile("/file"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the new kernel has the old one's file: %v", err)
	}
	must(t, patient.WriteFile("/file", []byte("new"), 0o644))
}

// The context bounds how long a server that says nothing is listened to.
func TestDialContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mute.sock")
	l, err := net.Listen("unix", path)
	must(t, err)
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := client.Dial(ctx, "unix://"+path, "test"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a mute server: %v", err)
	}
	if _, err := client.Dial(t.Context(), "unix://"+path+"-none", "test"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no server: %v", err)
	}
	if _, err := client.Dial(t.Context(), "http://x", "test"); err == nil {
		t.Error("a URL of another kind")
	}
}
