// Many connections at once, and what each of them costs.
package inet_test

import (
	"os"
	"runtime"
	"strconv"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// manyConnections is how many TestMany opens; RUMPKIT_CONNECTIONS says another
// number.
func manyConnections(t *testing.T) int {
	n := 2000
	if s := os.Getenv("RUMPKIT_CONNECTIONS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// heap returns the bytes in use.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

// TestMany holds many connections open in one kernel, both ends of each, and
// sends something over each.
func TestMany(t *testing.T) {
	n := manyConnections(t)
	x := newBox(t)
	x.ok(x.p.SetLimit(abi.RLIMIT_NOFILE, abi.Rlimit{Cur: uint64(2*n + 16), Max: uint64(2*n + 16)}))
	lfd, port := x.listener(abi.AF_INET)
	addr := in(addr4(port))
	before := heap()
	ends := make([][2]int32, n)
	for i := range ends {
		c := x.socket(abi.AF_INET, abi.SOCK_STREAM, 0)
		x.ok(x.SysConnect(x.l, c, addr))
		a, err := x.SysAccept(x.l, lfd, nobody)
		x.ok(err)
		ends[i] = [2]int32{c, a}
	}
	each := (heap() - before) / int64(n)
	t.Logf("%d bytes for each of %d connections, both ends", each, n)
	if each > 20<<10 {
		t.Errorf("a connection takes %d bytes", each)
	}
	for i, e := range ends {
		x.send(e[0], strconv.Itoa(i))
	}
	for i, e := range ends {
		if s := x.recv(e[1], 0); s != strconv.Itoa(i) {
			t.Fatalf("connection %d brought %q", i, s)
		}
	}
	if _, err := x.SysSocket30(x.l, abi.AF_INET, abi.SOCK_STREAM, 0); err != nil {
		t.Error(err)
	}
}
