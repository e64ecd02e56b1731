// What a null call over a socket costs, beside a bare exchange of the same
// bytes in the same language.
package sysproxy_test

import (
	"io"
	"net"
	"path/filepath"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

func BenchmarkNullCall(b *testing.B) {
	b.Run("bare", func(b *testing.B) { exchange(b, bare(b)) })
	b.Run("getpid", func(b *testing.B) { exchange(b, boot(b, sysproxy.Options{}).guest()) })
}

// exchange sends a request and reads an answer, as often as it shall.
func exchange(b *testing.B, c net.Conn) {
	req, ans := call(1, 20), make([]byte, sp.ReplyLen)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Write(req); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(c, ans); err != nil {
			b.Fatal(err)
		}
	}
}

// bare is a server that answers any 24 bytes with 48.
func bare(b *testing.B) net.Conn {
	path := filepath.Join(b.TempDir(), "bare.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		req, ans := make([]byte, sp.HeaderLen), make([]byte, sp.ReplyLen)
		for {
			if _, err := io.ReadFull(c, req); err != nil {
				return
			}
			if _, err := c.Write(ans); err != nil {
				return
			}
		}
	}()
	c, err := net.Dial("unix", path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close(); l.Close(); <-done })
	return c
}
