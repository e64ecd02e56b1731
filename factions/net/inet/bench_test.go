// TCP over lo0 beside TCP over the host's loopback, in the same run.
package inet_test

import (
	"io"
	stdnet "net"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

const chunk = 64 << 10

// BenchmarkStream sends 64 KB at a time over one connection.
func BenchmarkStream(b *testing.B) {
	b.Run("lo0", func(b *testing.B) {
		x := newBox(b)
		from, to := x.pair(abi.AF_INET)
		l := x.thread()
		done := make(chan struct{})
		go func() {
			defer close(done)
			buf := make([]byte, chunk)
			for left := b.N * chunk; left > 0; {
				n, err := x.SysRecvfrom(l, to, out(buf), 0, nobody)
				if err != nil || n == 0 {
					b.Error("short", err)
					return
				}
				left -= n
			}
		}()
		buf := make([]byte, chunk)
		b.SetBytes(chunk)
		b.ReportAllocs()
		b.ResetTimer()
		for range b.N {
			if _, err := x.SysSendto(x.l, from, in(buf), 0, usermem.InBuf{}); err != nil {
				b.Fatal(err)
			}
		}
		<-done
	})
	b.Run("native", func(b *testing.B) {
		from, to := nativePair(b)
		done := make(chan struct{})
		go func() {
			defer close(done)
			buf := make([]byte, chunk)
			for left := b.N * chunk; left > 0; {
				n, err := to.Read(buf)
				if err != nil {
					b.Error(err)
					return
				}
				left -= n
			}
		}()
		buf := make([]byte, chunk)
		b.SetBytes(chunk)
		b.ResetTimer()
		for range b.N {
			if _, err := from.Write(buf); err != nil {
				b.Fatal(err)
			}
		}
		<-done
	})
}

// BenchmarkRoundTrip sends 64 bytes there and back.
func BenchmarkRoundTrip(b *testing.B) {
	b.Run("lo0", func(b *testing.B) {
		x := newBox(b)
		here, there := x.pair(abi.AF_INET)
		l := x.thread()
		done := make(chan struct{})
		go func() {
			defer close(done)
			buf := make([]byte, 64)
			for range b.N {
				n, err := x.SysRecvfrom(l, there, out(buf), abi.MSG_WAITALL, nobody)
				if err == nil {
					_, err = x.SysSendto(l, there, in(buf[:n]), 0, usermem.InBuf{})
				}
				if err != nil {
					b.Error(err)
					return
				}
			}
		}()
		buf := make([]byte, 64)
		b.ReportAllocs()
		b.ResetTimer()
		for range b.N {
			_, err := x.SysSendto(x.l, here, in(buf), 0, usermem.InBuf{})
			if err == nil {
				_, err = x.SysRecvfrom(x.l, here, out(buf), abi.MSG_WAITALL, nobody)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		<-done
	})
	b.Run("native", func(b *testing.B) {
		here, there := nativePair(b)
		go func() {
			buf := make([]byte, 64)
			for range b.N {
				if _, err := io.ReadFull(there, buf); err != nil {
					return
				}
				if _, err := there.Write(buf); err != nil {
					return
				}
			}
		}()
		buf := make([]byte, 64)
		b.ResetTimer()
		for range b.N {
			if _, err := here.Write(buf); err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadFull(here, buf); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkBoot boots and halts a kernel, without and with a socket opened.
func BenchmarkBoot(b *testing.B) {
	for name, use := range map[string]bool{"idle": false, "used": true} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				x := bootBox(b)
				if use {
					x.socket(abi.AF_INET, abi.SOCK_STREAM, 0)
				}
				_ = x.b.Close()
			}
		})
	}
}

func nativePair(b *testing.B) (a, z stdnet.Conn) {
	ln, err := stdnet.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	if a, err = stdnet.Dial("tcp", ln.Addr().String()); err != nil {
		b.Fatal(err)
	}
	if z, err = ln.Accept(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { a.Close(); z.Close() })
	return a, z
}
