package wire_test

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/wire"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/tailored/base"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quiet is the real host without its console.
type quiet struct{ hypercall.Host }

func (quiet) ConsoleWrite([]byte) {}

// served is a kernel and its server.
type served struct {
	k  *base.Kernel
	s  *sysproxy.Server
	wg sync.WaitGroup
}

// start boots a kernel, of one virtual CPU when it is over tcp, and serves it.
func start(t testing.TB, url string) *served {
	t.Helper()
	cfg := kernel.Config{Host: quiet{hypercall.Real()}}
	if strings.HasPrefix(url, "tcp") {
		cfg.NCPU = 1
	}
	k, err := base.Boot(cfg)
	if err != nil {
		t.Fatal(err)
	}
	v := &served{k: k, s: sysproxy.New(&k.Base, sysproxy.Options{})}
	if err := v.s.Listen(url); err != nil {
		t.Fatal(err)
	}
	v.wg.Go(v.s.Serve)
	return v
}

func (v *served) stop() {
	v.s.Close()
	v.wg.Wait()
	_ = v.k.Close()
}

// serve starts a kernel at url, or at a unix socket of its own, until the test
// ends. It returns where.
func serve(t testing.TB, url string) string {
	t.Helper()
	if url == "" {
		url = "unix://" + filepath.Join(t.TempDir(), "k.sock")
	}
	v := start(t, url)
	t.Cleanup(v.stop)
	return v.s.URLs()[0]
}

func dial(t testing.TB, url string, opts wire.Options) *client.Client {
	t.Helper()
	k, err := wire.Dial(t.Context(), url, opts)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(k, "wiretest")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Exit() })
	return c
}

// transports runs fn over unix and tcp.
func transports(t *testing.T, fn func(t *testing.T, c *client.Client)) {
	for name, url := range map[string]string{"unix": "", "tcp": "tcp://127.0.0.1:0"} {
		t.Run(name, func(t *testing.T) { fn(t, dial(t, serve(t, url), wire.Options{})) })
	}
}

func TestPipeMovesData(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		r, w, err := c.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{0, 1, 100, 4096, 16 << 10} {
			out := make([]byte, size)
			for i := range out {
				out[i] = byte(i * 7)
			}
			if n, err := c.Write(w, out); n != size || err != nil {
				t.Fatalf("write of %d: %d, %v", size, n, err)
			}
			in := make([]byte, size+10)
			if size == 0 {
				continue
			}
			n, err := c.Read(r, in)
			if n != size || err != nil || string(in[:n]) != string(out) {
				t.Fatalf("read of %d: %d, %v", size, n, err)
			}
		}
	})
}

func TestBlockedCallDoesNotBlockOthers(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		r, w, err := c.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		const readers = 20
		var wg sync.WaitGroup
		for range readers {
			wg.Go(func() {
				var b [1]byte
				if n, err := c.Read(r, b[:]); n != 1 || err != nil {
					t.Errorf("read: %d, %v", n, err)
				}
			})
		}
		time.Sleep(20 * time.Millisecond)
		for range readers {
			if _, err := c.Write(w, []byte{1}); err != nil {
				t.Fatal(err)
			}
		}
		wg.Wait()
	})
}

func TestExitEndsBlockedCalls(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		r, _, err := c.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		got := make(chan error, 1)
		go func() {
			_, err := c.Read(r, make([]byte, 1))
			got <- err
		}()
		time.Sleep(20 * time.Millisecond)
		if err := c.Exit(); err != nil {
			t.Fatal(err)
		}
		if err := <-got; err != abi.EINTR {
			t.Errorf("blocked read: %v, want EINTR", err)
		}
	})
}

func TestForkSharesNothingButCopies(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		r, w, err := c.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		child, err := c.Fork()
		if err != nil {
			t.Fatal(err)
		}
		defer child.Exit()
		if child.Getpid() == c.Getpid() {
			t.Error("the child has its parent's pid")
		}
		if _, err := child.Write(w, []byte("x")); err != nil {
			t.Errorf("write of the child: %v", err)
		}
		var b [1]byte
		if n, err := c.Read(r, b[:]); n != 1 || err != nil {
			t.Errorf("read of the parent: %d, %v", n, err)
		}
		if err := child.Close(r); err != nil {
			t.Error(err)
		}
		if _, err := c.Write(w, []byte("x")); err != nil {
			t.Errorf("the parent's descriptor went with the child's: %v", err)
		}
	})
}

func TestExec(t *testing.T) {
	c := dial(t, serve(t, ""), wire.Options{})
	r, w, err := c.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Fcntl(r, abi.F_SETFD, client.Val(abi.FD_CLOEXEC)); err != nil {
		t.Fatal(err)
	}
	pid := c.Getpid()
	if err := c.Exec("newprog"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(r, make([]byte, 1)); err != abi.EBADF {
		t.Errorf("close-on-exec descriptor: %v", err)
	}
	if err := c.Close(w); err != nil {
		t.Errorf("other descriptor: %v", err)
	}
	if got := c.Getpid(); got != pid {
		t.Errorf("pid %d became %d", pid, got)
	}
}

func TestDialErrors(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		url  string
		want error
	}{
		{"unix://" + dir + "/none", fs.ErrNotExist},
		{"tcp://127.0.0.1:1", unix.ECONNREFUSED},
		{"tcp6://::1:1", abi.EOPNOTSUPP},
		{"tcp://*:1", abi.EINVAL},
		{"nonsense", abi.EINVAL},
	}
	for _, tt := range tests {
		_, err := wire.Dial(t.Context(), tt.url, wire.Options{})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.url, err, tt.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := wire.Dial(ctx, serve(t, ""), wire.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestConcurrentCallers(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		pid := c.Getpid()
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				r, w, err := c.Pipe()
				if err != nil {
					t.Error(err)
					return
				}
				buf := make([]byte, 512)
				for range 100 {
					if c.Getpid() != pid {
						t.Error("another pid")
						return
					}
					if _, err := c.Write(w, buf); err != nil {
						t.Error(err)
						return
					}
					if n, err := c.Read(r, buf); n != len(buf) || err != nil {
						t.Errorf("read: %d, %v", n, err)
						return
					}
				}
			})
		}
		wg.Wait()
	})
}
