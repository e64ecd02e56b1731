package export

// The mounts of these tests are served by a process of their own: this test
// binary, started again. A process that served the files it looks at could wait
// for itself.

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
)

// serveEnv has the directory to serve, and how.
const serveEnv = "RUMPKIT_EXPORT_SERVE"

func TestMain(m *testing.M) {
	if how := os.Getenv(serveEnv); how != "" {
		if err := serve(how); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		return
	}
	if how := os.Getenv(lockEnv); how != "" {
		if err := takeLock(how); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// quiet is the real host without its console.
type quiet struct{ hypercall.Host }

func (quiet) ConsoleWrite([]byte) {}

// serve boots a kernel, of which others are clients through a socket in the
// directory's parent, and mounts it; how is the kind of kernel and the directory.
func serve(how string) error {
	name, dir, _ := strings.Cut(how, " ")
	kind := kinds[name]
	k, err := kind.boot(filepath.Dir(dir))
	if err != nil {
		return err
	}
	defer k.Close()
	s := sysproxy.New(k.BaseKernel(), sysproxy.Options{})
	if err := s.Listen(url(dir)); err != nil {
		return err
	}
	go s.Serve()
	defer s.Close()
	c, err := kind.client(k, s.URLs()[0])
	if err != nil {
		return err
	}
	defer c.Exit()
	m, err := New(c, dir, Options{Source: "test", Alone: kind.alone, Root: kind.root})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	m.Wait()
	return nil
}

func url(dir string) string { return "unix://" + filepath.Dir(dir) + "/k.sock" }

// mount mounts a kernel for the time of a test and returns the directory. The
// test is skipped where the host has no FUSE.
func mount(t *testing.T, kind string) (dir string) {
	t.Helper()
	if err := possible(); err != nil {
		t.Skip(err)
	}
	if f, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0); err != nil {
		t.Skip("no FUSE for this process: ", err)
	} else {
		_ = f.Close()
	}
	tmp, err := os.MkdirTemp("", "export") // the name of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(tmp) })
	if err := os.Chmod(tmp, 0o755); err != nil { // other users come in tests, too
		t.Fatal(err)
	}
	dir = filepath.Join(tmp, "m")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serveEnv+"="+kind+" "+dir, "GORACE=halt_on_error=1 atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	if why, failed := strings.CutPrefix(line, "failed: "); failed {
		_ = cmd.Wait()
		if strings.Contains(why, "permitted") {
			t.Skip("this process may not mount: ", why)
		}
		t.Fatal(why)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			_ = exec.Command(tool(), "-uz", dir).Run()
		}
		if err := cmd.Wait(); err != nil {
			t.Error("the serving process: ", err)
		}
		kinds[kind].check(t, tmp)
	})
	return dir
}

// other makes another client of the kernel that is mounted on dir.
func other(t *testing.T, dir string) *client.Client {
	t.Helper()
	c, err := client.Dial(t.Context(), url(dir), "other")
	must(t, err)
	t.Cleanup(func() { _ = c.Exit() })
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// both runs a test on a mount whose kernel others may change, and on one where
// the host keeps what it has seen.
func both(t *testing.T, test func(t *testing.T, dir string)) {
	for _, kind := range []string{"shared", "alone"} {
		t.Run(kind, func(t *testing.T) { test(t, mount(t, kind)) })
	}
}
