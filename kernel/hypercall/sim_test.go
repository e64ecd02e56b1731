package hypercall

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestSimClock(t *testing.T) {
	h := NewSim(1)
	var order []int
	add := func(n int, d time.Duration) Timer {
		return h.AfterFunc(d, func() { order = append(order, n+100*int(h.Mono()/int64(time.Second))) })
	}
	add(3, 3*time.Second)
	add(1, time.Second)
	add(2, time.Second)
	gone := add(4, 2*time.Second)
	h.AfterFunc(time.Second, func() { add(5, time.Second) })
	if !gone.Stop() || gone.Stop() {
		t.Error("Stop does not tell whether the timer ran")
	}
	h.Advance(500 * time.Millisecond)
	if len(order) != 0 {
		t.Errorf("timers ran too soon: %v", order)
	}
	h.Advance(9500 * time.Millisecond)
	if want := []int{101, 102, 205, 303}; !slices.Equal(order, want) {
		t.Errorf("timers ran as %v, want %v", order, want)
	}
	if h.Mono() != int64(10*time.Second) || h.Pending() != 0 {
		t.Errorf("the clock shows %d, %d timers", h.Mono(), h.Pending())
	}
}

func TestSimRandom(t *testing.T) {
	read := func(seed uint64) []byte {
		b := make([]byte, 100)
		_ = NewSim(seed).Random(b)
		return b
	}
	if !bytes.Equal(read(1), read(1)) {
		t.Error("one seed gives two sequences")
	}
	if bytes.Equal(read(1), read(2)) {
		t.Error("two seeds give one sequence")
	}
}

func TestSimFiles(t *testing.T) {
	h := NewSim(1)
	h.AddFile("/d", KindDir, nil)
	h.AddFile("/f", KindRegular, []byte("0123456789"))
	for _, tc := range []struct {
		name string
		mode OpenMode
		err  error
	}{
		{"/f", 0, abi.EINVAL},
		{"/none", ReadOnly, abi.ENOENT},
		{"/new", ReadWrite | Create, nil},
		{"/new", ReadWrite | Create | Exclusive, abi.EEXIST},
		{"/d", ReadWrite, abi.EISDIR},
	} {
		if _, err := h.Open(tc.name, tc.mode); err != tc.err {
			t.Errorf("open(%s, %d): %v, want %v", tc.name, tc.mode, err, tc.err)
		}
	}
	f, _ := h.Open("/f", ReadWrite)
	buf := make([]byte, 20)
	if n, err := f.ReadAt(buf, 8); n != 2 || err != nil {
		t.Errorf("ReadAt = %d, %v", n, err)
	}
	if n, err := f.ReadAt(buf, 50); n != 0 || err != nil {
		t.Errorf("ReadAt behind the end = %d, %v", n, err)
	}
	if _, err := f.ReadAt(buf, -1); err != abi.EINVAL {
		t.Errorf("ReadAt before the start: %v", err)
	}
	if n, err := f.WriteAt([]byte("ab"), 12); n != 2 || err != nil {
		t.Errorf("WriteAt = %d, %v", n, err)
	}
	if got := string(h.FileContent("/f")); got != "0123456789\x00\x00ab" {
		t.Errorf("the file has %q", got)
	}
	r, _ := h.Open("/f", ReadOnly)
	if _, err := r.WriteAt(buf, 0); err != abi.EBADF {
		t.Errorf("writing to what is open for reading: %v", err)
	}
}

// A crash loses what was not synced; faults cut transfers short and fail them.
func TestSimFaults(t *testing.T) {
	h := NewSim(1)
	h.AddFile("/f", KindRegular, []byte("old"))
	f, _ := h.Open("/f", ReadWrite)
	_, _ = f.WriteAt([]byte("new"), 0)
	h.Crash()
	if got := string(h.FileContent("/f")); got != "old" {
		t.Errorf("after the crash: %q", got)
	}
	_, _ = f.WriteAt([]byte("new"), 0)
	_ = f.Sync()
	h.Crash()
	if got := string(h.FileContent("/f")); got != "new" {
		t.Errorf("after a sync and a crash: %q", got)
	}
	var ops []string
	h.Fault = func(op FaultOp) Fault {
		ops = append(ops, op.Op)
		switch op.Op {
		case "read":
			return Fault{Short: 1}
		case "write":
			return Fault{Err: abi.EIO}
		}
		return Fault{}
	}
	if n, err := f.ReadAt(make([]byte, 3), 0); n != 1 || err != nil {
		t.Errorf("a short read = %d, %v", n, err)
	}
	if _, err := f.WriteAt([]byte("x"), 0); err != abi.EIO {
		t.Errorf("a failing write: %v", err)
	}
	_, _ = f.Size()
	if !slices.Equal(ops, []string{"read", "write", "size"}) {
		t.Errorf("operations: %v", ops)
	}
}

// AdvanceNext moves the clock from timer to timer, Jump the wall clock alone.
func TestAdvanceNext(t *testing.T) {
	h := NewSim(1)
	var at []int64
	for _, d := range []time.Duration{3, 5, 9} {
		h.AfterFunc(d*time.Second, func() { at = append(at, h.Mono()/1e9) })
	}
	h.AdvanceNext(0)
	h.AdvanceNext(4 * time.Second) // late: both that are due by then see the same time
	if len(at) != 3 || at[0] != 3 || at[1] != 9 || at[2] != 9 {
		t.Errorf("timers ran at %v", at)
	}
	if h.AdvanceNext(0) {
		t.Error("there is no timer")
	}
	wall, mono := h.Now(), h.Mono()
	h.Jump(-time.Hour)
	if h.Now() != wall-int64(time.Hour) || h.Mono() != mono {
		t.Errorf("%d, %d after a jump", h.Now(), h.Mono())
	}
}
