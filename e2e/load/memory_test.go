package load

import (
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// fill writes to fd until it fails, and returns what went in.
func fill(c *client.Client, fd int) (n int, err error) {
	buf := make([]byte, 64<<10)
	for len(buf) > 0 {
		var m int
		if m, err = c.Write(fd, buf); err != nil {
			buf = buf[:len(buf)/2] // what is left takes less
		}
		n += m
	}
	return n, err
}

// A file that fills the kernel's memory takes the caches' first; then calls
// that need some fail, for whoever makes them, and those that need none go on.
// When the file is gone all is as before.
func TestFileFillsMemory(t *testing.T) {
	const limit, cached = 4 << 20, 1 << 20
	k := boot(t, kernel.Config{MemLimit: limit})
	mem := k.BaseKernel().Mem
	before := mem.Used()
	cache := int64(cached)
	if err := mem.Reserve(cache); err != nil {
		t.Fatal(err)
	}
	mem.OnPressure(func(want int64) int64 {
		n := min(want, cache)
		cache -= n
		mem.Release(n)
		return n
	})
	c, err := client.New(k, "filler")
	if err != nil {
		t.Fatal(err)
	}
	other, err := client.New(k, "other")
	if err != nil {
		t.Fatal(err)
	}
	must := func(what string, err error, want error) {
		t.Helper()
		if err != want {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	for round := range 2 {
		fd, err := c.Open("/big", abi.O_RDWR|abi.O_CREAT, 0o600)
		must("open", err, nil)
		n, err := fill(c, fd)
		must("the end of the memory", err, abi.ENOSPC)
		if n < limit*3/4 || cache != 0 || mem.Used() > limit {
			t.Errorf("round %d: %d bytes went in, %d are cached, %d used", round, n, cache, mem.Used())
		}
		p, err := other.Pipe2(abi.O_NONBLOCK)
		r, w := p[0], p[1]
		must("pipe", err, nil)
		_, err = fill(other, w)
		if err != abi.ENOMEM && err != abi.EAGAIN {
			t.Errorf("a pipe without memory: %v", err)
		}
		if _, err := other.Dup2(0, 1000); err != abi.ENOMEM {
			t.Errorf("a large table without memory: %v", err)
		}
		if other.Getpid() <= 0 {
			t.Error("getpid")
		}
		if _, err := c.Pread(fd, make([]byte, 10), int64(n-10)); err != nil {
			t.Errorf("reading what is there: %v", err)
		}
		must("unlink", c.Unlink("/big"), nil)
		must("close", c.Close(fd), nil)
		_, err = fill(other, w)
		must("a pipe with memory", err, abi.EAGAIN)
		must("close", other.Close(r), nil)
		must("close", other.Close(w), nil)
	}
	must("exit", c.Exit(), nil)
	must("exit", other.Exit(), nil)
	if n := mem.Used(); n != before {
		t.Errorf("%d bytes are used, %d before", n, before)
	}
}
