package client

import (
	"testing"
	"testing/synctest"
	"time"
)

// isPast tells whether the deadline has passed, by both ways of asking.
func isPast(t *testing.T, d *deadline) bool {
	t.Helper()
	synctest.Wait()
	select {
	case <-d.wait():
		if !d.passed() {
			t.Error("wait and passed disagree")
		}
		return true
	default:
		if d.passed() {
			t.Error("wait and passed disagree")
		}
		return false
	}
}

func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d deadline
		step := func(what string, want bool) {
			t.Helper()
			if got := isPast(t, &d); got != want {
				t.Errorf("%s: past is %v", what, got)
			}
		}
		step("at first", false)
		d.set(time.Now().Add(time.Second))
		waiting := d.wait()
		step("in a second", false)
		time.Sleep(999 * time.Millisecond)
		d.set(time.Now().Add(time.Second))
		time.Sleep(999 * time.Millisecond)
		step("moved on", false)
		time.Sleep(time.Millisecond)
		step("then", true)
		select {
		case <-waiting:
		default:
			t.Error("who waited before the move was not told")
		}
		d.set(time.Time{})
		step("taken away", false)
		d.set(time.Now())
		step("now", true)
		d.set(time.Now().Add(-time.Hour))
		step("an hour ago", true)
		d.set(time.Now().Add(time.Hour))
		step("in an hour", false)
		d.stop()
		time.Sleep(2 * time.Hour)
		step("stopped", false)
	})
}
