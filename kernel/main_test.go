package kernel_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/tailored/base"
)

// TestMain fails when a kernel leaves goroutines behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// boot brings up a base kernel and attaches a client to it.
func boot(t testing.TB, cfg kernel.Config) (*base.Kernel, *client.Client) {
	t.Helper()
	k, err := base.Boot(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.Close() })
	return k, attach(t, k)
}

func attach(t testing.TB, k *base.Kernel) *client.Client {
	t.Helper()
	c, err := client.New(k, "test")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// bootSim brings up a kernel on a simulated host.
func bootSim(t testing.TB) (*hypercall.Sim, *base.Kernel, *client.Client) {
	t.Helper()
	h := hypercall.NewSim(1)
	k, c := boot(t, kernel.Config{Host: h})
	return h, k, c
}

// want checks an error against the one that the manual gives.
func want(t *testing.T, what string, got error, errno abi.Errno) {
	t.Helper()
	if errno == 0 {
		if got != nil {
			t.Errorf("%s: %v", what, got)
		}
		return
	}
	if got != errno {
		t.Errorf("%s: error %v, want %v", what, got, errno)
	}
}

// pipe makes a pipe.
func pipe(t testing.TB, c *client.Client) (r, w int) {
	t.Helper()
	r, w, err := c.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return r, w
}

// user gives c's process the ids of a user who is not root.
func user(t *testing.T, c *client.Client, uid int) {
	t.Helper()
	if err := c.Setgid(uid); err != nil {
		t.Fatal(err)
	}
	if err := c.Setuid(uid); err != nil {
		t.Fatal(err)
	}
}
