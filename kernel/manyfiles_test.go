package kernel_test

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// manyFiles is how many descriptors one process has in these tests.
const manyFiles = 100_000

// openMany dups descriptor 0 until the process has manyFiles.
func openMany(t *testing.T, c *client.Client) {
	t.Helper()
	want(t, "setrlimit", c.Setrlimit(abi.RLIMIT_NOFILE, &abi.Rlimit{Cur: manyFiles, Max: manyFiles}), 0)
	for i := 3; i < manyFiles; i++ {
		if n, err := c.Dup(0); n != i || err != nil {
			t.Fatalf("dup = %d, %v, want %d", n, err, i)
		}
	}
	_, err := c.Dup(0)
	want(t, "one too many", err, abi.EMFILE)
}

// A process with very many descriptors opens and closes them as fast as one
// with few, wherever the gap is; a child has them all; and what they took is
// given back.
func TestManyFiles(t *testing.T) {
	k, c := boot(t, kernel.Config{})
	used := k.Mem.Used()
	openMany(t, c)
	if n := k.Mem.Used() - used; n < manyFiles || n > 100*manyFiles {
		t.Errorf("the table counts as %d bytes", n)
	}
	start := time.Now()
	for i := range 20_000 {
		fd := 3 + i*4
		want(t, "close", c.Close(fd), 0)
		if n, err := c.Fcntl(0, abi.F_DUPFD, client.Val(2)); n != fd || err != nil {
			t.Fatalf("F_DUPFD = %d, %v, want %d", n, err, fd)
		}
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("20000 closes and dups take %v", d)
	}
	kid, err := c.Fork()
	want(t, "fork", err, 0)
	want(t, "the parent's exit", c.Exit(), 0)
	for _, fd := range []int{0, 64, 4095, 4096, 65536, manyFiles - 1} {
		var st abi.Stat
		want(t, "fstat in the child", kid.Fstat(fd, &st), 0)
	}
	_, err = kid.Fcntl(10, abi.F_CLOSEM, client.Arg{})
	want(t, "F_CLOSEM", err, 0)
	if n := k.Mem.Used(); n != used {
		t.Errorf("%d bytes are counted after all is closed, %d before", n, used)
	}
	if n, err := kid.Fcntl(0, abi.F_MAXFD, client.Arg{}); n != 9 || err != nil {
		t.Errorf("F_MAXFD = %d, %v", n, err)
	}
	want(t, "exit", kid.Exit(), 0)
}

// A large table needs memory, and so does its copy.
func TestManyFilesWithoutMemory(t *testing.T) {
	k, c := boot(t, kernel.Config{MemLimit: 1 << 20})
	want(t, "setrlimit", c.Setrlimit(abi.RLIMIT_NOFILE, &abi.Rlimit{Cur: manyFiles, Max: manyFiles}), 0)
	_, err := c.Dup2(0, manyFiles-1)
	want(t, "a far descriptor", err, abi.ENOMEM)
	_, err = c.Dup2(0, 20_000)
	want(t, "a near one", err, 0)
	_, err = c.Fork()
	want(t, "a copy of the table", err, abi.ENOMEM)
	want(t, "close", c.Close(20_000), 0)
	kid, err := c.Fork()
	want(t, "a copy of the small one", err, 0)
	want(t, "exit", kid.Exit(), 0)
	if n := k.Mem.Used(); n != 0 {
		t.Errorf("%d bytes are still counted", n)
	}
}

// The kernel's bounds on descriptors and processes can be lowered.
func TestLoweredBounds(t *testing.T) {
	k, c := boot(t, kernel.Config{})
	set := func(num int32, v int) error { return c.Sysctl([]int32{1, num}, nil, nil, le32(v)) }
	want(t, "kern.maxfiles", set(abi.KERN_MAXFILES, 8), 0) // six are open
	_, _, err := c.Pipe()
	want(t, "pipe", err, 0)
	_, err = c.Dup(0)
	want(t, "one descriptor too many", err, abi.ENFILE)
	want(t, "kern.maxfiles", set(abi.KERN_MAXFILES, 1000), 0)
	want(t, "too large", set(abi.KERN_MAXFILES, 1<<30), abi.EINVAL)
	want(t, "kern.maxproc", set(abi.KERN_MAXPROC, k.Procs.Len()), 0)
	_, err = c.Fork()
	want(t, "one process too many", err, abi.EAGAIN)
	want(t, "too large", set(abi.KERN_MAXPROC, 30000), abi.EINVAL)
	want(t, "kern.maxproc", set(abi.KERN_MAXPROC, 100), 0)
	want(t, "setrlimit", c.Setrlimit(abi.RLIMIT_NPROC, &abi.Rlimit{Cur: 2, Max: 2}), 0)
	user(t, c, 5)
	kid, err := c.Fork()
	want(t, "a user's second process", err, 0)
	_, err = kid.Fork()
	want(t, "a user's third process", err, abi.EAGAIN)
	want(t, "exit", kid.Exit(), 0)
	_, err = c.Fork()
	want(t, "a user's second process again", err, 0)
}

func le32(v int) []byte { return []byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)} }
