package vfs

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
)

// The calls whose speed the project promises; handlers only, without a stub.

func BenchmarkPread4K(b *testing.B) {
	g := boot(b, kernel.Config{})
	g.put("/tmp/f", string(make([]byte, 1<<20)), 0o644)
	fd := g.mustOpen("/tmp/f", abi.O_RDONLY, 0)
	buf := make([]byte, 4096)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if n, err := g.v.SysPread(g.l, fd, out(buf), int64(i%256)<<12); n != len(buf) || err != nil {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkPwrite4K(b *testing.B) {
	g := boot(b, kernel.Config{})
	fd := g.mustOpen("/tmp/f", abi.O_RDWR|abi.O_CREAT, 0o644)
	buf := make([]byte, 4096)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if n, err := g.v.SysPwrite(g.l, fd, in(buf), int64(i%256)<<12); n != len(buf) || err != nil {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkOpenClose(b *testing.B) {
	g := boot(b, kernel.Config{})
	g.put("/tmp/f", "", 0o644)
	b.ReportAllocs()
	for b.Loop() {
		fd, err := g.open("/tmp/f", abi.O_RDONLY, 0)
		if err != nil || file.Of(g.l).Close(g.l, fd) != nil {
			b.Fatal(fd, err)
		}
	}
}

func BenchmarkCreateUnlink(b *testing.B) {
	g := boot(b, kernel.Config{})
	b.ReportAllocs()
	for b.Loop() {
		fd, err := g.open("/tmp/f", abi.O_RDWR|abi.O_CREAT, 0o644)
		if err != nil || file.Of(g.l).Close(g.l, fd) != nil {
			b.Fatal(fd, err)
		}
		if err := g.v.SysUnlink(g.l, str("/tmp/f")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBoot(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		k := new(kernel.Base)
		if err := k.Boot(kernel.Config{}, new(onlyVFS)); err != nil {
			b.Fatal(err)
		}
		k.Close()
	}
}

func BenchmarkStat(b *testing.B) {
	g := boot(b, kernel.Config{})
	var st abi.Stat
	b.ReportAllocs()
	for b.Loop() {
		if err := g.v.SysStat50(g.l, str("/tmp"), outOf(&st)); err != nil {
			b.Fatal(err)
		}
	}
}
