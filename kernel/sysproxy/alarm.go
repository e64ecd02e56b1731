// Timers.
package sysproxy

import "time"

// alarm is a timer of package time, known only by what is done with it: a
// field of type *time.Timer would bring the formatting of dates into kernels.
type alarm struct {
	stop func() bool
}

// newAlarm runs fn once, d from now, on a goroutine of its own.
func newAlarm(d time.Duration, fn func()) alarm {
	return alarm{stop: time.AfterFunc(d, fn).Stop}
}
