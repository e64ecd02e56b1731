package wire_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/client/wire"
)

// BenchmarkGetpid is the least call: what the client's end adds to the
// exchange that the server's benchmark measures.
func BenchmarkGetpid(b *testing.B) {
	c := dial(b, serve(b, ""), wire.Options{})
	b.ReportAllocs()
	for b.Loop() {
		c.Getpid()
	}
}

// BenchmarkPipe writes and reads 4 KiB.
func BenchmarkPipe(b *testing.B) {
	c := dial(b, serve(b, ""), wire.Options{})
	r, w, err := c.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 4096)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = c.Write(w, buf)
		_, _ = c.Read(r, buf)
	}
}

// BenchmarkGetpidParallel has many callers on one connection.
func BenchmarkGetpidParallel(b *testing.B) {
	c := dial(b, serve(b, ""), wire.Options{})
	b.SetParallelism(4)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			c.Getpid()
		}
	})
}
