package kernel_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// A kernel that has no memory left shrinks what gives way, then refuses calls,
// and goes on when memory is given back.
func TestMemoryLimit(t *testing.T) {
	k, c := boot(t, kernel.Config{MemLimit: 1 << 20})
	cached := int64(256 << 10)
	if err := k.Mem.Reserve(cached); err != nil {
		t.Fatal(err)
	}
	k.Mem.OnPressure(func(want int64) int64 {
		n := min(want, cached)
		cached -= n
		k.Mem.Release(n)
		return n
	})
	want(t, "setrlimit", c.Setrlimit(abi.RLIMIT_NOFILE, &abi.Rlimit{Cur: 3000, Max: 3000}), 0)
	buf := make([]byte, 16<<10)
	fill := func() (fds []int, err error) {
		for {
			p, err := c.Pipe2(abi.O_NONBLOCK)
			if err != nil {
				return fds, err
			}
			fds = append(fds, p[0], p[1])
			if _, err = c.Write(p[1], buf); err != nil {
				return fds, err
			}
		}
	}
	var most int
	for range 3 {
		fds, err := fill()
		want(t, "the call that finds no memory", err, abi.ENOMEM)
		if cached != 0 {
			t.Errorf("%d bytes of caches are left", cached)
		}
		if n := k.Mem.Used(); n > k.Mem.Limit() {
			t.Errorf("%d bytes are used of %d", n, k.Mem.Limit())
		}
		if most != 0 && len(fds) != most {
			t.Errorf("%d descriptors, %d the first time", len(fds), most)
		}
		most = len(fds)
		for _, fd := range fds {
			want(t, "close", c.Close(fd), 0)
		}
	}
	if n := k.Mem.Used(); n != 0 {
		t.Errorf("%d bytes are used after all", n)
	}
}

// The limits of processes and of descriptors end one caller, not the others.
func TestProcessLimits(t *testing.T) {
	k, c := boot(t, kernel.Config{MaxProc: 6})
	var kids []*client.Client
	for {
		kid, err := c.Fork()
		if err != nil {
			want(t, "one process too many", err, abi.EAGAIN)
			break
		}
		kids = append(kids, kid)
	}
	if k.Procs.Len() != 6 || len(kids) != 3 {
		t.Errorf("%d processes, %d children", k.Procs.Len(), len(kids))
	}
	want(t, "setrlimit", kids[0].Setrlimit(abi.RLIMIT_NOFILE, &abi.Rlimit{Cur: 5, Max: 5}), 0)
	_, _, err := kids[0].Pipe()
	want(t, "two descriptors", err, 0)
	_, _, err = kids[0].Pipe()
	want(t, "two too many", err, abi.EMFILE)
	_, _, err = kids[1].Pipe()
	want(t, "those of another process", err, 0)
	want(t, "exit", kids[2].Exit(), 0)
	_, err = c.Fork()
	want(t, "a process when one has ended", err, 0)
}
