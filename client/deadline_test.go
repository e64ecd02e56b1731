package client

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ready := make(chan struct{}, 1)
		d := deadline{ready: ready}
		step := func(what string, past, told bool) {
			t.Helper()
			synctest.Wait()
			if got := d.passed(); got != past {
				t.Errorf("%s: past is %v", what, got)
			}
			select {
			case <-ready:
				if !told {
					t.Errorf("%s: told", what)
				}
			default:
				if told {
					t.Errorf("%s: not told", what)
				}
			}
		}
		after := func(dur time.Duration) { d.set(time.Now().Add(dur)) }
		step("at first", false, false)
		after(time.Second)
		step("in a second", false, false)
		time.Sleep(999 * time.Millisecond)
		after(time.Second)
		time.Sleep(999 * time.Millisecond)
		step("moved on", false, false)
		time.Sleep(time.Millisecond)
		step("then", true, true)
		after(time.Hour)
		step("in an hour", false, false)
		after(time.Second)
		time.Sleep(time.Second)
		step("moved nearer", true, true)
		d.set(time.Time{})
		time.Sleep(2 * time.Hour)
		step("taken away", false, false)
		d.set(time.Now())
		step("now", true, true)
		d.set(time.Now().Add(-time.Hour))
		step("an hour ago", true, true)
		after(time.Hour)
		d.stop()
		time.Sleep(2 * time.Hour)
		step("stopped", false, false)
	})
}
