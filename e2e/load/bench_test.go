package load

import (
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// With -cpu 1,2,4,…: calls of clients that share nothing grow with the
// processors. cpu-ns/op is the processor time of a call, which stays the same
// then, also on a machine that does other things besides.

// parallel runs a call on as many processes as there are processors.
func parallel(b *testing.B, prepare func(c *client.Client) (call func() error)) {
	k := boot(b, kernel.Config{})
	before := cpuTime(b)
	b.RunParallel(func(pb *testing.PB) {
		p, err := client.New(k, "bench")
		if err != nil {
			b.Error(err)
			return
		}
		defer p.Exit()
		c, err := p.NewThread()
		if err != nil {
			b.Error(err)
			return
		}
		call := prepare(c)
		for pb.Next() {
			if err := call(); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
}

// cpuTime is the processor time of this process, in nanoseconds.
func cpuTime(b *testing.B) int64 {
	var ru unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &ru); err != nil {
		b.Fatal(err)
	}
	return ru.Utime.Nano() + ru.Stime.Nano()
}

func BenchmarkNull(b *testing.B) {
	parallel(b, func(c *client.Client) func() error {
		return func() error { c.Getpid(); return nil }
	})
}

// BenchmarkPread reads 512 bytes of a file that each process has for itself.
func BenchmarkPread(b *testing.B) {
	pread(b, func(c *client.Client) string { return "/own" + strconv.Itoa(c.Getpid()) })
}

// BenchmarkPreadShared reads a file that all have open.
func BenchmarkPreadShared(b *testing.B) {
	pread(b, func(*client.Client) string { return "/shared" })
}

func pread(b *testing.B, name func(c *client.Client) string) {
	parallel(b, func(c *client.Client) func() error {
		fd, err := c.Open(name(c), abi.O_RDWR|abi.O_CREAT, 0o644)
		if err != nil {
			b.Error(err)
		}
		buf := make([]byte, 512)
		_, _ = c.Pwrite(fd, buf, 0)
		return func() error { _, err := c.Pread(fd, buf, 0); return err }
	})
}

// BenchmarkStat looks a name up.
func BenchmarkStat(b *testing.B) {
	parallel(b, func(c *client.Client) func() error {
		var st abi.Stat
		return func() error { return c.Stat("/tmp", &st) }
	})
}

// BenchmarkPipe writes and reads a byte in a pipe of the process.
func BenchmarkPipe(b *testing.B) {
	parallel(b, func(c *client.Client) func() error {
		rd, wr, err := c.Pipe()
		if err != nil {
			b.Error(err)
		}
		buf := make([]byte, 1)
		return func() error {
			if _, err := c.Write(wr, buf); err != nil {
				return err
			}
			_, err := c.Read(rd, buf)
			return err
		}
	})
}
