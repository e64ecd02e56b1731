package client_test

// Clients of live kernels, in this process and behind a socket.

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/tailored/all"
)

// quiet is the real host without its console.
type quiet struct{ hypercall.Host }

func (quiet) ConsoleWrite([]byte) {}

// boot boots a kernel of all parts for the time of a test.
func boot(t testing.TB) *all.Kernel {
	t.Helper()
	k, err := all.Boot(kernel.Config{Host: quiet{hypercall.Real()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return k
}

// inProcess makes a client of a kernel in this process.
func inProcess(t testing.TB) *client.Client {
	t.Helper()
	c, err := client.New(boot(t), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Exit() })
	return c
}

// overWire makes a client of a kernel behind a unix socket.
func overWire(t testing.TB) *client.Client {
	t.Helper()
	s := sysproxy.New(boot(t).BaseKernel(), sysproxy.Options{})
	if err := s.Listen("unix://" + filepath.Join(t.TempDir(), "k.sock")); err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(s.Serve)
	t.Cleanup(func() {
		s.Close()
		serving.Wait()
	})
	c, err := client.Dial(t.Context(), s.URLs()[0], "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Exit() })
	return c
}

// transports runs a test over both.
func transports(t *testing.T, test func(t *testing.T, c *client.Client)) {
	t.Run("process", func(t *testing.T) { test(t, inProcess(t)) })
	t.Run("wire", func(t *testing.T) { test(t, overWire(t)) })
}
