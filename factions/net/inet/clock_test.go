package inet

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// TestTimer sets a timer again and again, and counts how often it runs.
func TestTimer(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name string
		do   func(tm *timer, pass func(time.Duration))
		want int
	}{
		{"once", func(tm *timer, pass func(time.Duration)) { pass(10 * ms); pass(100 * ms) }, 1},
		{"too early", func(tm *timer, pass func(time.Duration)) { pass(9 * ms) }, 0},
		{"later", func(tm *timer, pass func(time.Duration)) { tm.Reset(20 * ms); pass(19 * ms) }, 0},
		{"later, over", func(tm *timer, pass func(time.Duration)) { tm.Reset(20 * ms); pass(10 * ms); pass(10 * ms) }, 1},
		{"later again", func(tm *timer, pass func(time.Duration)) {
			for range 5 {
				tm.Reset(20 * ms)
				pass(15 * ms)
			}
		}, 0},
		{"sooner", func(tm *timer, pass func(time.Duration)) { tm.Reset(5 * ms); pass(5 * ms); pass(100 * ms) }, 1},
		{"later, then sooner", func(tm *timer, pass func(time.Duration)) { tm.Reset(20 * ms); tm.Reset(12 * ms); pass(12 * ms) }, 1},
		{"stopped", func(tm *timer, pass func(time.Duration)) {
			if !tm.Stop() || tm.Stop() {
				t.Error("Stop does not tell whether it was set")
			}
			pass(100 * ms)
		}, 0},
		{"stopped and set", func(tm *timer, pass func(time.Duration)) { tm.Stop(); tm.Reset(30 * ms); pass(10 * ms); pass(20 * ms) }, 1},
		{"set when it was over", func(tm *timer, pass func(time.Duration)) { pass(10 * ms); tm.Reset(10 * ms); pass(10 * ms) }, 2},
		{"far away", func(tm *timer, pass func(time.Duration)) { tm.Reset(1<<63 - 1); pass(time.Hour) }, 0},
	} {
		host := hypercall.NewSim(1)
		ran := 0
		tm := &timer{host: host, fn: func() { ran++ }}
		tm.Reset(10 * ms)
		c.do(tm, host.Advance)
		if ran != c.want {
			t.Errorf("%s: it ran %d times, want %d", c.name, ran, c.want)
		}
	}
}

// TestMonotonic compares the stack's times with its own arithmetic.
func TestMonotonic(t *testing.T) {
	for _, ns := range []int64{0, 1, 1e9, 1 << 62} {
		if got := monotonic(ns); got != monotonic(0).Add(time.Duration(ns)) {
			t.Errorf("%d is %v", ns, got)
		}
	}
}
