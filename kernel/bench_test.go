package kernel_test

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/tailored/base"
)

// BenchmarkGetpid is a null call on a lwp, the stub left out.
func BenchmarkGetpid(b *testing.B) {
	k, _ := boot(b, kernel.Config{})
	p, err := k.Attach("bench", nil)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	t, err := p.NewThread()
	if err != nil {
		b.Fatal(err)
	}
	defer t.Close()
	var f sysent.Frame
	b.ReportAllocs()
	for b.Loop() {
		if t.Syscall(sysent.SYS_getpid, &f) != nil {
			b.Fatal("getpid failed")
		}
	}
}

// BenchmarkGetppidNative is the same of the host.
func BenchmarkGetppidNative(b *testing.B) {
	for b.Loop() {
		unix.Getppid()
	}
}

// BenchmarkPipe writes a byte and reads it.
func BenchmarkPipe(b *testing.B) {
	_, c := boot(b, kernel.Config{})
	r, w, err := c.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	c, err = c.NewThread()
	if err != nil {
		b.Fatal(err)
	}
	defer c.Release()
	buf := make([]byte, 1)
	b.ReportAllocs()
	for b.Loop() {
		if n, err := c.Write(w, buf); n != 1 {
			b.Fatal(n, err)
		}
		if n, err := c.Read(r, buf); n != 1 {
			b.Fatal(n, err)
		}
	}
}

// BenchmarkPipeNative is the same of the host.
func BenchmarkPipeNative(b *testing.B) {
	var fds [2]int
	if err := unix.Pipe(fds[:]); err != nil {
		b.Fatal(err)
	}
	defer unix.Close(fds[0])
	defer unix.Close(fds[1])
	buf := make([]byte, 1)
	for b.Loop() {
		unix.Write(fds[1], buf)
		unix.Read(fds[0], buf)
	}
}

// BenchmarkBoot boots a base kernel and closes it.
func BenchmarkBoot(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		k, err := base.Boot(kernel.Config{})
		if err != nil {
			b.Fatal(err)
		}
		k.Close()
	}
}
